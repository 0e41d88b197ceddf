"""What can befall a decision: a casting vote on a tie, vetoes, its execution, or that it lapses."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import msgspec

from governance import effects, outcome, standing
from governance.books import counts, proposals, rolls, tallying
from governance.books.meetings import Meeting
from governance.books.proposals import Item, Proposal, change, need_stage
from governance.books.rules import BUDGET
from governance.effects.base import Decision, Funded
from ledger.books import members, roles
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record

CASTING: Final = 3 * 86_400_000
"""How long after the close, in ms, the chair may decide a tie."""


class VetoCast(Record, frozen=True, kw_only=True):
    """That a member vetoes a decision (id ``proposal/member``)."""

    kind: ClassVar[str] = "veto"
    proposal: str
    member: str

    @property
    def parent(self) -> str:
        """Vetoes stand under their proposal."""
        return self.proposal


class CastingVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.casting/1``: the chair decides a tie (議長の決裁): of the meeting, where it was decided in one."""

    proposal: str
    choice: Literal["yes", "no"]


class Veto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.veto/1``: one of those whom the rule names stops a decision, during its timelock."""

    proposal: str
    reason: Commit | None = None


class Execute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.execute/1``: an active member has a decision take effect, where the rule leaves that to somebody."""

    proposal: str


def _casting(ctx: Context, body: CastingVote) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "tied")
    rule = proposals.pinned(ctx.state, proposal)
    if rule.tie.BREAKS != "chair":
        raise Refusal("proposal.no_casting", id=proposal.id)
    if proposal.meeting is None:
        roles.require(ctx, "chair")
    elif ctx.author != proposal.chair:
        raise Refusal("meeting.chair", id=proposal.meeting)
    if _is_late(ctx, proposal):
        raise Refusal("proposal.casting_late", id=proposal.id)
    order = ("yes", "no") if body.choice == "yes" else ("no", "yes")
    proposal = change(ctx.state, proposal, order=order)
    if rule.secrecy.SEALED:
        gathered = tallying.gather(ctx.state, proposal, rule, lambda ballot: ballot.id).votes
        votes = outcome.Votes({"": proposal.tally or {}}, gathered.attended, gathered.convocation)
    else:
        votes = tallying.gather(ctx.state, proposal, rule).votes
    paper, roll = proposals.paper(ctx.state, proposal), rolls.roll(ctx.state, proposal, rule)
    counts.conclude(ctx, proposal, rule, *outcome.decide(rule, roll, votes, paper, order))


def _is_late(ctx: Context, proposal: Proposal) -> bool:
    """Whether its time, or the meeting in which it was still to be decided, is over.

    What the meeting's end itself closed nobody could decide before it.
    """
    closes_at = proposal.closes_at or 0
    closed_at = None if proposal.meeting is None else ctx.state.need(Meeting, proposal.meeting).closed_at
    return ctx.time >= closes_at + CASTING or (closed_at is not None and closes_at < closed_at)


def _veto(ctx: Context, body: Veto) -> None:
    members.need_active(ctx.state, ctx.actor)
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "passed")
    rule = proposals.pinned(ctx.state, proposal)
    if proposal.executes_at is None or ctx.time >= proposal.executes_at or not rule.veto.needed():
        raise Refusal("proposal.no_veto", id=proposal.id)
    member = standing.one(ctx.state, rule.needs, ctx.actor, (ctx.index, ctx.time + 1))
    if member is None or not rule.veto.entitles(member):
        raise Refusal("proposal.not_vetoer", id=proposal.id)
    if ctx.state.find(VetoCast, f"{proposal.id}/{ctx.actor}") is not None:
        raise Refusal("proposal.vetoed_already", id=proposal.id)
    ctx.state.put(VetoCast(id=f"{proposal.id}/{ctx.actor}", index=ctx.index, proposal=proposal.id, member=ctx.actor))
    proposal = change(ctx.state, proposal, vetoes=proposal.vetoes + 1)
    if proposal.vetoes >= rule.veto.needed():
        ctx.state.unschedule("proposal.executes", proposal.id)
        ctx.state.unschedule("proposal.expires", proposal.id)
        change(ctx.state, proposal, vetoed_at=ctx.time)


def _execute(ctx: Context, body: Execute) -> None:
    members.need_active(ctx.state, ctx.actor)
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "passed")
    if proposal.executable_until is None or proposal.executes_at is None:
        raise Refusal("proposal.executes_itself", id=proposal.id)
    if ctx.time < proposal.executes_at:
        raise Refusal("proposal.timelocked", id=proposal.id)
    ctx.state.unschedule("proposal.expires", proposal.id)
    _carry_out(ctx, proposal)


def _executes(moment: Moment, due: Due) -> None:
    _carry_out(moment, moment.state.need(Proposal, due.subject))


def _expires(moment: Moment, due: Due) -> None:
    """Nobody has executed it in time."""
    proposal = moment.state.need(Proposal, due.subject)
    _lapse(moment, proposal, Refusal("proposal.expired", id=proposal.id))


def _carry_out(moment: Moment, proposal: Proposal) -> None:
    winners = () if proposal.outcome is None else proposal.outcome.winners
    decision = Decision(proposal.id, winners, _funded(moment, proposal, winners))
    error = effects.execute(moment, proposal.parsed_effects(), decision)
    if error is None:
        change(moment.state, proposal, executed_at=moment.time)
    else:
        _lapse(moment, proposal, error)


def _funded(moment: Moment, proposal: Proposal, winners: tuple[str, ...]) -> tuple[Funded, ...]:
    """What a budget is spent on, in the order in which it won."""
    if proposal.decides != BUDGET:
        return ()
    numbers = [winner.removeprefix("option_") for winner in winners]
    items = [moment.state.need(Item, f"{proposal.id}/{number}") for number in numbers]
    return tuple(Funded(item.number, item.by, item.cost) for item in items)


def _lapse(moment: Moment, proposal: Proposal, error: Refusal | FormatError) -> None:
    lapse = {"code": error.code, "params": error.params}
    change(moment.state, proposal, lapsed_at=moment.time, lapse=lapse)


BOOK = Book(
    "decided",
    records=(VetoCast,),
    handlers=(
        Handler("ballot.casting/1", CastingVote, _casting),
        Handler("proposal.veto/1", Veto, _veto),
        Handler("proposal.execute/1", Execute, _execute),
    ),
    dues={"proposal.executes": _executes, "proposal.expires": _expires},
)
