"""A ledger gets its next keys: made, named in an entry by whoever may, and used from there on.

Each of these, broken off before its entry is there and begun again, uses the key that it had made.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Final, NamedTuple

from nacl.signing import SigningKey

from app.installation import Installation
from app.sequencer.submission import check
from app.storage.ledgers import Ledger, coop_of
from app.storage.log import Receipt
from ledger import canonical, ids
from ledger.books import coop, operator
from ledger.books.coop import Coop
from ledger.compose import compose, nonce, public_of, seen, sign_ed25519
from ledger.errors import Refusal
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.statement import Statement, parse_statement

OVERLAP_DAYS: Final = 30
_DAY: Final = 86_400_000


class Changed(NamedTuple):
    """The new key (a vkey, or the clerk's public-key text), and the receipt of the entry that names it."""

    key: str
    receipt: Receipt


async def rotate(installation: Installation, ledger: Ledger, days: int) -> Changed:
    """The key in force names the next one; for ``days`` it signs beside it. Refused ``operator.…``, KeyMissing."""
    record = await _record(installation, ledger)
    (old,) = installation.keys.signers(ledger.origin, [record.log_key])
    # On disk before anyone is told of it: a ledger must never name a key that nobody has.
    new = await asyncio.to_thread(installation.keys.successor, ledger.origin, _used(record))
    vkey = _vkey(ledger, new)
    until = canonical.format_time(installation.clock.now() + days * _DAY)
    body = {"log_key": vkey.text(), "until": until}
    return Changed(vkey.text(), await _say(installation, ledger, operator.ROTATE, body, old, new))


async def rotate_clerk(installation: Installation, ledger: Ledger) -> Changed:
    """The log's key names the clerk's next one, with which the clerk signs from the next entry on. The same errors."""
    record = await _record(installation, ledger)
    (log,) = installation.keys.signers(ledger.origin, [record.log_key])
    new = await asyncio.to_thread(installation.keys.successor, ledger.origin, _used(record), "clerk")
    body = {"clerk_key": public_of(new)}
    return Changed(public_of(new), await _say(installation, ledger, operator.ROTATE_CLERK, body, log, new))


async def make_decidable(installation: Installation, ledger: Ledger) -> str:
    """A vkey for the members to decide on; the same until they have."""
    used = _used(await _record(installation, ledger))
    return _vkey(ledger, await asyncio.to_thread(installation.keys.decidable, ledger.origin, used)).text()


async def come_forward(installation: Installation, ledger: Ledger) -> Changed:
    """The key that the members have decided on takes the log over. Refused ``operator.…``; KeyMissing where the key
    is not in this key store.
    """
    record = await _record(installation, ledger)
    decided = record.decided_key
    if decided is None:
        raise Refusal("operator.not_decided")
    # The keys before may be lost: what they signed is believed all the same.
    await asyncio.to_thread(installation.keys.know, ledger.origin, [key.vkey for key in coop.log_keys(record)])
    (new,) = installation.keys.signers(ledger.origin, [decided.vkey])
    body = {"log_key": decided.vkey}
    return Changed(decided.vkey, await _say(installation, ledger, operator.COME_FORWARD, body, new))


async def _say(
    installation: Installation, ledger: Ledger, type_: str, body: dict[str, Any], author: SigningKey, *more: SigningKey
) -> Receipt:
    published = await installation.log.published(ledger)
    now = installation.clock.now()
    statement = Statement(
        at=canonical.format_time(now),
        author=ids.key_id(public_of(author)),
        body=body,
        ledger=ledger.origin,
        nonce=nonce(now, secrets.token_bytes(10)),
        seen=seen(published.size, published.root),
        type=type_,
        v=1,
        cosigners=tuple(ids.key_id(public_of(key)) for key in more),
    )
    data = compose(statement, lambda: b"").data
    signatures = tuple(sign_ed25519(key, data) for key in (author, *more))
    return await installation.submit(ledger, check(parse_statement(data), data, signatures))


async def _record(installation: Installation, ledger: Ledger) -> Coop:
    record = await coop_of(installation.database.pool, ledger.id)
    if record is None:
        raise Refusal("coop.unknown")
    return record


def _used(record: Coop) -> set[bytes]:
    """The public halves of every key that the operator has, or has had, for that ledger."""
    log = {parse_vkey(key.vkey).public for key in coop.log_keys(record)}
    clerk = {canonical.unb64(key.public.partition(":")[2], 32) for key in coop.clerk_keys(record)}
    return log | clerk


def _vkey(ledger: Ledger, key: SigningKey) -> VerifierKey:
    return VerifierKey(ledger.origin, bytes(key.verify_key))
