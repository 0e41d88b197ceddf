"""Everything that came in for one proposal, over all channels, as the count takes it: nobody counts twice.

A voter's own word on the proposal (cast by them, or entered for them and not objected to, or their hand in the room)
goes before a proxy for the meeting, and that before a standing delegation. Proxies and delegations count as they stand
at the close, and so does who was there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from governance import reach, standing
from governance.books import delegations, presence, proposals
from governance.books.ballots import Ballot
from governance.books.presence import Assembled, Turnout
from governance.books.proposals import Proposal
from governance.count import ABSTAIN, NOBODY, Count
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.reach import Path
from governance.rule import Rule
from governance.standing import Sight
from ledger.state import State

ChoiceOf = Callable[[Ballot], str]
Weights = Mapping[str, tuple[str, int]]
"""Class and weight of everyone on a roll."""


class Gathered(NamedTuple):
    """The votes, with how each voter who did not vote is spoken for (``reach``), and who was at the meeting."""

    votes: Votes
    paths: Mapping[str, Path]
    assembled: Assembled


def cast(state: State, proposal: Proposal) -> list[Ballot]:
    """The ballots that count: not one of whoever has come into the chair since, where the chair has no vote."""
    found = [ballot for ballot in state.children(Ballot, proposal.id) if ballot.counts]
    if proposal.chair is None or not proposals.pinned(state, proposal).electorate.without_chair():
        return found
    return [ballot for ballot in found if ballot.member != proposal.chair]


def open_choice(ballot: Ballot) -> str:
    """What an open ballot says."""
    return str(ballot.choice)


def gather(state: State, proposal: Proposal, rule: Rule, choice_of: ChoiceOf = open_choice) -> Gathered:
    """All votes of a proposal that has closed. ``choice_of``: what a ballot says, where it has to be opened for
    that.
    """
    ballots = cast(state, proposal)
    if not rule.delegation.ALLOWED and proposal.meeting is None:
        votes = Votes(_houses(rule, ballots, {}, choice_of), {}, proposal.convocation)
        return Gathered(votes, {}, Assembled({}, {}, None))
    weights, sight = roll_weights(state, proposal, rule), proposals.closing(proposal)
    voted = {ballot.member for ballot in ballots}
    found = presence.assembled(state, proposal, rule, sight, weights.keys(), voted)
    paths = _paths(state, proposal, rule, weights, voted, found.mandates)
    extra: dict[str, dict[str, Count]] = {}
    for member, path in paths.items():
        if path.holder:
            _add(extra.setdefault(path.holder, {}), rule, *weights[member])
    houses = _houses(rule, ballots, extra, choice_of)
    _raise(houses, found)
    attended = _attended(rule, weights, found, {*voted, *(member for member, path in paths.items() if path.holder)})
    return Gathered(Votes(houses, attended, proposal.convocation), paths, found)


def turnout(state: State, proposal: Proposal, rule: Rule, sight: Sight) -> Turnout:
    """How voters are present on an item of a meeting that has opened, as of ``sight``: live, or at its close."""
    voters = roll_weights(state, proposal, rule).keys()
    voted = {ballot.member for ballot in cast(state, proposal)}
    return presence.turnout(presence.assembled(state, proposal, rule, sight, voters, voted), voters, voted)


def roll_weights(state: State, proposal: Proposal, rule: Rule) -> dict[str, tuple[str, int]]:
    """Class and weight of everyone on the roll of a proposal that has opened."""
    sight, ask = proposals.sight(proposal), proposal.ask()
    everyone = list(standing.everyone(state, rule.needs, sight))
    roll = rule.roll(everyone, ask) if rule.weight.BY_CLASS else None
    found = ((member, rule.weight_of(member, ask, roll)) for member in everyone)
    return {member.id: (member.cls, weight) for member, weight in found if weight}


def roll(state: State, proposal: Proposal, rule: Rule) -> Roll:
    """The roll of a proposal that has opened: as announced, else from the members' traces at the opening."""
    if proposal.roll is not None:
        return proposal.roll
    return rule.roll(standing.everyone(state, rule.needs, proposals.sight(proposal)), proposal.ask())


def _houses(
    rule: Rule, ballots: list[Ballot], extra: Mapping[str, Mapping[str, Count]], choice_of: ChoiceOf
) -> dict[str, dict[str, Count]]:
    by_class = rule.by_class
    # Plain numbers until the end: there may be a million ballots.
    sums: dict[str, dict[str, list[int]]] = {} if by_class else {"": {}}
    for ballot in ballots:
        choice = choice_of(ballot)
        tally = sums.setdefault(ballot.cls if by_class else "", {})
        one = tally.get(choice)
        if one is None:
            one = tally[choice] = [0, 0]
        one[0] += 1
        one[1] += ballot.weight
        if ballot.member in extra:
            for house, count in extra[ballot.member].items():
                spoken = sums.setdefault(house, {}).setdefault(choice, [0, 0])
                spoken[0] += count.heads
                spoken[1] += count.weight
    return {house: {choice: Count(*two) for choice, two in tally.items()} for house, tally in sums.items()}


def _raise(houses: dict[str, dict[str, Count]], found: Assembled) -> None:
    """Hands are one vote each, and of no class (``together`` sees to that)."""
    if found.hands is None:
        return
    said: dict[str, int] = {"yes": found.hands.yes, "no": found.hands.no, ABSTAIN: found.hands.abstain}
    tally = houses[""]
    for choice, heads in said.items():
        if heads:
            tally[choice] = tally.get(choice, NOBODY) + Count(heads, heads)


def _attended(rule: Rule, weights: Weights, found: Assembled, counted: Collection[str]) -> dict[str, Count]:
    """Heads and weight, by house, of those who were there or represented and said nothing."""
    attended: dict[str, Count] = {}
    for member in found.attending():
        if member not in counted:
            _add(attended, rule, *weights[member])
    if found.hands is not None:
        all_ = attended.get("", NOBODY)
        attended[""] = Count(all_.heads - found.hands.heads, all_.weight - found.hands.heads)
    return attended


def _add(houses: dict[str, Count], rule: Rule, cls: str, weight: int) -> None:
    house = cls if rule.by_class else ""
    houses[house] = houses.get(house, NOBODY) + Count(1, weight)


def _paths(
    state: State, proposal: Proposal, rule: Rule, weights: Weights, voted: set[str], mandates: Mapping[str, str]
) -> dict[str, Path]:
    if not rule.delegation.ALLOWED:
        return reach.follow(weights.keys(), voted, mandates.get, lambda _: None, None)
    topic, opened, closed = proposal.topic, proposals.sight(proposal), proposals.closing(proposal)
    named: Mapping[str, str] = state.traces(delegations.TRACE, *closed)
    recovered: Mapping[str, int] = state.traces(delegations.RECOVERED, *closed)

    def names(member: str, topic: str) -> str | None:
        one = delegations.key(member, topic)
        if recovered.get(member, 0) >= opened[1]:
            return state.traced(delegations.TRACE, one, *opened) or None
        return named.get(one) or None

    def delegate(member: str) -> str | None:
        return (names(member, topic) if topic else None) or names(member, "")

    return reach.follow(weights.keys(), voted, mandates.get, delegate, rule.delegation.depth())
