"""What time does to a vote, and what the clerk announces about it: roll, count, result.

Voting closes as a due transition: nobody's lateness decides anything. Open ballots are counted there and then, by
everyone who folds the ledger. Where that would take long (a co-op of more than ``AT_ONCE`` members), the clerk
announces the count, the fold demands that it equals what it derives, and after an hour without one the fold counts
by itself. The one count that can't be derived is that of sealed ballots, which only the operator can open: it is
held against the number and weight of the ballots, and the result follows from it by the rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import accumulate
from typing import Any, Final, NamedTuple

import msgspec

from governance import effects, outcome
from governance import rule as rules
from governance.books import proposals, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Found, Proposal, change
from governance.count import ABSTAIN, INVALID, NOBODY, Count, Counted, Tally, options, total
from governance.modules.questions import Result, Roll
from governance.outcome import Outcome, Votes
from governance.rule import Rule
from ledger import canonical
from ledger.books import members, tokens
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.state import Due, State

AT_ONCE: Final = 5000
"""Members, former ones included, up to whom a vote is counted in the moment of its close."""
MOST_SHOWN: Final = 202
PATIENCE: Final = 3_600_000
"""How long, in ms, the count of a larger one waits for the clerk."""


class AnnounceRoll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.roll/1``: how many may vote, and with what weight together; by class where the rule counts classes."""

    proposal: str
    heads: int
    weight: int
    classes: dict[str, Count] = {}


class Announced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a count of sealed ballots found that a tally does not tell (see ``governance.count.Counted``)."""

    winners: tuple[str, ...]
    tied: tuple[str, ...]
    support: Count
    rival: Count
    cast: Count
    unit: int


class AnnounceCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.count/1``: what was counted for every choice or option, and what that comes to.

    ``digest``: of the whole count with its rounds (hex SHA-256), where the method counts in rounds and ballots are
    open. ``found``: where it does and they are sealed.
    """

    proposal: str
    tally: dict[str, Count]
    result: Result
    digest: str | None = None
    found: Announced | None = None


class Outside(NamedTuple):
    """What shows of ballots that stay sealed: all together, and how much each weighs, ascending (None where some speak
    for several: how they combine is more than their outside tells); and who else was at the meeting.
    """

    cast: Count
    weights: list[int] | None
    attended: Tally
    convocation: int


def count(state: State, proposal: Proposal, rule: Rule) -> tuple[Counted, Outcome]:
    """What the open ballots of a closed vote come to, or those that have been opened after it."""

    def find() -> tuple[Counted, Outcome]:
        if rule.secrecy.OPENED:
            return opened(state, proposal, rule, lambda ballot: ballot.opened)
        votes = tallying.gather(state, proposal, rule).votes
        roll = rolls.roll(state, proposal, rule)
        return outcome.decide(rule, roll, votes, proposals.paper(state, proposal), proposal.order)

    return state.settled(f"count:{proposal.id}", find)


def outside(state: State, proposal: Proposal, rule: Rule) -> Outside:
    """What shows of the sealed ballots of a closed vote."""

    def find() -> Outside:
        votes = tallying.gather(state, proposal, rule, lambda ballot: ballot.id).votes
        ballots = votes.profile.values()
        alone = all(ballot.heads == 1 for ballot in ballots)
        weights = sorted(ballot.weight for ballot in ballots) if alone else None
        return Outside(total(ballots), weights, votes.attended, votes.convocation)

    return state.settled(outside_question(proposal), find)


def outside_question(proposal: Proposal) -> str:
    """What that is settled under."""
    return f"outside:{proposal.id}"


def opened(state: State, proposal: Proposal, rule: Rule, value_of: Callable[[Ballot], Any]) -> tuple[Counted, Outcome]:
    """What sealed ballots come to once they are opened: ``value_of`` answers with what was sealed in one.

    What opens to nothing, or to no choice that there is, was present but says nothing.
    """
    paper = proposals.paper(state, proposal)

    def choice_of(ballot: Ballot) -> str:
        value = value_of(ballot)
        return str(value) if rules.accepts(rule, paper, value) else INVALID

    votes = tallying.gather(state, proposal, rule, choice_of).votes
    return outcome.decide(rule, rolls.roll(state, proposal, rule), votes, paper, proposal.order)


def announcement(proposal: Proposal, rule: Rule, counted: Counted, decided: Outcome) -> dict[str, Any]:
    """The body of ``proposal.count/1`` for that count."""
    body = AnnounceCount(
        proposal=proposal.id,
        tally=shown(rule, counted),
        result=decided.result,
        digest=announced_digest(rule, counted),
        found=_announced(counted) if rule.on_word and not rule.method.LISTED else None,
    )
    said: dict[str, Any] = msgspec.to_builtins(body)
    return {name: value for name, value in said.items() if value is not None}


def _announced(counted: Counted) -> Announced:
    return Announced(
        winners=counted.winners,
        tied=counted.tied,
        support=counted.support,
        rival=counted.rival,
        cast=counted.cast,
        unit=counted.unit,
    )


def digest(counted: Counted) -> str:
    """Hex SHA-256 of the canonical JSON of a count."""
    return hashlib.sha256(canonical.encode(msgspec.to_builtins(counted))).hexdigest()


def shown(rule: Rule, counted: Counted) -> dict[str, Count]:
    """What of a tally the proposal's record and the announcement hold: of very many options only those that won, and
    ballots that could not be read only where there can be any.
    """
    kept = set(counted.tally)
    if len(kept) > MOST_SHOWN:
        kept = {*counted.winners[:MOST_SHOWN], ABSTAIN, INVALID}
    if not rule.secrecy.SEALED:
        kept.discard(INVALID)
    return {choice: found for choice, found in counted.tally.items() if choice in kept}


def conclude(moment: Moment, proposal: Proposal, rule: Rule, counted: Counted, decided: Outcome) -> Proposal:
    """Keep what was counted and decided, and schedule what follows."""
    roll = rolls.roll(moment.state, proposal, rule)
    moment.state.put(Found(id=proposal.id, index=moment.index, counted=counted, announced=rule.on_word))
    follows: dict[str, int | bool | None] = {"executes_at": None, "executable_until": None}
    if decided.result == "passed" and (rule.veto.needed() or effects.acts(proposal.parsed_effects())):
        executes_at = max(moment.time, proposal.closes_at or 0) + rule.timing.timelock()
        follows["executes_at"] = executes_at
        if rule.timing.execution():
            follows["executable_until"] = until = executes_at + rule.timing.execution()
            moment.schedule(until, "proposal.expires", proposal.id)
        else:
            moment.schedule(executes_at, "proposal.executes", proposal.id)
    if decided.result in ("failed", "no_quorum"):
        asked = outcome.poll(rule, roll, Votes({"": {}}), counted)
        follows["defeated"] = bool(rule.admission.cooling_off()) and rule.admission.defeated(asked)
        if not rule.admission.returns(asked):
            _forfeit(moment, proposal)
    # A tie is no defeat, whatever is made of it afterwards.
    proposals.return_deposit(moment, proposal)
    if proposal.outcome is None:
        proposals.ended(moment, proposal.proposer)
    return change(moment.state, proposal, roll=roll, tally=shown(rule, counted), outcome=decided, **follows)


def _forfeit(moment: Moment, proposal: Proposal) -> None:
    held = tokens.held(moment.state, proposal.id)
    if held:
        tokens.capture(moment, proposal.id, held, tokens.COMMONS)


def _closes(moment: Moment, due: Due) -> None:
    proposal = moment.state.need(Proposal, due.subject)
    proposal = change(moment.state, proposal, closed_index=moment.index)
    rule = proposals.pinned(moment.state, proposal)
    paper = proposals.paper(moment.state, proposal)
    if rule.uncontested.settles(paper):
        conclude(moment, proposal, rule, *outcome.unopposed(paper))
        return
    settle(moment, proposal, rule)


def settle(moment: Moment, proposal: Proposal, rule: Rule) -> None:
    """Count a vote that has closed, or whose lot has been drawn, here and now or (a large one) in a while; not a
    sealed one, which the operator opens.
    """
    if rule.secrecy.SEALED:
        return
    if members.entered(moment.state) > AT_ONCE:
        moment.schedule(moment.time + PATIENCE, "proposal.counts", proposal.id)
    else:
        _derive(moment, proposal, rule)


def _counts(moment: Moment, due: Due) -> None:
    """The clerk has said nothing: the fold counts by itself."""
    proposal = moment.state.need(Proposal, due.subject)
    _derive(moment, proposal, proposals.pinned(moment.state, proposal))


def _derive(moment: Moment, proposal: Proposal, rule: Rule) -> None:
    counted, decided = count(moment.state, proposal, rule)
    if decided.result == "tied" and rule.tie.BREAKS == "lot" and not proposal.order:
        # Only a tie waits for the lot.
        return
    conclude(moment, proposal, rule, counted, decided)


def _announce_roll(ctx: Context, body: AnnounceRoll) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.opened_index is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    if proposal.roll_entry is not None:
        raise Refusal("proposal.announced", id=proposal.id, entry=proposal.roll_entry)
    found = rolls.roll(ctx.state, proposal, proposals.pinned(ctx.state, proposal))
    if Roll(body.heads, body.weight, body.classes) != found:
        raise Refusal("proposal.roll_differs", id=proposal.id, heads=found.heads, weight=found.weight)
    change(ctx.state, proposal, roll=found, roll_entry=ctx.index)


def _announce_count(ctx: Context, body: AnnounceCount) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.opened_index is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    if proposal.count_entry is not None:
        raise Refusal("proposal.announced", id=proposal.id, entry=proposal.count_entry)
    if proposal.outcome is None and proposal.closed_index is None:
        raise Refusal("proposal.stage", id=proposal.id, stage="voting")
    rule = proposals.pinned(ctx.state, proposal)
    if proposal.outcome is None:
        if rule.tie.BREAKS == "lot" and not proposal.order:
            raise Refusal("proposal.lot_first", id=proposal.id)
        ctx.state.unschedule("proposal.counts", proposal.id)
        found = _opened(ctx.state, proposal, rule, body) if rule.on_word else count(ctx.state, proposal, rule)
        proposal = conclude(ctx, proposal, rule, *found)
    _check_equal(ctx.state, proposal, rule, body)
    change(ctx.state, proposal, count_entry=ctx.index)


def _check_equal(state: State, proposal: Proposal, rule: Rule, body: AnnounceCount) -> None:
    wanted = announced_digest(rule, state.need(Found, proposal.id).counted)
    if body.tally != proposal.tally or proposal.outcome is None or body.result != proposal.outcome.result:
        raise Refusal("proposal.count_differs", id=proposal.id)
    if body.digest != wanted or (body.found is not None) != (rule.on_word and not rule.method.LISTED):
        raise Refusal("proposal.count_differs", id=proposal.id)


def announced_digest(rule: Rule, counted: Counted) -> str | None:
    """The digest that goes with the announcement of an open count; None where the tally says it all."""
    return None if rule.method.LISTED or rule.on_word else digest(counted)


def _opened(state: State, proposal: Proposal, rule: Rule, body: AnnounceCount) -> tuple[Counted, Outcome]:
    """What the operator found in sealed ballots, held against all that shows on their outside."""
    shows, paper = outside(state, proposal, rule), proposals.paper(state, proposal)
    if rule.method.LISTED:
        _check_listed(body.tally, (*rule.method.choices(paper), INVALID), shows)
        counted = rule.method.count(body.tally, paper, proposal.order)
    else:
        counted = _check_found(body, (*options(paper), ABSTAIN, INVALID), shows.cast, proposal.seats)
    votes = Votes({"": body.tally}, shows.attended, shows.convocation)
    asked = outcome.poll(rule, rolls.roll(state, proposal, rule), votes, counted)
    return counted, outcome.judge(rule, asked, decisive=bool(proposal.order))


def _check_listed(tally: Tally, choices: tuple[str, ...], shows: Outside) -> None:
    """As many, as heavy, and no choice lighter or heavier than so many ballots can be."""
    if set(tally) != set(choices):
        raise Refusal("count.choices", choices=list(choices))
    if total(tally.values()) != shows.cast:
        raise Refusal("count.total", heads=shows.cast.heads, weight=shows.cast.weight)
    if shows.weights is None:
        return
    lightest = [0, *accumulate(shows.weights)]
    heaviest = [0, *accumulate(reversed(shows.weights))]
    for choice, one in tally.items():
        if not lightest[one.heads] <= one.weight <= heaviest[one.heads]:
            raise Refusal("count.weight", choice=choice)


def _check_found(body: AnnounceCount, choices: tuple[str, ...], expected: Count, seats: int) -> Counted:
    found = body.found
    if found is None or set(body.tally) != set(choices):
        raise Refusal("count.choices", choices=list(choices))
    if found.cast + body.tally[INVALID] != expected or body.tally[ABSTAIN].heads > found.cast.heads:
        raise Refusal("count.total", heads=expected.heads, weight=expected.weight)
    named = choices[:-2]
    if not {*found.winners, *found.tied} <= set(named) or len(set(found.winners)) != len(found.winners):
        raise Refusal("count.winners")
    if len(found.winners) > seats or found.unit < 1:
        raise Refusal("count.winners")
    return Counted(
        tally=body.tally,
        winners=found.winners,
        support=found.support,
        rival=found.rival,
        cast=found.cast,
        abstained=body.tally.get(ABSTAIN, NOBODY),
        tied=found.tied,
        unit=found.unit,
    )


BOOK = Book(
    "counts",
    handlers=(
        Handler("proposal.roll/1", AnnounceRoll, _announce_roll, by=("clerk",)),
        Handler("proposal.count/1", AnnounceCount, _announce_count, by=("clerk",)),
    ),
    dues={"proposal.closes": _closes, "proposal.counts": _counts},
)
