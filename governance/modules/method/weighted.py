"""Weighted voting (cumulative voting): split one vote between options as you like; those with most of it win.

Every ballot hands out exactly ``points``, so none speaks louder than another; amounts are in parts of ``points``.
With several seats a minority that puts all its points on one option can win that seat (Illinois House of
Representatives, 1870 to 1980; Snapshot's *weighted*).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from governance.count import ABSTAIN, MAX_OPTIONS, Counted, Paper, Tally, sort_out
from governance.documents import Bounds
from governance.modules.method import marks
from governance.modules.method.given import add_up
from governance.modules.method.most import most
from governance.modules.questions import Line, Method

MAX_POINTS: Final = 1000


class Weighted(Method, frozen=True):
    """``weighted/1``: points by option that come to exactly ``points``, ``1:70,3:30``, or ``abstain``."""

    NAME = "weighted/1"
    KEYS = ("rule.method.weighted",)
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True

    points: Annotated[int, Bounds(2, MAX_POINTS)]

    def describe(self) -> Line:
        """Says how many points there are."""
        return self.KEYS[0], {"points": self.points}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Options ascending, each once, each with a point or more, all points handed out."""
        if choice == ABSTAIN:
            return True
        given = marks.amounts(choice, paper.options, self.points)
        return given is not None and sum(given.values()) == self.points

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """All give one option all points."""
        return weight * self.points

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The options of most points."""
        ballots = sort_out(profile)
        return most(add_up(ballots, paper), ballots, paper.seats, order, unit=self.points)
