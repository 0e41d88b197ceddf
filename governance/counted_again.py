"""One past decision counted again under a draft rule.

It is counted from its own ballots by the very functions that counted it first, with the draft's electorate and weights
as of its opening, and delegations, proxies and the meeting as of its close. Times are not gone through again: who would
have voted had voting been longer nobody knows, so notice, length, timelock and early closes stay as they were, and so
do admission and channels. Where the ledger can't answer, no result is made up: ``Why``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from governance import outcome, spread
from governance import rule as rules
from governance.books import proposals, tallying
from governance.books.ballots import Ballot
from governance.books.meetings import Hands, Meeting
from governance.books.proposals import Found, Proposal
from governance.books.rules import RuleVersion
from governance.count import INVALID, Count, Paper, Step
from governance.modules.questions import Poll, Roll
from governance.modules.weight.one_member import OneMember
from governance.outcome import Outcome, Votes
from governance.power import Kind
from governance.rule import Rule
from ledger.errors import Refusal
from ledger.state import State

_DRAFT: Final = "draft/0"
"""What the draft is called where rule versions stand by id; no kind of proposal is called so."""
ValueOf = Callable[[Ballot], Any]
"""What a sealed ballot says, for whoever has its opening; None where that is not there."""


class Why(NamedTuple):
    """Why a decision can't be compared: a word for the reason, and its parameters.

    ``method``: ballots say other things. ``ballots``: some say what the draft's settings don't accept. ``sealed``:
    other ballots would count, or count differently, and nobody here can open them. ``panel``: no lot was drawn for
    it. ``trace``: of what the draft looks at (``kind``) nothing had been recorded by then. ``meeting``: it was
    decided in none of the meetings that the draft asks for. ``hands``: nobody noted whose hands they were.
    ``uncontested``: nobody voted, for nobody had to. ``unseen``: it would tell whoever asks how single members voted.
    """

    reason: str
    params: dict[str, str] = {}  # noqa: RUF012  (never changed)


class Side(NamedTuple):
    """A decision under one rule: who might have taken part, who did, and what it came to with every step.

    ``unit``: of how many parts of a vote amounts of support are counted in.
    """

    roll: Count
    present: Count
    outcome: Outcome
    unit: int

    def tests(self, *, quorum: bool) -> tuple[Step, ...]:
        """The steps that asked for participation, or those that asked for support."""
        named = tuple(step for step in self.outcome.steps if step.name != "tie")
        return tuple(step for step in named if step.name.startswith("quorum") is quorum)


class Again(NamedTuple):
    """One past decision: before → after. ``after`` is None where ``why`` says so.

    ``gained``: how many could have voted under the draft alone, and so had no chance to. ``lost``: how many voters'
    ballots would not have counted.
    """

    proposal: str
    decides: str
    closed_at: int
    before: Side
    after: Side | None
    why: Why | None
    gained: int
    lost: int

    @property
    def flips(self) -> bool:
        """Whether something else would have been decided, or nothing instead of something."""
        return self.after is not None and set(self.before.outcome.winners) != set(self.after.outcome.winners)


class Draft(NamedTuple):
    """A rule that might be adopted."""

    document: dict[str, Any]
    rule: Rule


def again(
    state: State, proposal: Proposal, tried: Draft, value_of: ValueOf | None = None, *, discreet: bool = False
) -> Again:
    """One decision counted again under the draft.

    ``discreet``: for whoever may not see the ballots. Drafts could be cut so that what they come to tells how a single
    member voted: then only what is known anyway, the whole count, is judged anew.
    """
    if proposal.outcome is None or proposal.roll is None:
        raise Refusal("proposal.undecided", id=proposal.id)
    pinned, sight, ask = proposals.pinned(state, proposal), proposals.sight(proposal), proposal.ask()
    tried = tried._replace(rule=proposals.as_called(tried.rule, proposal))
    roll, new = spread.on_roll(state, tried.rule, sight, ask)
    same = (tried.rule.electorate, tried.rule.weight) == (pinned.electorate, pinned.weight)
    old = new if same else spread.on_roll(state, pinned, sight, ask)[1]
    found: Side | Why | None = _why_not(state, proposal, pinned, tried.rule, new)
    if found is None and discreet and _tells_more(state, proposal, pinned, tried, new):
        found = Why("unseen")
    found = found or _count(state, proposal, pinned, tried, roll, new, value_of)
    why = found if isinstance(found, Why) else None
    return Again(
        proposal.id,
        proposal.decides,
        proposal.closes_at or 0,
        _as_it_was(state, proposal, pinned, proposal.roll),
        None if isinstance(found, Why) else found,
        why,
        len(new.keys() - old.keys()),
        sum(ballot.member not in new for ballot in tallying.cast(state, proposal)),
    )


def _as_it_was(state: State, proposal: Proposal, pinned: Rule, roll: Roll) -> Side:
    assert proposal.outcome is not None  # noqa: S101  (asked by the caller)
    attended: Mapping[str, Count] = {}
    if proposal.meeting is not None:
        attended = tallying.gather(state, proposal, pinned, lambda ballot: ballot.id).votes.attended
    counted = state.need(Found, proposal.id).counted
    return _side(roll, outcome.poll(pinned, roll, Votes({"": {}}, attended), counted), proposal.outcome)


def _side(roll: Roll, asked: Poll, decided: Outcome) -> Side:
    return Side(Count(roll.heads, roll.weight), asked.bases["present"], decided, asked.counted.unit)


def _why_not(state: State, proposal: Proposal, pinned: Rule, tried: Rule, new: Mapping[str, Kind]) -> Why | None:
    """What stands in the way whatever the ballots say."""
    if pinned.method.NAME != tried.method.NAME:
        return Why("method")
    if tried.electorate.panel() is not None and tried.electorate != pinned.electorate:
        return Why("panel")
    missing = spread.missing(state, tried, proposals.sight(proposal))
    if missing is not None:
        return Why("trace", {"kind": missing})
    paper = proposals.paper(state, proposal)
    if pinned.uncontested.settles(paper) and not tried.uncontested.settles(paper):
        return Why("uncontested")
    kinds = tried.venue.kinds()
    meeting = None if proposal.meeting is None else state.need(Meeting, proposal.meeting)
    if kinds and (meeting is None or meeting.gathers not in kinds):
        return Why("meeting")
    hands = None if meeting is None else state.find(Hands, proposal.id)
    if hands is not None:
        plain = isinstance(tried.weight, OneMember) and not tried.by_class and not tried.delegation.ALLOWED
        if not plain or not new.keys() >= set(hands.among):
            return Why("hands")
    return None


def _count(
    state: State,
    proposal: Proposal,
    pinned: Rule,
    tried: Draft,
    roll: Roll,
    new: Mapping[str, Kind],
    value_of: ValueOf | None,
) -> Side | Why:
    """What the ballots come to under the draft."""
    rule, paper = tried.rule, proposals.paper(state, proposal)
    overlay, as_if = _as_if(state, proposal, tried, new)
    # A lot that was drawn and a casting vote that was given hold where the draft asks for one as well.
    order = proposal.order if rule.tie.BREAKS == pinned.tie.BREAKS else ()
    said = _said(state, proposal, pinned, paper, value_of)
    if said is None:
        return _count_closed(state, overlay, (proposal, as_if), (pinned, rule), roll, order)
    if any(choice != INVALID and not rules.accepts(rule, paper, choice) for choice in said.values()):
        return Why("ballots")
    votes = tallying.gather(overlay, as_if, rule, lambda ballot: said[ballot.id]).votes
    counted, decided = outcome.decide(rule, roll, votes, paper, order)
    return _side(roll, outcome.poll(rule, roll, votes, counted), decided)


def _tells_more(state: State, proposal: Proposal, pinned: Rule, tried: Draft, new: Mapping[str, Kind]) -> bool:
    """Whether other ballots count under the draft, or the same ones for something else, or by classes anew."""
    rule = tried.rule
    for before, after in ((pinned.quorum, rule.quorum), (pinned.threshold, rule.threshold)):
        if after.by_class() and after != before:
            return True
    overlay, as_if = _as_if(state, proposal, tried, new)
    votes = tallying.gather(overlay, as_if, rule, lambda ballot: ballot.id).votes
    as_it_was = tallying.gather(state, proposal, pinned, lambda ballot: ballot.id).votes
    return votes.houses != as_it_was.houses or pinned.method != rule.method


def _count_closed(
    state: State,
    overlay: State,
    both: tuple[Proposal, Proposal],
    by: tuple[Rule, Rule],
    roll: Roll,
    order: tuple[str, ...],
) -> Side | Why:
    """Of ballots that stay sealed, the announced count holds as long as the same ones count for as much."""
    (proposal, as_if), (pinned, rule) = both, by
    votes = tallying.gather(overlay, as_if, rule, lambda ballot: ballot.id).votes
    as_it_was = tallying.gather(state, proposal, pinned, lambda ballot: ballot.id).votes
    counted = state.need(Found, proposal.id).counted
    if votes.houses != as_it_was.houses or pinned.method != rule.method:
        return Why("sealed")
    if rule.method.LISTED:
        counted = rule.method.count(counted.tally, proposals.paper(state, proposal), order)
    elif order != proposal.order:
        return Why("sealed")
    asked = outcome.poll(rule, roll, Votes({"": counted.tally}, votes.attended, votes.convocation), counted)
    return _side(roll, asked, outcome.judge(rule, asked, decisive=bool(order)))


def _said(
    state: State, proposal: Proposal, pinned: Rule, paper: Paper, value_of: ValueOf | None
) -> dict[str, str] | None:
    """What each ballot says, by its id; None where one is sealed and nobody here can open it."""
    found: dict[str, str] = {}
    # All of them, for others may count under the draft; in log order, because openings are read by bundles of entries.
    for ballot in sorted(state.children(Ballot, proposal.id), key=lambda ballot: ballot.entry):
        if not ballot.counts:
            continue
        if not pinned.secrecy.SEALED:
            found[ballot.id] = tallying.open_choice(ballot)
            continue
        value = ballot.opened if pinned.secrecy.OPENED else None if value_of is None else value_of(ballot)
        if value is None and not pinned.secrecy.OPENED:
            return None
        found[ballot.id] = str(value) if rules.accepts(pinned, paper, value) else INVALID
    return found


def _as_if(state: State, proposal: Proposal, tried: Draft, new: Mapping[str, Kind]) -> tuple[State, Proposal]:
    """The vote as if it had been called under the draft: its ballots with the draft's weights, or none."""
    overlay = State(state)
    overlay.put(
        RuleVersion(id=_DRAFT, index=0, decides="", version=0, document=tried.document, adopted=0, proposal=None)
    )
    for ballot in state.children(Ballot, proposal.id):
        cls, weight = new.get(ballot.member, ("", 0))
        if not weight:
            overlay.put(msgspec.structs.replace(ballot, counts=False))
        elif (cls, weight) != (ballot.cls, ballot.weight):
            overlay.put(msgspec.structs.replace(ballot, cls=cls, weight=weight))
    return overlay, msgspec.structs.replace(proposal, rule=_DRAFT, roll=None)
