"""Effects that concern people: roles given or won in an election, admission, suspension, expulsion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from governance import departing
from governance.documents import Fault
from governance.effects.base import Decision, Effect, time_of
from ledger import canonical, ids
from ledger.books import joining, leaving, members, roles
from ledger.errors import Refusal
from ledger.fold import Context, Moment

NOTICE_OF_EXPULSION: Final = 10 * 86_400_000
"""In ms: ten days before the meeting the member is told, and may answer (労働者協同組合法15; five are enough for
消費生活協同組合法20, seven for 一般法人法30)."""


class GiveRole(Effect, frozen=True):
    """A member acts in a role from ``from`` (None: as soon as decided) until ``until`` (None: until ended)."""

    NAME = "role"
    KINDS = ("role",)

    member: str
    role: roles.RoleName
    scope: Literal["coop"]
    from_: str | None = msgspec.field(name="from")
    until: str | None

    def check(self) -> None:
        """A term begins before it ends."""
        start = None if self.from_ is None else time_of(self.from_, "from")
        end = None if self.until is None else time_of(self.until, "until")
        if start is not None and end is not None and end <= start:
            raise Fault("until", "before_from")

    def refer(self, ctx: Context) -> None:
        """An active member, and a term that has not passed already."""
        ctx.refer(members.Member, self.member)
        members.need_active(ctx.state, self.member)
        if self.until is not None and canonical.parse_time(self.until) <= ctx.time:
            raise Refusal("role.term", until=self.until)

    def execute(self, moment: Moment, decision: Decision) -> None:  # noqa: ARG002  (roles don't record who gave them)
        """By the roles' own verb."""
        start = moment.time if self.from_ is None else canonical.parse_time(self.from_)
        until = None if self.until is None else canonical.parse_time(self.until)
        roles.give(moment, self.member, self.role, self.scope, start, until)


class Admit(Effect, frozen=True):
    """An applicant becomes a member of a class."""

    NAME = "admit"
    KINDS = ("admit",)

    applicant: str
    class_: str = msgspec.field(name="class")

    def check(self) -> None:
        """Names an application."""
        if not ids.is_id(self.applicant, "app"):
            raise Fault("applicant", "not_an_application")

    def refer(self, ctx: Context) -> None:
        """An open application, and a class that there is."""
        application = ctx.refer(members.Application, self.applicant)
        if application.status != "open":
            raise Refusal("application.closed", id=application.id)
        joining.require_class(ctx, self.class_)

    def execute(self, moment: Moment, decision: Decision) -> None:  # noqa: ARG002  (the trace shows when, the log why)
        """By joining's own verb."""
        joining.admit(moment, self.applicant, self.class_)


class Elect(Effect, frozen=True):
    """Whoever wins gets a role: ``candidates`` by the position of their option."""

    NAME = "elect"
    KINDS = ("election",)

    role: roles.RoleName
    scope: Literal["coop"]
    candidates: tuple[str, ...]
    from_: str | None = msgspec.field(name="from")
    until: str | None

    def check(self) -> None:
        """A term begins before it ends, and nobody stands twice."""
        start = None if self.from_ is None else time_of(self.from_, "from")
        end = None if self.until is None else time_of(self.until, "until")
        if start is not None and end is not None and end <= start:
            raise Fault("until", "before_from")
        if len(set(self.candidates)) < len(self.candidates):
            raise Fault("candidates", "twice")

    def refer(self, ctx: Context) -> None:
        """Active members, and a term that has not passed already."""
        for candidate in self.candidates:
            ctx.refer(members.Member, candidate)
            members.need_active(ctx.state, candidate)
        if self.until is not None and canonical.parse_time(self.until) <= ctx.time:
            raise Refusal("role.term", until=self.until)

    def fits(self, options: int, seats: int) -> None:  # noqa: ARG002
        """One candidate for each option."""
        if len(self.candidates) != options:
            raise Refusal("proposal.candidates", options=options, candidates=len(self.candidates))

    def execute(self, moment: Moment, decision: Decision) -> None:
        """By the roles' own verb, for each who won."""
        start = moment.time if self.from_ is None else canonical.parse_time(self.from_)
        until = None if self.until is None else canonical.parse_time(self.until)
        for winner in decision.winners:
            number = int(winner.removeprefix("option_"))
            roles.give(moment, self.candidates[number - 1], self.role, self.scope, start, until)


class Suspend(Effect, frozen=True):
    """A member is suspended, until a day or until reinstated."""

    NAME = "suspend"
    KINDS = ("expel",)

    member: str
    until: str | None

    def check(self) -> None:
        """A time, if any."""
        if self.until is not None:
            time_of(self.until, "until")

    def refer(self, ctx: Context) -> None:
        """An active member."""
        ctx.refer(members.Member, self.member)
        members.need_active(ctx.state, self.member)

    def concerns(self) -> Iterable[str]:
        """Who is to be suspended."""
        return (self.member,)

    def execute(self, moment: Moment, decision: Decision) -> None:  # noqa: ARG002
        """With the roles that the member held."""
        member = members.need_active(moment.state, self.member)
        until = None if self.until is None else canonical.parse_time(self.until)
        if until is not None and until <= moment.time:
            raise Refusal("member.suspend_until", until=self.until)
        roles.end_all(moment, member.id)
        members.change(moment, member, status="suspended")
        if until is not None:
            moment.schedule(until, "member.reinstates", member.id)


class Expel(Effect, frozen=True):
    """A member is expelled: told ten days before voting opens, and free to answer (``proposal.hearing/1``)."""

    NAME = "expel"
    KINDS = ("expel",)
    NOTICE = NOTICE_OF_EXPULSION

    member: str

    def refer(self, ctx: Context) -> None:
        """A member who has not left."""
        member = ctx.refer(members.Member, self.member)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)

    def concerns(self) -> Iterable[str]:
        """Who is to be expelled."""
        return (self.member,)

    def execute(self, moment: Moment, decision: Decision) -> None:  # noqa: ARG002
        """By leaving's own verb: what the member still had open is settled as for anyone who leaves."""
        member = moment.state.need(members.Member, self.member)
        if member.ended is not None:
            raise Refusal("member.inactive", id=member.id, status=member.status)
        leaving.depart(moment, member, "expelled", departing.SETTLED)
