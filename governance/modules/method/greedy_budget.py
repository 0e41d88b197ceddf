"""Budgeting in turn: the projects with most votes are funded, one after the other, as long as the money lasts.

What costs more than what is left is passed over, and the next one that fits is taken: what most cities did before
they took up ``equal_shares/1`` (D. Peters, G. Pierczyński, P. Skowron, *Proportional Participatory Budgeting with
Additive Utilities*, 2021, where it is the utilitarian greedy rule). It is not proportional: a majority can spend
everything.

``by``: ``votes``; or ``votes_per_cost``, by which small projects come before large ones of as many votes. ``rounds``:
every project in the order in which it was funded, with its votes. Equal projects that fit together are all funded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from governance.count import Paper, Sorted
from governance.modules.method.projects import Budgeting, Result, fill, settle
from governance.modules.questions import Line


class GreedyBudget(Budgeting, frozen=True):
    """``greedy_budget/1``: approved projects by number, ``1,5,9``, ``most`` at most, or ``abstain``."""

    NAME = "greedy_budget/1"
    KEYS = ("rule.method.greedy_budget.votes", "rule.method.greedy_budget.votes_per_cost")

    by: Literal["votes", "votes_per_cost"]

    def describe(self) -> Line:
        """Says what comes first, and how many projects a ballot may name."""
        return self.KEYS[0 if self.by == "votes" else 1], {"most": self.most}

    def buy(self, ballots: Sorted, votes: Mapping[int, int], paper: Paper, order: Sequence[str]) -> Result:  # noqa: ARG002
        """One after the other."""
        dear = self.by == "votes_per_cost"
        worth = {one: Fraction(count, paper.costs[one - 1] if dear else 1) for one, count in votes.items()}
        return settle(lambda ties: fill(votes, worth.__getitem__, paper, (), ties), order, len(votes))
