"""A ledger that can't go on under its name goes on under another: ``ledger.succession/1``.

The successor is no import of the other's records: its first entries *are* the other's, byte for byte, so its tree up to
there is the other's tree, and whoever folds it folds both. The entry that follows says that from here on the log is
called otherwise, has other operator's keys, and that the other had published more than could be restored: the
checkpoint that it published last stands in it, with its signatures. Officers sign it; ``statement.ledger`` is the new
name, so that it can stand in no tree of the old.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger import canonical, checkpoint, keys
from ledger.books import coop, operator, roles
from ledger.books.coop import Coop, Predecessor
from ledger.books.keys import COUNTERSIGNERS, active_keys
from ledger.checkpoint import Checkpoint, LogKeys
from ledger.errors import LedgerError, Refusal
from ledger.fold import SUCCESSION_TYPE, Book, Context, Handler
from ledger.private import Commit
from ledger.signed_note import parse_vkey
from ledger.state import State


class LastCheckpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The checkpoint that the old log published last. ``signatures``: what stands in its lines after the name."""

    origin: str
    size: int
    root: str
    signatures: tuple[str, ...]

    def note(self) -> bytes:
        """The signed note. FormatError where it can't be one."""
        body = Checkpoint(self.origin, self.size, canonical.unb64(self.root, 32)).body()
        lines = "".join(f"\N{EM DASH} {self.origin} {signature}\n" for signature in self.signatures)
        return body + b"\n" + lines.encode()


class Succession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ledger.succession/1``. ``cause``: ``entries`` that were published are lost for good, or the log's ``key`` is.

    ``entries``: how many could be restored, which is where this stands. ``log_key`` (a vkey under the new name) and
    ``clerk_key`` are new; ``reason`` is told to the members.
    """

    cause: Literal["entries", "key"]
    clerk_key: str
    entries: int
    last: LastCheckpoint
    log_key: str
    reason: Commit


def last_checkpoint(note: bytes) -> LastCheckpoint:
    """A signed note as the body of a succession has it: without lines of others than the log."""
    head, lines = checkpoint.parse(note)
    own = [line for line in lines[: checkpoint.MAX_KEYS] if line.name == head.origin]
    signatures = tuple(canonical.b64(line.key_id + line.signature) for line in own)
    return LastCheckpoint(head.origin, head.size, canonical.b64(head.root), signatures)


def officers(state: State) -> list[str]:
    """The members who may sign a succession: officials who have a key, the administrators first."""
    held = [role for role in state.children(roles.Role, roles.COOP) if role.active and role.role in COUNTERSIGNERS]
    held.sort(key=lambda role: (role.role != "administrator", role.member))
    return [member for member in dict.fromkeys(role.member for role in held) if active_keys(state, member)]


def _succeed(ctx: Context, body: Succession) -> None:
    record = coop.get(ctx.state)
    roles.require(ctx, "administrator")
    # A co-op with one official can't be asked for two: it could not appoint another any more.
    if any(member != ctx.author for member in officers(ctx.state)):
        roles.require_second(ctx, *COUNTERSIGNERS)
    _check_names(ctx, record, body)
    _check_keys(ctx, record, body)
    _check_last(ctx, record, body)
    before = Predecessor(
        origin=record.origin,
        cause=body.cause,
        entries=ctx.index,
        size=body.last.size,
        root=body.last.root,
        at=ctx.time,
        statement=ctx.id,
    )
    ctx.state.put(
        msgspec.structs.replace(
            record,
            origin=ctx.statement.ledger,
            log_key=body.log_key,
            log_key_since=ctx.index + 1,
            log_key_decided=None,
            earlier_keys=operator.end_keys(ctx, record),
            # What the members had decided on was a key of the old name.
            decided_key=None,
            clerk_key=body.clerk_key,
            clerk_key_since=ctx.index + 1,
            earlier_clerk_keys=operator.end_clerk_keys(ctx, record),
            predecessors=(*record.predecessors, before),
        )
    )


def _check_names(ctx: Context, record: Coop, body: Succession) -> None:
    names = {record.origin, *(before.origin for before in record.predecessors)}
    if body.last.origin != record.origin or ctx.statement.ledger in names:
        raise Refusal("succession.origin", origin=ctx.statement.ledger)


def _check_keys(ctx: Context, record: Coop, body: Succession) -> None:
    log_key = parse_vkey(body.log_key)
    if log_key.name != ctx.statement.ledger:
        raise Refusal("genesis.log_key", name=log_key.name)
    publics = (operator.public_text(log_key), body.clerk_key)
    if publics[0] == publics[1]:
        raise Refusal("operator.same_key")
    for public in publics:
        keys.check_public("ed25519", public)
        operator.check_unused(ctx.state, record, public)


def _check_last(ctx: Context, record: Coop, body: Succession) -> None:
    last = body.last
    if body.entries != ctx.index:
        raise Refusal("succession.position", entries=body.entries, index=ctx.index)
    known = LogKeys(record.origin, tuple(parse_vkey(vkey) for vkey in coop.keys_in_force(record)))
    try:
        checkpoint.verify(last.note(), known)
    except LedgerError as error:
        raise Refusal("succession.checkpoint", reason=error.code) from error
    if body.cause == "entries":
        if last.size <= ctx.index:
            raise Refusal("succession.nothing_lost", size=last.size, index=ctx.index)
    elif (last.size, last.root) != (ctx.statement.seen.size, ctx.statement.seen.root):
        # The tree is what was published, so only the key can be what is lost.
        raise Refusal("succession.entries_lost", size=last.size, index=ctx.index)


BOOK = Book(
    "succession",
    handlers=(Handler(SUCCESSION_TYPE, Succession, _succeed, subject=coop.subject),),
)
