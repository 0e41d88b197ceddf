"""Approval voting: approve as many options as you like; those with most approvals win.

S. Brams, P. Fishburn, *Approval Voting* (American Political Science Review 72, 1978). With several seats this is block
approval: every ballot counts in full for each option that it names, so one majority can fill all seats. It is
not proportional; ``stv/1`` is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from governance.count import ABSTAIN, MAX_OPTIONS, NOBODY, Counted, Paper, Tally, options, sort_out
from governance.documents import Bounds
from governance.modules.method import marks
from governance.modules.method.most import most
from governance.modules.questions import Line, Method


class Approval(Method, frozen=True):
    """``approval/1``: options by number, ``1,4,7``, or ``abstain``. ``most``: how many a ballot may name, null: all."""

    NAME = "approval/1"
    KEYS = ("rule.method.approval", "rule.method.approval.most")
    OPTIONS = (2, MAX_OPTIONS)
    SEATS = True

    most: Annotated[int, Bounds(1, MAX_OPTIONS)] | None

    def describe(self) -> Line:
        """Says the limit where there is one."""
        return (self.KEYS[0], {}) if self.most is None else (self.KEYS[1], {"most": self.most})

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Approved options ascending, each once."""
        limit = paper.options if self.most is None else self.most
        return choice == ABSTAIN or marks.approvals(choice, paper.options, limit) is not None

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The options of most approvals."""
        ballots = sort_out(profile)
        found = marks.tally(ballots.marks)
        tally = {name: found.get(str(number), NOBODY) for number, name in enumerate(options(paper), 1)}
        return most(tally, ballots, paper.seats, order)
