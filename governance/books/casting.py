"""Ballots as they are cast: each by its own statement; and votes whose end depends on how they stand.

Where the rule asks for it (late quorum, early close, super quorum), a running tally is kept and every ballot is asked
whether voting now ends earlier or later. ``together.check`` lets that be asked only of open, direct votes by yes or no.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from governance import outcome
from governance.books import ballots, hands, proposals, rolls
from governance.books.ballots import Ballot, Cast, Object
from governance.books.proposals import Proposal
from governance.count import NOBODY, Count, Paper, Tally
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.rule import Rule
from ledger.fold import Book, Context, Handler
from ledger.state import Record, State


class Running(Record, frozen=True, kw_only=True):
    """How a watched vote (the id) stands: what the ballots that count say."""

    kind: ClassVar[str] = "running"
    tally: dict[str, Count]


def _cast(ctx: Context, body: Cast) -> None:
    proposal, rule = ballots.voting(ctx, body.proposal)
    hands.need_free(ctx.state, proposal, ctx.actor)
    before, ballot = ballots.cast(ctx, proposal, rule, body.choice)
    if _is_watched(proposal, rule):
        _watch(ctx, proposal, rule, before, ballot)


def _object(ctx: Context, body: Object) -> None:
    proposal, rule = ballots.voting(ctx, body.proposal)
    gone = ballots.disown(ctx, proposal)
    if _is_watched(proposal, rule):
        _watch(ctx, proposal, rule, gone, None)


def _is_watched(proposal: Proposal, rule: Rule) -> bool:
    """In a meeting it is the chair who ends it."""
    return rule.watches and proposal.meeting is None


def _watch(ctx: Context, proposal: Proposal, rule: Rule, gone: Ballot | None, come: Ballot | None) -> None:
    running = ctx.state.find(Running, proposal.id)
    tally = dict(running.tally) if running is not None else {}
    if gone is not None and gone.counts:
        old = tally[str(gone.choice)]
        tally[str(gone.choice)] = Count(old.heads - 1, old.weight - gone.weight)
    if come is not None:
        tally[str(come.choice)] = tally.get(str(come.choice), NOBODY) + Count(1, come.weight)
    ctx.state.put(Running(id=proposal.id, index=ctx.index if running is None else running.index, tally=tally))
    stand = _Stand(ctx.state, rule, rolls.roll(ctx.state, proposal, rule), tally)
    _extend(ctx, proposal, stand)
    _end(ctx, ctx.state.need(Proposal, proposal.id), stand)


class _Stand(NamedTuple):
    """How a watched vote stands."""

    state: State
    rule: Rule
    roll: Roll
    tally: Tally

    def result(self, proposal: Proposal, tally: Tally | None = None) -> str:
        """What it comes to; with another ``tally``, what it would."""
        votes = Votes({"": self.tally if tally is None else tally}, {}, proposal.convocation)
        return outcome.decide(self.rule, self.roll, votes, proposals.paper(self.state, proposal))[1].result


def _extend(ctx: Context, proposal: Proposal, stand: _Stand) -> None:
    """Late quorum: once, at the ballot that reaches it."""
    late = stand.rule.timing.late_quorum()
    if not late or proposal.extended or stand.result(proposal) == "no_quorum":
        return
    closes_at = max(proposal.closes_at or 0, ctx.time + late)
    proposals.change(ctx.state, proposal, extended=True, closes_at=closes_at)
    ctx.schedule(closes_at, "proposal.closes", proposal.id)


def _end(ctx: Context, proposal: Proposal, stand: _Stand) -> None:
    if not _is_over(proposal, stand):
        return
    # This ballot still counts: voting closes right after it.
    proposals.change(ctx.state, proposal, closes_at=ctx.time + 1)
    ctx.schedule(ctx.time + 1, "proposal.closes", proposal.id)


def _is_over(proposal: Proposal, stand: _Stand) -> bool:
    choices = stand.rule.method.choices(Paper())
    enough = stand.rule.timing.super()
    if enough is not None:
        bar = enough.numerator * stand.roll.weight // enough.denominator
        if stand.tally.get(choices[0], NOBODY).weight >= bar and stand.result(proposal) == "passed":
            return True
    return stand.rule.timing.closes_early() and _is_settled(proposal, stand)


def _is_settled(proposal: Proposal, stand: _Stand) -> bool:
    """Whether nothing that those who have not voted could do would change the result.

    Each test for itself is hardest and easiest to meet where they all stay away or all say one thing. Those are asked;
    and what only a mixture could do, to meet several quorums or to make a tie, is ruled out apart.
    """
    rule, roll, tally = stand.rule, stand.roll, stand.tally
    voted = sum((count for count in tally.values()), NOBODY)
    rest = Count(roll.heads - voted.heads, roll.weight - voted.weight)
    more = {choice: tally.get(choice, NOBODY) + rest for choice in rule.method.choices(Paper())}
    found = {stand.result(proposal)}
    found |= {stand.result(proposal, {**tally, choice: count}) for choice, count in more.items()}
    if found == {"no_quorum"}:
        return stand.result(proposal, more) == "no_quorum"
    if found == {"failed"} and rule.tie.RESULT != "failed":
        for_, against = (tally.get(choice, NOBODY).weight for choice in rule.method.choices(Paper())[:2])
        return abs(for_ - against) > rest.weight
    return len(found) == 1


BOOK = Book(
    "casting",
    records=(Ballot, Running),
    handlers=(
        Handler("ballot.cast/1", Cast, _cast, assisted=True),
        Handler("ballot.object/1", Object, _object),
    ),
)
