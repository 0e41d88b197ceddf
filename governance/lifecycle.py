"""A proposal's life, derived from what has been recorded and the time: nobody sets a state.

    draft → scheduled → voting → counting → passed | failed | no_quorum | tied
    passed → executed | lapsed | vetoed     draft, scheduled → withdrawn     tied → passed | failed

``counting`` lasts until the count is there: for open ballots until the closing has been applied, for
confidential ones until the operator has announced it. A decision whose effects are text stays ``passed``.
"""

from __future__ import annotations

from typing import Literal, Protocol

from governance.outcome import Outcome

Stage = Literal[
    "draft",
    "scheduled",
    "voting",
    "counting",
    "passed",
    "failed",
    "no_quorum",
    "tied",
    "executed",
    "lapsed",
    "vetoed",
    "withdrawn",
]


class Life(Protocol):
    """What of a proposal's record its state follows from; times in ms."""

    @property
    def opens_at(self) -> int | None:
        """When voting opens, once that has been called."""

    @property
    def closes_at(self) -> int | None:
        """When it closes."""

    @property
    def drawing(self) -> bool:
        """Whether voting waits for a panel to be drawn."""

    @property
    def withdrawn_at(self) -> int | None:
        """When the proposer took it back."""

    @property
    def outcome(self) -> Outcome | None:
        """What the count came to."""

    @property
    def vetoed_at(self) -> int | None:
        """When enough vetoes had come in to stop it."""

    @property
    def executed_at(self) -> int | None:
        """When its effects were done."""

    @property
    def lapsed_at(self) -> int | None:
        """When its effects turned out to be impossible."""


def stage(life: Life, now: int) -> Stage:
    """Where in its life a proposal is at ``now`` (ms)."""
    if life.withdrawn_at is not None:
        return "withdrawn"
    if life.executed_at is not None:
        return "executed"
    if life.lapsed_at is not None:
        return "lapsed"
    if life.vetoed_at is not None:
        return "vetoed"
    if life.outcome is not None:
        return life.outcome.result
    if life.opens_at is None or life.closes_at is None:
        return "draft"
    if now < life.opens_at or life.drawing:
        return "scheduled"
    return "voting" if now < life.closes_at else "counting"
