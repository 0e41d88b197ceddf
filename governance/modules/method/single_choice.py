"""One of several options that the proposal brings along, or abstain."""

from __future__ import annotations

from collections.abc import Sequence

from governance.count import ABSTAIN, MAX_OPTIONS, NOBODY, Counted, Paper, Tally, options, sort_out
from governance.modules.method.most import most
from governance.modules.questions import Method


class SingleChoice(Method, frozen=True):
    """``single_choice/1``: choices are ``option_1``, ``option_2`` … by position, and ``abstain``."""

    NAME = "single_choice/1"
    KEYS = ("rule.method.single_choice",)
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True
    LISTED = True

    def choices(self, paper: Paper) -> tuple[str, ...]:
        """Options in the proposal's order, then abstain."""
        return (*options(paper), ABSTAIN)

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The options of most weight; their places in the list decide nothing."""
        ballots = sort_out(profile)
        tally = {name: ballots.marks.get(name, NOBODY) for name in options(paper)}
        return most(tally, ballots, paper.seats, order)
