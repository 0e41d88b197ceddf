"""A member's time in the co-op: private fields, class and type, suspension."""

from __future__ import annotations

import msgspec

from ledger import canonical
from ledger.books import joining, keys, members, roles
from ledger.books.members import Census, Member, MemberType, Profile
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due


class SetProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.profile/1``: new private fields, by the member or by an administrator for ``member``."""

    member: str
    profile: Profile
    paper: Commit | None = None


class Correct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.correct/1``: class or type was mistaken or has changed; ``replaces`` names the statement corrected."""

    member: str
    cls: str
    type: MemberType
    reason: Commit


class Suspend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.suspend/1``: two officials suspend a member, until a day or until reinstated."""

    member: str
    reason: Commit
    until: str | None = None


class Reinstate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.reinstate/1``: the suspension is over."""

    member: str
    reason: Commit | None = None


def _set_profile(ctx: Context, body: SetProfile) -> None:
    member = ctx.refer(Member, body.member)
    if ctx.actor != member.id:
        roles.require(ctx, "administrator")
    members.require_kept(ctx.state, member.id)
    ctx.state.put(msgspec.structs.replace(member, profile=ctx.id, profile_path="profile"))


def _correct(ctx: Context, body: Correct) -> None:
    joining.require_admission(ctx)
    member = ctx.refer(Member, body.member)
    members.require_kept(ctx.state, member.id)
    if ctx.statement.replaces != member.set_by:
        raise Refusal("member.replaces", id=member.id)
    joining.require_class(ctx, body.cls)
    members.change(ctx, member, cls=body.cls, type=body.type, set_by=ctx.id)


def _suspend(ctx: Context, body: Suspend) -> None:
    roles.require(ctx, "administrator")
    roles.require_second(ctx, *keys.COUNTERSIGNERS)
    member = ctx.refer(Member, body.member)
    members.need_active(ctx.state, member.id)
    if member.id in ctx.statement.signers:
        raise Refusal("member.suspend_oneself")
    if body.until is not None:
        until = canonical.parse_time(body.until)
        if until <= ctx.time:
            raise Refusal("member.suspend_until", until=body.until)
        ctx.schedule(until, "member.reinstates", member.id)
    # An auditor whom the members elected must not be put aside by those who are to be audited.
    roles.require_appointable(ctx, *roles.held(ctx, member.id))
    roles.end_all(ctx, member.id)
    members.change(ctx, member, status="suspended")


def _reinstate(ctx: Context, body: Reinstate) -> None:
    roles.require(ctx, "administrator")
    member = ctx.refer(Member, body.member)
    if member.status != "suspended":
        raise Refusal("member.not_suspended", id=member.id)
    ctx.state.unschedule("member.reinstates", member.id)
    members.change(ctx, member, status="active")


def _reinstates(moment: Moment, due: Due) -> None:
    members.change(moment, moment.state.need(Member, due.subject), status="active")


BOOK = Book(
    "membership",
    records=(Member, Census),
    handlers=(
        Handler("member.profile/1", SetProfile, _set_profile, assisted=True, subject=members.named),
        Handler("member.correct/1", Correct, _correct, subject=members.named),
        Handler("member.suspend/1", Suspend, _suspend, subject=members.named),
        Handler("member.reinstate/1", Reinstate, _reinstate, subject=members.named),
    ),
    dues={"member.reinstates": _reinstates},
)
