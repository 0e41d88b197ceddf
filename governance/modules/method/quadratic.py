"""Quadratic voting: buy votes for options with credits; *v* votes for one option cost *v*² credits.

S. Lalley, E. G. Weyl, *Quadratic Voting* (AEA Papers and Proceedings 108, 2018), with credits that are the same for
everyone and worth nothing afterwards. Nobody can vote against an option. Amounts are whole votes times the ballot's
weight; one ballot can cast several, so no share of all or of those present says anything about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Annotated, Final

from governance.count import ABSTAIN, MAX_OPTIONS, Counted, Paper, Tally, sort_out
from governance.documents import Bounds
from governance.modules.method import marks
from governance.modules.method.given import add_up
from governance.modules.method.most import most
from governance.modules.questions import Line, Method

MAX_CREDITS: Final = 10_000


class Quadratic(Method, frozen=True):
    """``quadratic/1``: votes by option whose squares come to ``credits`` at most, ``1:3,3:1``, or ``abstain``."""

    NAME = "quadratic/1"
    KEYS = ("rule.method.quadratic",)
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True
    BASES = ()

    credits: Annotated[int, Bounds(1, MAX_CREDITS)]

    def describe(self) -> Line:
        """Says how many credits there are."""
        return self.KEYS[0], {"credits": self.credits}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Options ascending, each once, each with a vote or more, credits for all of them. Some may be left over."""
        if choice == ABSTAIN:
            return True
        given = marks.amounts(choice, paper.options, isqrt(self.credits))
        return given is not None and sum(votes * votes for votes in given.values()) <= self.credits

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """All buy one option all the votes they can."""
        return weight * isqrt(self.credits)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The options of most votes."""
        ballots = sort_out(profile)
        return most(add_up(ballots, paper), ballots, paper.seats, order)
