"""The operator's keys change by entry: what may say so, and which of them counts at which entry.

``operator.key/1``: the log key in force names its successor, by its key id, cosigned by the new one, which so shows
that somebody holds it. From that entry on the new key is the log's; the one before counts beside it until ``until``, so
that devices which were away in the meantime still know a signature.

``operator.decided_key/1``: a key that the members have decided on (an effect of a proposal, ``decide``) comes forward
by itself. The keys before it end with that entry: the members may have had a reason not to trust them.

``operator.clerk_key/1``: the log key in force names the clerk's next key, which cosigns. The next entry of the clerk's
is signed by it; nobody needs both.

Which keys count for a tree of n entries is what the state at n says.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger import canonical, ids, keys
from ledger.books import coop
from ledger.books.coop import ClerkKey, Coop, DecidedKey, LogKey
from ledger.books.keys import Key
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.state import Due, State

ROTATE: Final = "operator.key/1"
COME_FORWARD: Final = "operator.decided_key/1"
ROTATE_CLERK: Final = "operator.clerk_key/1"
MAX_OVERLAP: Final = 366 * 86_400_000
"""How long, in milliseconds, two keys may count beside each other."""
_ENDS: Final = "operator.key_ends"


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``operator.key/1``: the log's next key, and until when the one before signs beside it."""

    log_key: str
    until: str


class TakenKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``operator.decided_key/1``: the key that the members have decided on, which signs this itself."""

    log_key: str


class NewClerkKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``operator.clerk_key/1``: the clerk's next key, as a public-key text."""

    clerk_key: str


def public_text(vkey: VerifierKey) -> str:
    """The key as statements' signatures name it."""
    return keys.ed25519_public(vkey.public)


def key_id(vkey: VerifierKey) -> str:
    """The id under which a log key authors or cosigns."""
    return ids.key_id(public_text(vkey))


def decide(moment: Moment, vkey: str, proposal: str) -> None:
    """The members want this to be the log's next key: it may come forward from now on, and none decided before."""
    check_new(moment.state, vkey)
    record = coop.get(moment.state)
    moment.state.put(msgspec.structs.replace(record, decided_key=DecidedKey(vkey, proposal)))


def check_new(state: State, vkey: str) -> None:
    """Refusal unless this could become a key of the log: of its name, of full strength, and nobody's yet."""
    record, new = coop.get(state), parse_vkey(vkey)
    if new.name != record.origin:
        raise Refusal("genesis.log_key", name=new.name)
    keys.check_public("ed25519", public_text(new))
    check_unused(state, record, public_text(new))


def check_unused(state: State, record: Coop, public: str) -> None:
    """The operator's keys are apart from each other, and from everyone's who acts in the co-op."""
    known = {public_text(parse_vkey(key.vkey)) for key in coop.log_keys(record)}
    known |= {key.public for key in coop.clerk_keys(record)}
    if public in known or state.find(Key, ids.key_id(public)) is not None:
        raise Refusal("operator.same_key")


def end_keys(ctx: Context, record: Coop) -> tuple[LogKey, ...]:
    """Every key that the log has had until now, oldest first, none of which counts for a tree with this entry."""
    ended = []
    for key in reversed(coop.log_keys(record)):
        if key.until is None:
            ctx.state.unschedule(_ENDS, key_id(parse_vkey(key.vkey)))
        ended.append(key if key.until is not None else msgspec.structs.replace(key, until=ctx.index))
    return tuple(ended)


def end_clerk_keys(ctx: Context, record: Coop) -> tuple[ClerkKey, ...]:
    """The same of the clerk's: none signs what comes after this entry."""
    newest = ClerkKey(record.clerk_key, record.clerk_key_since, ctx.index + 1)
    return (*record.earlier_clerk_keys, newest)


def _rotate(ctx: Context, body: NewKey) -> None:
    record, new = _by_log_key(ctx), parse_vkey(body.log_key)
    if new.name != record.origin:
        raise Refusal("genesis.log_key", name=new.name)
    keys.check_public("ed25519", public_text(new))
    if ctx.statement.cosigners != (key_id(new),):
        raise Refusal("operator.unproven")
    if len(coop.keys_in_force(record)) > 1:
        raise Refusal("operator.rotating")
    check_unused(ctx.state, record, public_text(new))
    until = canonical.parse_time(body.until)
    if not ctx.time < until <= ctx.time + MAX_OVERLAP:
        raise Refusal("operator.overlap", until=until)
    before = LogKey(record.log_key, record.log_key_since, None, record.log_key_decided)
    ctx.state.put(
        msgspec.structs.replace(
            record,
            log_key=body.log_key,
            log_key_since=ctx.index + 1,
            log_key_decided=None,
            earlier_keys=(*record.earlier_keys, before),
        )
    )
    ctx.schedule(until, _ENDS, key_id(parse_vkey(before.vkey)))


def _come_forward(ctx: Context, body: TakenKey) -> None:
    record, decided = coop.get(ctx.state), coop.get(ctx.state).decided_key
    if decided is None or body.log_key != decided.vkey:
        raise Refusal("operator.not_decided")
    if ctx.signatures[0].key != public_text(parse_vkey(decided.vkey)):
        raise Refusal("operator.unproven")
    # Since the decision somebody may have enrolled it, or the log key in force have named it.
    check_new(ctx.state, decided.vkey)
    ctx.state.put(
        msgspec.structs.replace(
            record,
            log_key=decided.vkey,
            log_key_since=ctx.index + 1,
            log_key_decided=decided.proposal,
            earlier_keys=end_keys(ctx, record),
            decided_key=None,
        )
    )


def _rotate_clerk(ctx: Context, body: NewClerkKey) -> None:
    record = _by_log_key(ctx)
    keys.check_public("ed25519", body.clerk_key)
    if ctx.statement.cosigners != (ids.key_id(body.clerk_key),):
        raise Refusal("operator.unproven")
    check_unused(ctx.state, record, body.clerk_key)
    ctx.state.put(
        msgspec.structs.replace(
            record,
            clerk_key=body.clerk_key,
            clerk_key_since=ctx.index + 1,
            earlier_clerk_keys=end_clerk_keys(ctx, record),
        )
    )


def _by_log_key(ctx: Context) -> Coop:
    """The co-op's record; refusal unless the newest key of the log is what speaks."""
    record = coop.get(ctx.state)
    if ctx.signatures[0].key != public_text(parse_vkey(record.log_key)):
        raise Refusal("operator.not_log_key")
    return record


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
    handlers=(
        Handler(ROTATE, NewKey, _rotate, by=("key",)),
        Handler(COME_FORWARD, TakenKey, _come_forward, by=("key",)),
        Handler(ROTATE_CLERK, NewClerkKey, _rotate_clerk, by=("key",)),
    ),
    dues={_ENDS: _ends},
)
