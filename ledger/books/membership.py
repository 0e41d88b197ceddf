"""How people join, change and leave: invitations, applications, admission, the roll entered by an official,
suspension, leaving, erasure, and corrections.

A member needs no key and no device: whoever is entered by an official is a full member at once, and takes
part through ``for``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from ledger import canonical, ids
from ledger.books import keyring, keys, members, policies, roles
from ledger.books.members import Application, Erasure, Invitation, Member, MemberType, Profile
from ledger.books.members_policy import MembersPolicy
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due
from ledger.statement import Statement

MAX_USES: Final = 1000
MAX_INVITATION: Final = 366 * keyring.DAY
OnLeave = Callable[[Moment, str], None]


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.invite/1``: a link. ``key``: id of the key that only the link holds. ``admits``: who comes through
    it is admitted at once, as long as the policy lets the author admit. ``member``: lets that member, who never had
    a key, take up a first one; a second official must sign, or an administrator could become anybody.
    """

    key: str
    until: str
    uses: int = 1
    cls: str = ""
    admits: bool = False
    member: str | None = None


class CloseInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.invitation_close/1``: the link works no more."""

    invitation: str


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.apply/1``: someone asks to join, signing with the key that will be theirs."""

    alg: str
    public: str
    cls: str
    type: MemberType
    profile: Profile
    credential: keys.Credential | None = None
    invitation: str | None = None


class Admit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.admit/1``: an official admits, where the policy leaves it to officials."""

    application: str
    cls: str


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.decline/1``: the application is not accepted."""

    application: str
    reason: Commit


class Enter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.enter/1``: an official enters a member who has no device, or one line of a roster.

    ``joined_on``: the day of joining as the paper roll says (``2026-04-01``); membership in the log counts
    from the entry. It mints nothing and gives nothing.
    """

    cls: str
    type: MemberType
    profile: Profile
    joined_on: str | None = None


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


def admit(moment: Moment, application_id: str, cls: str) -> Member:
    """Make an applicant a member of class ``cls`` with the key applied with (verb for admission by decision)."""
    application = moment.state.need(Application, application_id)
    if application.status != "open":
        raise Refusal("application.closed", id=application.id)
    require_class(moment, cls)
    if moment.state.find(keys.Key, application.key) is not None:
        raise Refusal("key.taken", id=application.key)
    member = members.enter(
        moment,
        member_of_application(application.id),
        cls=cls,
        type=application.type,
        profile=application.statement,
        profile_path="profile",
        set_by=application.statement,
    )
    moment.state.put(
        keys.Key(
            id=application.key,
            index=moment.index,
            member=member.id,
            alg=application.alg,
            public=application.public,
            credential=application.credential,
            root=True,
            status="active",
            since=moment.time,
        )
    )
    moment.state.put(msgspec.structs.replace(application, status="admitted", member=member.id))
    return member


def member_of_application(application_id: str) -> str:
    """The member id that an application leads to: the same 128 bits, so nobody can choose it."""
    return "mem_" + application_id.removeprefix("app_")


def application_of_member(member_id: str) -> str:
    """The other way round."""
    return "app_" + member_id.removeprefix("mem_")


def _invite(ctx: Context, body: Invite) -> None:
    roles.require(ctx, "administrator", "concierge")
    until = canonical.parse_time(body.until)
    if not 1 <= body.uses <= MAX_USES or not ctx.time < until <= ctx.time + MAX_INVITATION:
        raise Refusal("invitation.terms", uses=body.uses, until=body.until)
    if not ids.is_id(body.key, "key") or ctx.state.find(keys.Key, body.key) is not None:
        raise Refusal("invitation.key")
    if body.member is not None:
        _check_claimable(ctx, body.member, body)
    else:
        require_class(ctx, body.cls)
    if body.admits:
        _require_admission(ctx)
    ctx.state.put(
        Invitation(
            id=ctx.new_id("inv"),
            index=ctx.index,
            key=body.key,
            cls=body.cls,
            uses=body.uses,
            until=until,
            admits=body.admits,
            by=ctx.author,
            policy=policies.current(ctx.state, "members").version,
            member=body.member,
        )
    )


def _check_claimable(ctx: Context, member: str, body: Invite) -> None:
    ctx.refer(Member, member)
    members.need_active(ctx.state, member)
    if body.uses != 1 or body.cls or body.admits:
        raise Refusal("invitation.terms", uses=body.uses, until=body.until)
    keyring.require_keyless(ctx, member)
    roles.require_second(ctx, *keys.COUNTERSIGNERS, "concierge")


def _close_invitation(ctx: Context, body: CloseInvitation) -> None:
    roles.require(ctx, "administrator", "concierge")
    invitation = ctx.refer(Invitation, body.invitation)
    ctx.state.put(msgspec.structs.replace(invitation, closed=True))


def _apply(ctx: Context, body: Apply) -> None:
    key = ids.key_id(body.public)
    if key != ctx.author or ctx.signatures[0].alg != body.alg:
        raise Refusal("application.key")
    if ctx.state.find(keys.Key, key) is not None:
        raise Refusal("key.taken", id=key)
    require_class(ctx, body.cls)
    invitation = None
    if body.invitation is not None:
        invitation = ctx.refer(Invitation, body.invitation)
        keyring.use_invitation(ctx, invitation)
        if invitation.member is not None or invitation.cls != body.cls:
            raise Refusal("invitation.kind", id=invitation.id)
    elif _policy(ctx).applications != "open":
        raise Refusal("application.invited_only")
    application = Application(
        id=ctx.new_id("app"),
        index=ctx.index,
        status="open",
        key=key,
        alg=body.alg,
        public=body.public,
        credential=body.credential,
        cls=body.cls,
        type=body.type,
        invitation=body.invitation,
        statement=ctx.id,
    )
    ctx.state.put(application)
    if invitation is not None and _admits(ctx, invitation):
        admit(ctx, application.id, body.cls)


def _admits(ctx: Context, invitation: Invitation) -> bool:
    """Whether a link that was to admit still does: rights fall with the term of whoever gave it, and a co-op that
    has since decided to admit otherwise must not go on being entered through old links.
    """
    then = policies.version(ctx.state, "members", invitation.policy).members()
    same = then.admission == _policy(ctx).admission
    return invitation.admits and same and roles.holds(ctx.state, invitation.by, "administrator")


def _admit(ctx: Context, body: Admit) -> None:
    _require_admission(ctx)
    application = ctx.refer(Application, body.application)
    admit(ctx, application.id, body.cls)


def _decline(ctx: Context, body: Decline) -> None:
    roles.require(ctx, "administrator")
    application = ctx.refer(Application, body.application)
    if application.status != "open":
        raise Refusal("application.closed", id=application.id)
    ctx.state.put(msgspec.structs.replace(application, status="declined"))


def _enter(ctx: Context, body: Enter) -> None:
    _require_admission(ctx)
    require_class(ctx, body.cls)
    if body.joined_on is not None:
        canonical.parse_time(f"{body.joined_on}T00:00:00.000Z")
    members.enter(
        ctx,
        ctx.new_id("mem"),
        cls=body.cls,
        type=body.type,
        profile=ctx.id,
        profile_path="profile",
        set_by=ctx.id,
    )


def _set_profile(ctx: Context, body: SetProfile) -> None:
    member = ctx.refer(Member, body.member)
    if ctx.actor != member.id:
        roles.require(ctx, "administrator")
    _require_kept(ctx, member.id)
    ctx.state.put(msgspec.structs.replace(member, profile=ctx.id, profile_path="profile"))


def _correct(ctx: Context, body: Correct) -> None:
    _require_admission(ctx)
    member = ctx.refer(Member, body.member)
    _require_kept(ctx, member.id)
    if ctx.statement.replaces != member.set_by:
        raise Refusal("member.replaces", id=member.id)
    require_class(ctx, body.cls)
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


def _erase(ctx: Context, body: Erase) -> None:
    _require_kept(ctx, body.member)
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
    return member.ended + _policy(ctx).retention_days * keyring.DAY


def _require_kept(ctx: Context, member: str) -> None:
    """Nothing more is kept under a privacy key that is destroyed, or will be."""
    if ctx.state.find(Erasure, member) is not None:
        raise Refusal("member.erased", id=member)


def _erases(moment: Moment, due: Due) -> None:
    erasure = moment.state.need(Erasure, due.subject)
    moment.state.put(msgspec.structs.replace(erasure, done=True))


def _policy(moment: Moment) -> MembersPolicy:
    return policies.current(moment.state, "members").members()


def require_class(moment: Moment, cls: str) -> None:
    """The class must be one that the policy in force names."""
    if cls not in _policy(moment).classes:
        raise Refusal("member.class_unknown", cls=cls)


def _require_admission(ctx: Context) -> None:
    """Admission is the officials' to give only where the policy in force says so."""
    admission = _policy(ctx).admission
    if admission == "decision":
        raise Refusal("member.admission_by_decision")
    roles.require(ctx, "administrator")
    if admission == "two_officials":
        roles.require_second(ctx, *keys.COUNTERSIGNERS)


def _new_member(_statement: Statement, id_: bytes, _path: str) -> str:
    return ids.object_id("mem", id_)


def _named_member(statement: Statement, _id: bytes, _path: str) -> str:
    return str(statement.body["member"])


def _declined(statement: Statement, _id: bytes, _path: str) -> str:
    return member_of_application(str(statement.body["application"]))


def book(on_leave: tuple[OnLeave, ...]) -> Book:
    """The book of membership. ``on_leave``: what higher books settle when a member leaves, in order."""

    def end(ctx: Context, member: Member, status: members.Status) -> None:
        if roles.holds(ctx.state, member.id, "administrator") and not roles.another_administrator(ctx, member.id):
            raise Refusal("role.last_administrator")
        for settle in on_leave:
            settle(ctx, member.id)
        roles.end_all(ctx, member.id)
        ctx.state.unschedule("member.reinstates", member.id)
        members.change(ctx, member, status=status, ended=ctx.time)

    def leave(ctx: Context, _body: Leave) -> None:
        member = ctx.state.need(Member, ctx.actor)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)
        end(ctx, member, "left")

    def end_membership(ctx: Context, body: EndMembership) -> None:
        roles.require(ctx, "administrator")
        roles.require_second(ctx, *keys.COUNTERSIGNERS)
        member = ctx.refer(Member, body.member)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)
        end(ctx, member, body.how)

    return Book(
        "membership",
        records=members.RECORDS,
        handlers=(
            Handler("member.invite/1", Invite, _invite),
            Handler("member.invitation_close/1", CloseInvitation, _close_invitation),
            Handler("member.apply/1", Apply, _apply, by=("key",), subject=_applicant),
            Handler("member.admit/1", Admit, _admit),
            Handler("member.decline/1", Decline, _decline, subject=_declined),
            Handler("member.enter/1", Enter, _enter, subject=_new_member),
            Handler("member.profile/1", SetProfile, _set_profile, assisted=True, subject=_named_member),
            Handler("member.correct/1", Correct, _correct, subject=_named_member),
            Handler("member.suspend/1", Suspend, _suspend, subject=_named_member),
            Handler("member.reinstate/1", Reinstate, _reinstate, subject=_named_member),
            Handler("member.leave/1", Leave, leave, assisted=True, inactive=True),
            Handler("member.end/1", EndMembership, end_membership, subject=_named_member),
            Handler("member.erase/1", Erase, _erase, by=("member", "key"), inactive=True),
        ),
        dues={"member.reinstates": _reinstates, "member.erases": _erases},
    )


def _applicant(_statement: Statement, id_: bytes, _path: str) -> str:
    """An applicant's data are kept, from the first moment, under the id that the member will have."""
    return member_of_application(ids.object_id("app", id_))
