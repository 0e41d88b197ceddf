"""A decided proposal counted again, from the ballots as they stand in the ledger, by the rule that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from app.installation import Installation
from app.reading import Reading, Ref
from governance import outcome, reach
from governance.books import ballots, counts, proposals, rolls, tallying
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.count import Count, Counted
from governance.modules.questions import Roll
from governance.outcome import Outcome
from governance.reach import Path
from governance.rule import Rule
from ledger.private import Commit
from ledger.state import State


@dataclass(frozen=True)
class Line:
    """One ballot. ``weight``: found anew in the members' traces at the opening; ``choice``: None where it is sealed.

    ``speaks_for``: how many others' votes it carries.
    """

    ballot: Ballot
    weight: int
    choice: str | None
    speaks_for: int

    @property
    def holds(self) -> bool:
        """Whether the weight is the one it was cast with."""
        return self.weight == self.ballot.weight


@dataclass(frozen=True)
class Recounted:
    """What was counted anew, to be held against what the proposal says. ``counted``: None where ballots stay sealed.

    ``paths``: how each voter without a ballot was spoken for. ``tally``: as the proposal's record has it.
    """

    sealed: bool
    lines: list[Line]
    roll: Roll
    counted: Counted | None
    outcome: Outcome | None
    paths: Mapping[str, Path]
    tally: Mapping[str, Count] | None = None


class _Found(NamedTuple):
    rule: Rule
    lines: list[Line]
    roll: Roll
    paths: Mapping[str, Path]


async def recount(installation: Installation, reading: Reading, proposal: Proposal, *, opened: bool) -> Recounted:
    """Count a proposal that has been decided. ``opened``: with the values of sealed ballots, for an auditor."""
    found = await installation.ask(reading.ledger, lambda state: _look(state, proposal))
    values: Mapping[Ref, Any] | None = None
    if found.rule.on_word:
        places = [(line.ballot.statement, "choice") for line in found.lines if line.ballot.counts]
        values = await reading.texts(places) if opened else {}
        if any(place not in values for place in places):
            return Recounted(True, found.lines, found.roll, None, None, found.paths)  # noqa: FBT003

    def again(committed: State) -> tuple[Counted, Outcome]:
        # By the weights that were found anew, whatever stands on the ballots.
        state = State(committed)
        for line in found.lines:
            state.put(msgspec.structs.replace(line.ballot, weight=line.weight))
        if found.rule.secrecy.OPENED:
            return counts.opened(state, proposal, found.rule, lambda ballot: ballot.opened)
        if values is None:
            votes = tallying.gather(state, proposal, found.rule).votes
            paper = proposals.paper(state, proposal)
            return outcome.decide(found.rule, found.roll, votes, paper, proposal.order)
        return counts.opened(state, proposal, found.rule, lambda ballot: values[ballot.statement, "choice"])

    counted, decided = await installation.ask(reading.ledger, again)
    tally = counts.shown(found.rule, counted)
    return Recounted(found.rule.on_word, found.lines, found.roll, counted, decided, found.paths, tally)


def _look(state: State, proposal: Proposal) -> _Found:
    rule = proposals.pinned(state, proposal)
    roll = rolls.read(state, proposal, rule)
    paths = tallying.gather(state, proposal, rule, lambda ballot: ballot.id).paths
    speaks = reach.speaks_for(paths.values())
    lines = [
        Line(
            ballot,
            ballots.voting_weight(state, proposal, rule, ballot.member),
            _open_choice(ballot),
            speaks.get(ballot.member, 0),
        )
        for ballot in sorted(state.children(Ballot, proposal.id), key=lambda ballot: ballot.entry)
    ]
    return _Found(rule, lines, roll, paths)


def _open_choice(ballot: Ballot) -> str | None:
    return ballot.opened if isinstance(ballot.choice, Commit) else ballot.choice
