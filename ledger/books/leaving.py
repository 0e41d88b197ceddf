"""How people leave and are forgotten: free exit, an official's record of it, and erasure after retention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from ledger.books import keyring, keys, members, policies, roles
from ledger.books.members import Application, Erasure, Member, application_of_member
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due

OnLeave = Callable[[Moment, str], None]


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.leave/1``: free exit, at once."""

    paper: Commit | None = None


class EndMembership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.end/1``: an official records that a member has died, moved away, or left in writing."""

    member: str
    how: Literal["died", "moved", "left"]
    reason: Commit


class Erase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.erase/1``: a former member's personal data are to be destroyed, once statutory retention ends; at once
    those of an applicant who was declined, under the member id that the application would have led to.
    """

    member: str


def depart(moment: Moment, member: Member, status: members.Status, on_leave: tuple[OnLeave, ...]) -> None:
    """A member is one no more. ``on_leave``: what higher books settle, in order. A co-op keeps an administrator."""
    if roles.holds(moment.state, member.id, "administrator") and not roles.another_administrator(moment, member.id):
        raise Refusal("role.last_administrator")
    for settle in on_leave:
        settle(moment, member.id)
    roles.end_all(moment, member.id)
    moment.state.unschedule("member.reinstates", member.id)
    members.change(moment, member, status=status, ended=moment.time)


def book(on_leave: tuple[OnLeave, ...]) -> Book:
    """The book of leaving. ``on_leave``: what higher books settle when a member leaves, in order."""

    def leave(ctx: Context, _body: Leave) -> None:
        member = ctx.state.need(Member, ctx.actor)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)
        depart(ctx, member, "left", on_leave)

    def end_membership(ctx: Context, body: EndMembership) -> None:
        roles.require(ctx, "administrator")
        roles.require_second(ctx, *keys.COUNTERSIGNERS)
        member = ctx.refer(Member, body.member)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)
        depart(ctx, member, body.how, on_leave)

    return Book(
        "leaving",
        records=(Erasure,),
        handlers=(
            Handler("member.leave/1", Leave, leave, assisted=True, inactive=True),
            Handler("member.end/1", EndMembership, end_membership, subject=members.named),
            Handler("member.erase/1", Erase, _erase, by=("member", "key"), inactive=True),
        ),
        dues={"member.erases": _erases},
    )


def _erase(ctx: Context, body: Erase) -> None:
    members.require_kept(ctx.state, body.member)
    at = _declined_at(ctx, body.member) or _retained_until(ctx, body.member)
    ctx.state.put(Erasure(id=body.member, index=ctx.index, at=max(at, ctx.time), done=at <= ctx.time))
    if at > ctx.time:
        ctx.schedule(at, "member.erases", body.member)


def _declined_at(ctx: Context, member: str) -> int | None:
    """For an applicant who was declined: now, for the roll has no trace of them to be retained. Else None."""
    application = ctx.state.find(Application, application_of_member(member))
    if application is None or application.status != "declined":
        return None
    ctx.refer(Application, application.id)
    if ctx.author != application.key:
        roles.require(ctx, "administrator")
    return ctx.time


def _retained_until(ctx: Context, id_: str) -> int:
    """When statutory retention of a former member's data ends (ms)."""
    member = ctx.refer(Member, id_)
    if ctx.author != member.id:
        roles.require(ctx, "administrator")
    if member.ended is None:
        raise Refusal("member.still_member", id=member.id)
    return member.ended + policies.members(ctx.state).retention_days * keyring.DAY


def _erases(moment: Moment, due: Due) -> None:
    erasure = moment.state.need(Erasure, due.subject)
    moment.state.put(msgspec.structs.replace(erasure, done=True))
