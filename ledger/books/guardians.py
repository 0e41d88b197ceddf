"""Guardians: members whom a member trusts to vouch for a new key should all keys be lost.

So many of them as the member has named may sign ``key.recover/1`` in the place of two officials. Nothing else changes:
the new key waits just as long, the old one may object, an auditor who was none of them decides.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import msgspec

from ledger.books import keys, members, roles
from ledger.errors import Refusal
from ledger.fold import Context, Moment
from ledger.state import Record

FEWEST: Final = 2
"""As many as there are officials in a recovery: nobody alone may put a key in another's place."""
MOST: Final = 9
RECOVERING: Final = ("administrator", "concierge")
"""Officials who may begin a recovery."""


class Guardians(Record, frozen=True, kw_only=True):
    """Whom the member with this id has chosen, and how many of them are enough; nobody and 0: none now."""

    kind: ClassVar[str] = "guardians"
    members: tuple[str, ...]
    threshold: int


class Choose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key.guardians/1``: who may vouch for a new key of mine, and how many of them are enough.

    It takes the place of what was chosen before; nobody and 0 end it.
    """

    guardians: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST)]
    threshold: int


def choose(ctx: Context, body: Choose) -> None:
    """Signed with a root key, for whoever may vouch may let in a root key."""
    keys.require_root(ctx)
    if len(set(body.guardians)) != len(body.guardians):
        raise Refusal("key.guardian_twice")
    if ctx.author in body.guardians:
        raise Refusal("key.guardian_oneself")
    nobody = not body.guardians and body.threshold == 0
    if not nobody and not FEWEST <= body.threshold <= len(body.guardians):
        raise Refusal("key.guardian_threshold", least=FEWEST, most=len(body.guardians))
    for guardian in body.guardians:
        members.need_active(ctx.state, ctx.refer(members.Member, guardian).id)
    ctx.state.put(Guardians(id=ctx.author, index=ctx.index, members=body.guardians, threshold=body.threshold))


def end(moment: Moment, member: str) -> None:
    """Nobody is that member's guardian any more."""
    found = moment.state.find(Guardians, member)
    if found is not None:
        moment.state.put(msgspec.structs.replace(found, members=(), threshold=0))


def vouched(ctx: Context, member: str, signers: list[str]) -> bool:
    """Whether enough of the member's guardians are among the signers; False where it is an official's affair.

    Refusal ``key.guardians_short`` where the author is a guardian alone and too few have signed.
    """
    found = ctx.state.find(Guardians, member)
    if found is None or not found.members:
        return False
    signed = len(set(found.members).intersection(signers))
    if signed >= found.threshold:
        return True
    if ctx.author in found.members and not any(roles.holds(ctx.state, ctx.author, role) for role in RECOVERING):
        raise Refusal("key.guardians_short", needed=found.threshold, signed=signed)
    return False
