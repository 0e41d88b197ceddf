"""Roles as assignments: who acts, in which role, for what, from when until when. Rights fall with the term."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, get_args

import msgspec

from ledger import canonical
from ledger.books import members, policies
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record, State

RoleName = Literal[
    "administrator", "auditor", "facilitator", "concierge", "steward", "chair", "director", "treasurer", "delegate"
]
ROLES: Final[tuple[str, ...]] = get_args(RoleName)
COOP: Final = "coop"
"""The scope of a role for the whole co-op; a project or market later."""


class Role(Record, frozen=True, kw_only=True):
    """One assignment; times in ms. The id is ``member/role/scope``, so a new term replaces the old."""

    kind: ClassVar[str] = "role"
    member: str
    role: str
    scope: str
    from_: int
    until: int | None
    active: bool

    def pending(self, now: int) -> bool:
        """Whether the term has yet to begin at ``now`` (ms), and has not been called off."""
        return not self.active and self.from_ > now and (self.until is None or self.until > self.from_)

    @property
    def parent(self) -> str:
        """Assignments are listed by what they are for."""
        return self.scope

    @property
    def sort(self) -> str:
        """Then by role."""
        return self.role


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``role.give/1``: an administrator appoints, where the members' policy lets administrators appoint."""

    member: str
    role: RoleName
    scope: Literal["coop"] = "coop"
    from_: str | None = msgspec.field(default=None, name="from")
    until: str | None = None


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``role.end/1``: a role is given back, or ended by an administrator who could have given it."""

    member: str
    role: RoleName
    scope: Literal["coop"] = "coop"
    paper: Commit | None = None


def holds(state: State, member: str, role: str, scope: str = COOP) -> bool:
    """Whether that member now acts in that role."""
    assignment = state.find(Role, f"{member}/{role}/{scope}")
    return assignment is not None and assignment.active


def require(ctx: Context, *roles: str, scope: str = COOP) -> None:
    """The author must hold one of the roles; refusal ``role.required``."""
    if not any(holds(ctx.state, ctx.author, role, scope) for role in roles):
        raise Refusal("role.required", roles=list(roles))


def cosigned_by(ctx: Context, *roles: str, scope: str = COOP) -> bool:
    """Whether a cosigner who is neither the author nor the one acted for holds one of the roles."""
    others = (signer for signer in ctx.statement.cosigners if signer != ctx.actor)
    return any(holds(ctx.state, other, role, scope) for other in others for role in roles)


def require_second(ctx: Context, *roles: str) -> None:
    """A second official must have signed; refusal ``role.second_required``."""
    if not cosigned_by(ctx, *roles):
        raise Refusal("role.second_required", roles=list(roles))


def give(moment: Moment, member: str, role: RoleName, scope: str, from_: int, until: int | None) -> None:
    """Assign a role from ``from_`` (now, if past) until ``until`` (None: until ended); times in ms.

    A term that is to follow on a running one without a gap (re-election) prolongs it.
    """
    members.need_active(moment.state, member)
    if until is not None and until <= max(from_, moment.time):
        raise Refusal("role.term", until=until)
    id_ = f"{member}/{role}/{scope}"
    before = moment.state.find(Role, id_)
    if from_ > moment.time and before is not None and before.active:
        if before.until is None or from_ > before.until or (until is not None and until <= before.until):
            raise Refusal("role.running", id=id_)
        from_ = before.from_
    if before is not None:
        moment.state.unschedule("role.starts", id_)
        moment.state.unschedule("role.ends", id_)
    assignment = Role(
        id=id_, index=moment.index, member=member, role=role, scope=scope, from_=from_, until=until, active=False
    )
    if from_ > moment.time:
        moment.state.put(assignment)
        moment.schedule(from_, "role.starts", id_)
    else:
        _activate(moment, assignment)


def end(moment: Moment, assignment: Role) -> None:
    """The role is over; nothing that waits on it remains."""
    moment.state.unschedule("role.starts", assignment.id)
    moment.state.unschedule("role.ends", assignment.id)
    until = moment.time if assignment.until is None else min(assignment.until, moment.time)
    moment.state.put(msgspec.structs.replace(assignment, active=False, until=until))
    moment.trace("role", assignment.id, value=False)


def end_all(moment: Moment, member: str) -> None:
    """Whoever leaves, or is suspended, acts for nobody any more."""
    for role in ROLES:
        assignment = moment.state.find(Role, f"{member}/{role}/{COOP}")
        if assignment is not None and (assignment.active or assignment.pending(moment.time)):
            end(moment, assignment)


def _activate(moment: Moment, assignment: Role) -> None:
    moment.state.put(msgspec.structs.replace(assignment, active=True))
    moment.trace("role", assignment.id, value=True)
    if assignment.until is not None:
        moment.schedule(assignment.until, "role.ends", assignment.id)


def _starts(moment: Moment, due: Due) -> None:
    _activate(moment, moment.state.need(Role, due.subject))


def _ends(moment: Moment, due: Due) -> None:
    end(moment, moment.state.need(Role, due.subject))


def _give(ctx: Context, body: Give) -> None:
    require(ctx, "administrator")
    require_appointable(ctx, body.role)
    ctx.refer(members.Member, body.member)
    from_ = ctx.time if body.from_ is None else canonical.parse_time(body.from_)
    until = None if body.until is None else canonical.parse_time(body.until)
    give(ctx, body.member, body.role, body.scope, from_, until)


def _end(ctx: Context, body: End) -> None:
    assignment = ctx.refer(Role, f"{body.member}/{body.role}/{body.scope}")
    if ctx.actor != body.member:
        require(ctx, "administrator")
        require_appointable(ctx, body.role)
    if not assignment.active and not assignment.pending(ctx.time):
        raise Refusal("role.over", id=assignment.id)
    if body.role == "administrator" and not another_administrator(ctx, body.member):
        raise Refusal("role.last_administrator")
    end(ctx, assignment)


def require_appointable(ctx: Context, *roles: str) -> None:
    """What only decisions give, only decisions take; refusal ``role.by_decision``."""
    policy = policies.members(ctx.state)
    for role in roles:
        if role not in policy.appointed:
            raise Refusal("role.by_decision", role=role)


def held(moment: Moment, member: str) -> tuple[str, ...]:
    """The roles in which that member now acts."""
    return tuple(role for role in ROLES if holds(moment.state, member, role))


def another_administrator(moment: Moment, member: str) -> bool:
    """Whether somebody else is an administrator too: a co-op is never left without one."""
    assignments = moment.state.children(Role, COOP)
    return any(a.role == "administrator" and a.active and a.member != member for a in assignments)


BOOK = Book(
    "roles",
    records=(Role,),
    handlers=(
        Handler("role.give/1", Give, _give),
        Handler("role.end/1", End, _end, assisted=True),
    ),
    dues={"role.starts": _starts, "role.ends": _ends},
)
