"""The operator's keys change by entry: the key in force names its successor, and both sign for a while.

``operator.key/1`` is authored by the key in force, by its key id, and cosigned by the new one, which so shows that
somebody holds it. From that entry on the new key is the log's; the one before counts beside it until ``until``, so
that devices which were away in the meantime still know a signature. Which keys count for a tree of n entries is what
the state at n says.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger import canonical, ids, keys
from ledger.books import coop
from ledger.books.coop import Coop, LogKey
from ledger.books.keys import Key
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.state import Due

ROTATE: Final = "operator.key/1"
MAX_OVERLAP: Final = 366 * 86_400_000
"""How long, in milliseconds, two keys may count beside each other."""


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``operator.key/1``: the log's next key, and until when the one before signs beside it."""

    log_key: str
    until: str


def public_text(vkey: VerifierKey) -> str:
    """The key as statements' signatures name it."""
    return keys.ed25519_public(vkey.public)


def key_id(vkey: VerifierKey) -> str:
    """The id under which a log key authors or cosigns."""
    return ids.key_id(public_text(vkey))


def _rotate(ctx: Context, body: NewKey) -> None:
    record, new = coop.get(ctx.state), parse_vkey(body.log_key)
    if ctx.signatures[0].key != public_text(parse_vkey(record.log_key)):
        raise Refusal("operator.not_log_key")
    if new.name != record.origin:
        raise Refusal("genesis.log_key", name=new.name)
    keys.check_public("ed25519", public_text(new))
    if ctx.statement.cosigners != (key_id(new),):
        raise Refusal("operator.unproven")
    if len(coop.keys_in_force(record)) > 1:
        raise Refusal("operator.rotating")
    _check_unused(ctx, record, new)
    until = canonical.parse_time(body.until)
    if not ctx.time < until <= ctx.time + MAX_OVERLAP:
        raise Refusal("operator.overlap", until=until)
    before = LogKey(record.log_key, record.log_key_since, None)
    ctx.state.put(
        msgspec.structs.replace(
            record,
            log_key=body.log_key,
            log_key_since=ctx.index + 1,
            earlier_keys=(*record.earlier_keys, before),
        )
    )
    ctx.schedule(until, "operator.key_ends", key_id(parse_vkey(before.vkey)))


def _check_unused(ctx: Context, record: Coop, new: VerifierKey) -> None:
    """The operator's keys are apart from each other, and from everyone's who acts in the co-op."""
    known = {key.vkey for key in coop.log_keys(record)}
    clerk = public_text(new) == record.clerk_key
    if clerk or new.text() in known or ctx.state.find(Key, key_id(new)) is not None:
        raise Refusal("operator.same_key")


def _ends(moment: Moment, due: Due) -> None:
    """The tree of ``moment.index`` entries is the last for which the key before counted."""
    record = coop.get(moment.state)
    earlier = tuple(
        msgspec.structs.replace(key, until=moment.index) if key_id(parse_vkey(key.vkey)) == due.subject else key
        for key in record.earlier_keys
    )
    moment.state.put(msgspec.structs.replace(record, earlier_keys=earlier))


BOOK = Book(
    "operator",
    handlers=(Handler(ROTATE, NewKey, _rotate, by=("key",)),),
    dues={"operator.key_ends": _ends},
)
