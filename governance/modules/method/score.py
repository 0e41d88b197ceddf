"""Score voting (range voting): give each option a score; those with the highest sum win.

W. D. Smith, *Range voting* (2000). Scores go from 0 to ``highest``; an option that a ballot does not name has 0 from
it, so sums and means rank alike. A score of ``highest`` is a whole vote: amounts are in parts of ``highest``, and a
share of the votes is the mean score as a share of the highest. Like ``approval/1``, not proportional with several
seats.
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

MAX_SCORE: Final = 100


class Score(Method, frozen=True):
    """``score/1``: scores of 1 to ``highest`` by option, ``1:5,3:2``, or ``abstain``."""

    NAME = "score/1"
    KEYS = ("rule.method.score",)
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True

    highest: Annotated[int, Bounds(1, MAX_SCORE)]

    def describe(self) -> Line:
        """Says the highest score."""
        return self.KEYS[0], {"highest": self.highest}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Options ascending, each once, each with a score above 0."""
        return choice == ABSTAIN or marks.amounts(choice, paper.options, self.highest) is not None

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """All give an option the highest score."""
        return weight * self.highest

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The options of the highest sums."""
        ballots = sort_out(profile)
        return most(add_up(ballots, paper), ballots, paper.seats, order, unit=self.highest)
