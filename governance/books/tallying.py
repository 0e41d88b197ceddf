"""Everything that came in for one proposal, over all channels, as the count takes it: nobody counts twice.

A voter's own word on the proposal (cast by them, or entered for them and not objected to) goes before a proxy for
the meeting, and that before a standing delegation. Delegations count as they stand at the close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from governance import reach, standing
from governance.books import delegations, proposals
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.count import NOBODY, Count, Tally
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.reach import Path
from governance.rule import Rule
from ledger.state import State

ChoiceOf = Callable[[Ballot], str]


class Gathered(NamedTuple):
    """The votes, with how each voter who did not vote is spoken for (``reach``)."""

    votes: Votes
    paths: Mapping[str, Path]


def cast(state: State, proposal: Proposal) -> list[Ballot]:
    """The ballots that count."""
    return [ballot for ballot in state.children(Ballot, proposal.id) if ballot.counts]


def open_choice(ballot: Ballot) -> str:
    """What an open ballot says."""
    return str(ballot.choice)


def gather(state: State, proposal: Proposal, rule: Rule, choice_of: ChoiceOf = open_choice) -> Gathered:
    """All votes of a proposal that has opened. ``choice_of``: what a ballot says, where it has to be opened for
    that.
    """
    ballots = cast(state, proposal)
    if not rule.delegation.ALLOWED:
        return Gathered(Votes(_houses(rule, ballots, {}, choice_of), {}, proposal.convocation), {})
    weights = roll_weights(state, proposal, rule)
    paths = _paths(state, proposal, rule, weights, {ballot.member for ballot in ballots})
    extra: dict[str, dict[str, Count]] = {}
    for member, path in paths.items():
        if path.holder:
            cls, weight = weights[member]
            house = cls if rule.by_class else ""
            spoken = extra.setdefault(path.holder, {})
            spoken[house] = spoken.get(house, NOBODY) + Count(1, weight)
    return Gathered(Votes(_houses(rule, ballots, extra, choice_of), {}, proposal.convocation), paths)


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
) -> dict[str, Tally]:
    houses: dict[str, dict[str, Count]] = {} if rule.by_class else {"": {}}
    for ballot in ballots:
        choice = choice_of(ballot)
        own = ballot.cls if rule.by_class else ""
        tally = houses.setdefault(own, {})
        tally[choice] = tally.get(choice, NOBODY) + Count(1, ballot.weight)
        for house, count in extra.get(ballot.member, {}).items():
            spoken = houses.setdefault(house, {})
            spoken[choice] = spoken.get(choice, NOBODY) + count
    return dict(houses)


def _paths(
    state: State, proposal: Proposal, rule: Rule, weights: Mapping[str, tuple[str, int]], voted: set[str]
) -> dict[str, Path]:
    named: Mapping[str, str] = state.traces(delegations.TRACE, *proposals.closing(proposal))
    topic = proposal.topic

    def delegate(member: str) -> str | None:
        own = named.get(delegations.key(member, topic)) if topic else None
        return own or named.get(delegations.key(member, "")) or None

    return reach.follow(weights.keys(), voted, lambda _: None, delegate, rule.delegation.depth())
