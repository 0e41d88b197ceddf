"""What time does to a proposal, and what the clerk announces about it: roll, count, result.

Voting opens and closes, and decisions take effect, as due transitions: nobody's lateness decides anything.
Announcements save readers the work; the fold demands that they equal what it derives. The one exception
is the count of confidential ballots, which only the operator can make: it is held against the number and
weight of the ballots, and the result follows from it by the rule.
"""

from __future__ import annotations

from itertools import accumulate

import msgspec

from governance import effects, outcome
from governance.books import ballots, proposals, rules
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.modules.questions import Count, Result, total
from governance.rule import Rule
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.state import Due, State


class AnnounceRoll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.roll/1``: how many may vote, and with what weight together."""

    proposal: str
    heads: int
    weight: int


class AnnounceCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.count/1``: what was counted for every choice, and what that comes to."""

    proposal: str
    tally: dict[str, Count]
    result: Result


def roll(state: State, proposal: Proposal, rule: Rule) -> Count:
    """The roll of a proposal that has opened: as announced, else from the members' traces at the opening."""
    if proposal.roll is not None:
        return proposal.roll
    if proposal.opened_index is None or proposal.opens_at is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    return rule.roll(state.traces("member", proposal.opened_index, proposal.opens_at))


def _opens(moment: Moment, due: Due) -> None:
    proposal = moment.state.need(Proposal, due.subject)
    # The rule that counts is the one in force now. Should it ask for longer notice than was given, voting waits.
    version = rules.current(moment.state, proposal.decides)
    timing = version.rule().timing
    opens_at = max(moment.time, (proposal.called_at or 0) + timing.delay())
    proposal = proposals.change(
        moment.state, proposal, rule=version.id, opens_at=opens_at, closes_at=opens_at + timing.voting()
    )
    if opens_at > moment.time:
        moment.schedule(opens_at, "proposal.opens", proposal.id)
        return
    proposals.change(moment.state, proposal, opened_index=moment.index)
    moment.schedule(opens_at + timing.voting(), "proposal.closes", proposal.id)


def _closes(moment: Moment, due: Due) -> None:
    proposal = moment.state.need(Proposal, due.subject)
    rule = proposals.pinned(moment.state, proposal)
    if not rule.secrecy.SEALED:
        _conclude(moment, proposal, rule, ballots.tally(rule, proposal, ballots.of(moment.state, proposal)))


def _conclude(moment: Moment, proposal: Proposal, rule: Rule, tally: dict[str, Count]) -> Proposal:
    """Decide, and schedule what follows."""
    heads_and_weight = roll(moment.state, proposal, rule)
    decided = outcome.decide(rule, heads_and_weight, tally, len(proposal.options))
    executes_at = None
    if decided.result == "passed" and effects.acts(proposal.parsed_effects()):
        executes_at = moment.time + rule.timing.timelock()
        moment.schedule(executes_at, "proposal.executes", proposal.id)
    return proposals.change(
        moment.state, proposal, roll=heads_and_weight, tally=tally, outcome=decided, executes_at=executes_at
    )


def _executes(moment: Moment, due: Due) -> None:
    proposal = moment.state.need(Proposal, due.subject)
    error = effects.execute(moment, proposal.parsed_effects(), proposal.id)
    if error is None:
        proposals.change(moment.state, proposal, executed_at=moment.time)
    else:
        lapse = {"code": error.code, "params": error.params}
        proposals.change(moment.state, proposal, lapsed_at=moment.time, lapse=lapse)


def _announce_roll(ctx: Context, body: AnnounceRoll) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.opened_index is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    if proposal.roll_entry is not None:
        raise Refusal("proposal.announced", id=proposal.id, entry=proposal.roll_entry)
    found = roll(ctx.state, proposal, proposals.pinned(ctx.state, proposal))
    if (body.heads, body.weight) != (found.heads, found.weight):
        raise Refusal("proposal.roll_differs", id=proposal.id, heads=found.heads, weight=found.weight)
    proposals.change(ctx.state, proposal, roll=found, roll_entry=ctx.index)


def _announce_count(ctx: Context, body: AnnounceCount) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.opened_index is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    if proposal.count_entry is not None:
        raise Refusal("proposal.announced", id=proposal.id, entry=proposal.count_entry)
    if proposal.stage(ctx.time) == "voting":
        raise Refusal("proposal.stage", id=proposal.id, stage="voting")
    if proposal.outcome is None:
        rule = proposals.pinned(ctx.state, proposal)
        _check_sealed(body.tally, ballots.choices(rule, proposal), ballots.of(ctx.state, proposal))
        proposal = _conclude(ctx, proposal, rule, body.tally)
    if body.tally != proposal.tally or proposal.outcome is None or body.result != proposal.outcome.result:
        raise Refusal("proposal.count_differs", id=proposal.id)
    proposals.change(ctx.state, proposal, count_entry=ctx.index)


def _check_sealed(tally: dict[str, Count], choices: tuple[str, ...], cast: list[Ballot]) -> None:
    """Hold an announced count against the sealed ballots: as many, as heavy, and no choice lighter or heavier
    than so many ballots can be.
    """
    if set(tally) != set(choices):
        raise Refusal("count.choices", choices=list(choices))
    weights = sorted(ballot.weight for ballot in cast)
    found, expected = total(tally), Count(len(weights), sum(weights))
    if found != expected:
        raise Refusal("count.total", heads=expected.heads, weight=expected.weight)
    lightest = [0, *accumulate(weights)]
    heaviest = [0, *accumulate(reversed(weights))]
    for choice, count in tally.items():
        if not lightest[count.heads] <= count.weight <= heaviest[count.heads]:
            raise Refusal("count.weight", choice=choice)


BOOK = Book(
    "counts",
    handlers=(
        Handler("proposal.roll/1", AnnounceRoll, _announce_roll, by=("clerk",)),
        Handler("proposal.count/1", AnnounceCount, _announce_count, by=("clerk",)),
    ),
    dues={"proposal.opens": _opens, "proposal.closes": _closes, "proposal.executes": _executes},
)
