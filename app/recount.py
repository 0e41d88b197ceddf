"""A decided proposal counted again, from the ballots as they stand in the ledger, by the rule that decided it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.installation import Installation
from app.reading import Reading, Ref
from governance import outcome
from governance.books import ballots, proposals
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.modules.questions import INVALID, NOBODY, Count
from governance.outcome import Outcome
from governance.rule import Rule
from ledger.private import Commit
from ledger.state import State


@dataclass(frozen=True)
class Line:
    """One ballot. ``weight``: found anew in the members' traces at the opening; ``choice``: None where it is sealed."""

    ballot: Ballot
    weight: int
    choice: str | None

    @property
    def holds(self) -> bool:
        """Whether the weight is the one it was cast with."""
        return self.weight == self.ballot.weight


@dataclass(frozen=True)
class Recounted:
    """What was counted anew, to be held against what the proposal says. ``tally``: None where ballots stay sealed."""

    sealed: bool
    lines: list[Line]
    roll: Count
    tally: dict[str, Count] | None
    outcome: Outcome | None


async def recount(installation: Installation, reading: Reading, proposal: Proposal, *, opened: bool) -> Recounted:
    """Count a proposal that has been decided. ``opened``: with the values of sealed ballots, for an auditor."""

    def question(state: State) -> tuple[Rule, list[Line], Count]:
        rule = proposals.pinned(state, proposal)
        lines = [
            Line(ballot, ballots.voting_weight(state, proposal, rule, ballot.member), _open_choice(ballot))
            for ballot in sorted(state.children(Ballot, proposal.id), key=lambda ballot: ballot.entry)
        ]
        assert proposal.opened_index is not None and proposal.opens_at is not None  # noqa: S101, PT018  (decided)
        return rule, lines, rule.roll(state.traces("member", proposal.opened_index, proposal.opens_at))

    rule, lines, roll = await installation.ask(reading.ledger, question)
    values: dict[Ref, Any] | None = None
    if rule.secrecy.SEALED:
        places = [(line.ballot.statement, "choice") for line in lines]
        values = await reading.texts(places) if opened else {}
    tally = await asyncio.to_thread(_tally, rule, proposal, lines, values)
    found = None if tally is None else outcome.decide(rule, roll, tally, len(proposal.options))
    return Recounted(rule.secrecy.SEALED, lines, roll, tally, found)


def _open_choice(ballot: Ballot) -> str | None:
    return None if isinstance(ballot.choice, Commit) else ballot.choice


def _tally(
    rule: Rule, proposal: Proposal, lines: list[Line], values: Mapping[Ref, Any] | None
) -> dict[str, Count] | None:
    """Every choice with its count; None where a sealed ballot's value is not there."""
    counts = dict.fromkeys(ballots.choices(rule, proposal), NOBODY)
    for line in lines:
        if not line.ballot.counts:
            continue
        place = (line.ballot.statement, "choice")
        if values is not None and place not in values:
            return None
        choice = line.choice if values is None else values[place]
        known = isinstance(choice, str) and choice in counts
        counts[str(choice) if known else INVALID] += Count(1, line.weight)
    return counts
