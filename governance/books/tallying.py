"""Everything that came in for one proposal, over all channels, as the count takes it: nobody counts twice.

A voter's own word on the proposal (cast by them, or entered for them and not objected to, or their hand in the room)
goes before a proxy for the meeting, and that before a standing delegation. Proxies and delegations count as they stand
at the close, and so does who was there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from governance import reach, standing
from governance.books import delegations, presence, proposals
from governance.books.ballots import Ballot
from governance.books.presence import Assembled, Turnout
from governance.books.proposals import Proposal
from governance.count import ABSTAIN, NOBODY, Count
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
        votes = Votes(_houses(rule, ballots, map(choice_of, ballots)), {}, proposal.convocation)
        return Gathered(votes, {}, Assembled({}, {}, None))
    # First all that has to be read: where that takes another question, what has been worked out is worked out again.
    delegates = _delegates(state, proposal) if rule.delegation.ALLOWED else {}
    said = {ballot.member: choice_of(ballot) for ballot in ballots}
    # Outside meetings, who has voted themselves is asked nothing more.
    weights = roll_weights(state, proposal, rule, said if proposal.meeting is None else ())
    found = presence.assembled(state, proposal, rule, proposals.closing(proposal), weights.keys(), said.keys())
    depth = rule.delegation.depth() if rule.delegation.ALLOWED else None
    paths = reach.follow(weights.keys(), said, found.mandates, delegates, depth)
    spoken = ((weights[member], said[path.holder]) for member, path in paths.items() if path.holder)
    houses = _houses(rule, ballots, said.values(), spoken)
    _raise(houses, found)
    attended = {} if proposal.meeting is None else _attended(rule, weights, found, said, paths)
    return Gathered(Votes(houses, attended, proposal.convocation), paths, found)


def turnout(state: State, proposal: Proposal, rule: Rule, sight: Sight) -> Turnout:
    """How voters are present on an item of a meeting that has opened, as of ``sight``: live, or at its close."""
    voters = roll_weights(state, proposal, rule).keys()
    voted = {ballot.member for ballot in cast(state, proposal)}
    return presence.turnout(presence.assembled(state, proposal, rule, sight, voters, voted), voters, voted)


def roll_weights(state: State, proposal: Proposal, rule: Rule, but: Collection[str] = ()) -> dict[str, tuple[str, int]]:
    """Class and weight of everyone (``but`` for those) on the roll of a proposal that has opened."""
    sight, ask = proposals.sight(proposal), proposal.ask()
    found = standing.everyone(state, rule.needs, sight, but)
    if rule.weight.BY_CLASS:
        roll = rule.roll(standing.everyone(state, rule.needs, sight), ask)
        scaled = ((member, rule.weight_of(member, ask, roll)) for member in found)
        return {member.id: (member.cls, weight) for member, weight in scaled if weight}
    # As ``weight_of`` has it, with nothing in between: there may be a million.
    includes, weigh = rule.electorate.includes, rule.weight.of
    return {member.id: (member.cls, weight) for member in found if includes(member, ask) and (weight := weigh(member))}


def _houses(
    rule: Rule, ballots: list[Ballot], choices: Iterable[str], spoken: Iterable[tuple[tuple[str, int], str]] = ()
) -> dict[str, dict[str, Count]]:
    """What the ballots say by house (``choices``: of each), and what ballots say for others: their class and weight."""
    # Votes of one class, choice and weight are taken together: there may be a million.
    alike = Counter((ballot.cls, choice, ballot.weight) for ballot, choice in zip(ballots, choices, strict=True))
    alike.update((cls, choice, weight) for (cls, weight), choice in spoken)
    by_class = rule.by_class
    sums: dict[str, dict[str, list[int]]] = {} if by_class else {"": {}}
    for (cls, choice, weight), heads in alike.items():
        one = sums.setdefault(cls if by_class else "", {}).setdefault(choice, [0, 0])
        one[0] += heads
        one[1] += heads * weight
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


def _attended(
    rule: Rule, weights: Weights, found: Assembled, voted: Collection[str], paths: Mapping[str, Path]
) -> dict[str, Count]:
    """Heads and weight, by house, of those who were there or represented and said nothing."""
    attended: dict[str, Count] = {}
    for member in found.attending():
        if member not in voted and not (member in paths and paths[member].holder):
            cls, weight = weights[member]
            house = cls if rule.by_class else ""
            attended[house] = attended.get(house, NOBODY) + Count(1, weight)
    if found.hands is not None:
        all_ = attended.get("", NOBODY)
        attended[""] = Count(all_.heads - found.hands.heads, all_.weight - found.hands.heads)
    return attended


def _delegates(state: State, proposal: Proposal) -> dict[str, str]:
    """Whom each member names at the close: for the proposal's topic, where they name somebody for that, else for all.

    What has been changed with a key that was recovered while voting was open counts as it stood at the opening.
    """
    topic, opened, closed = proposal.topic, proposals.sight(proposal), proposals.closing(proposal)
    named: Mapping[str, str] = state.traces(delegations.TRACE, *closed)
    recovered: Mapping[str, int] = state.traces(delegations.RECOVERED, *closed)
    late = [member for member, at in recovered.items() if at >= opened[1]]
    if late:
        keys = [delegations.key(member, about) for member in late for about in {topic, ""}]
        named = {**named, **{one: state.traced(delegations.TRACE, one, *opened) for one in keys}}
    general: dict[str, str] = {}
    special: dict[str, str] = {}
    for one, delegate in named.items():
        member, _, about = one.partition("/")
        if delegate and about in ("", topic):
            (special if about else general)[member] = delegate
    return {**general, **special} if special else general
