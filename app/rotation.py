"""A ledger gets its next log key: made, named in an entry under the one in force, and used from there on."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

from app.installation import Installation
from app.sequencer.submission import check
from app.storage.ledgers import Ledger
from app.storage.log import Receipt
from ledger import canonical
from ledger.books import coop, operator
from ledger.books.coop import Coop
from ledger.compose import compose, nonce, seen, sign_ed25519
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.state import State
from ledger.statement import Statement, parse_statement

OVERLAP_DAYS: Final = 30
_DAY: Final = 86_400_000


async def rotate(installation: Installation, ledger: Ledger, days: int) -> tuple[str, Receipt]:
    """The new vkey, and the receipt of the entry that names it; for ``days`` the old key signs beside it.

    Broken off before the entry is there and begun again, the key that was made is used. Refused ``operator.…``.
    """
    record = await installation.ask(ledger, _record)
    used = [key.vkey for key in coop.log_keys(record)]
    (old,) = installation.keys.signers(ledger.origin, [record.log_key])
    # On disk before anyone is told of it: a ledger must never name a key that nobody has.
    new = await asyncio.to_thread(installation.keys.successor, ledger.origin, used)
    vkey = VerifierKey(ledger.origin, bytes(new.verify_key))
    published = await installation.log.published(ledger)
    now = installation.clock.now()
    statement = Statement(
        at=canonical.format_time(now),
        author=operator.key_id(parse_vkey(record.log_key)),
        body={"log_key": vkey.text(), "until": canonical.format_time(now + days * _DAY)},
        ledger=ledger.origin,
        nonce=nonce(now, secrets.token_bytes(10)),
        seen=seen(published.size, published.root),
        type=operator.ROTATE,
        v=1,
        cosigners=(operator.key_id(vkey),),
    )
    data = compose(statement, lambda: b"").data
    signatures = (sign_ed25519(old, data), sign_ed25519(new, data))
    return vkey.text(), await installation.submit(ledger, check(parse_statement(data), data, signatures))


def _record(state: State) -> Coop:
    return coop.get(state)
