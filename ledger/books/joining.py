"""How people join: invitations, applications, admission, and the roll entered by an official.

A member needs no key and no device: whoever is entered by an official is a full member at once, and takes
part through ``for``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger import canonical, ids
from ledger.books import keyring, keys, members, policies, roles
from ledger.books.members import Application, Invitation, Member, MemberType, Profile, member_of_application
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.statement import Statement

MAX_USES: Final = 1000
MAX_INVITATION: Final = 366 * keyring.DAY


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


def require_class(moment: Moment, cls: str) -> None:
    """The class must be one that the policy in force names."""
    if cls not in policies.members(moment.state).classes:
        raise Refusal("member.class_unknown", cls=cls)


def require_admission(ctx: Context) -> None:
    """Admission is the officials' to give only where the policy in force says so."""
    admission = policies.members(ctx.state).admission
    if admission == "decision":
        raise Refusal("member.admission_by_decision")
    roles.require(ctx, "administrator")
    if admission == "two_officials":
        roles.require_second(ctx, *keys.COUNTERSIGNERS)


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
        require_admission(ctx)
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
    elif policies.members(ctx.state).applications != "open":
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
    same = then.admission == policies.members(ctx.state).admission
    return invitation.admits and same and roles.holds(ctx.state, invitation.by, "administrator")


def _admit(ctx: Context, body: Admit) -> None:
    require_admission(ctx)
    application = ctx.refer(Application, body.application)
    admit(ctx, application.id, body.cls)


def _decline(ctx: Context, body: Decline) -> None:
    roles.require(ctx, "administrator")
    application = ctx.refer(Application, body.application)
    if application.status != "open":
        raise Refusal("application.closed", id=application.id)
    ctx.state.put(msgspec.structs.replace(application, status="declined"))


def _enter(ctx: Context, body: Enter) -> None:
    require_admission(ctx)
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


def _applicant(_statement: Statement, id_: bytes, _path: str) -> str:
    """An applicant's data are kept, from the first moment, under the id that the member will have."""
    return member_of_application(ids.object_id("app", id_))


def _new_member(_statement: Statement, id_: bytes, _path: str) -> str:
    return ids.object_id("mem", id_)


def _declined(statement: Statement, _id: bytes, _path: str) -> str:
    return member_of_application(str(statement.body["application"]))


BOOK = Book(
    "joining",
    records=(Application, Invitation),
    handlers=(
        Handler("member.invite/1", Invite, _invite),
        Handler("member.invitation_close/1", CloseInvitation, _close_invitation),
        Handler("member.apply/1", Apply, _apply, by=("key",), subject=_applicant),
        Handler("member.admit/1", Admit, _admit),
        Handler("member.decline/1", Decline, _decline, subject=_declined),
        Handler("member.enter/1", Enter, _enter, subject=_new_member),
    ),
)
