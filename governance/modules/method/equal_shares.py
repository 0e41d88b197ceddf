"""The method of equal shares: every vote has the same share of the budget, and projects are bought by who wants them.

D. Peters, G. Pierczyński, P. Skowron, *Proportional Participatory Budgeting with Additive Utilities* (NeurIPS 2021),
for approval ballots and utilities equal to costs: money spent on what one approves. The budget is shared equally
among the weight of all ballots that choose. A project can be bought when those who approve it have its cost together;
then each pays the same for each vote, or all that is left where that is less. Again and again that project is bought
of which those who pay in full pay the least share of the cost for each vote (ρ in the paper; 1/ρ is how many votes it
would take if all paid equally, its *effective votes*), until none can be bought. A group that is a tenth of the
voters decides about a tenth of the money: the outcome is proportional (EJR up to one project).

Money can be left over that buys nothing. ``completion`` says what happens then:

    none     it stays unspent
    add1     the count is done again with shares grown by a hundredth of the first, virtually, until nothing that is
             approved fits into what is left; should a count spend more than there is, the one before stands. At most
             a thousand times. (Cities add one unit of money at a time, which for shares of some 100 zł is as much.)
    greedy   what fits is bought in order of votes, as in ``greedy_budget/1``

Money is counted exactly, in integers and fractions (``purses.py``). ``rounds``: projects as they were bought, with
their effective votes in hundredths rounded down (with all their votes, where bought greedily); ``tally``: all their
votes.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from governance.count import Paper, Sorted
from governance.modules.method.projects import Budgeting, Purchase, Result, Ties, fill, settle
from governance.modules.method.purses import BITS, Held, Price, Purses
from governance.modules.questions import Line

UNIT: Final = 100
_STEP: Final = 100
"""Shares grow by a hundredth…"""
_MAX_STEPS: Final = 1000
"""…so many times at most, to eleven times the money."""
_USUAL_STEPS: Final = 40
"""After about so many shares have grown enough, where projects cost a small part of the budget."""


class EqualShares(Budgeting, frozen=True):
    """``equal_shares/1``: approved projects by number, ``1,5,9``, ``most`` at most, or ``abstain``."""

    NAME = "equal_shares/1"
    KEYS = ("rule.method.equal_shares.none", "rule.method.equal_shares.add1", "rule.method.equal_shares.greedy")

    completion: Literal["none", "add1", "greedy"]

    def describe(self) -> Line:
        """Says what happens to money left over, and how many projects a ballot may name."""
        return f"rule.method.equal_shares.{self.completion}", {"most": self.most}

    def unit(self) -> int:
        """Hundredths, for effective votes are seldom whole."""
        return UNIT

    def buy(self, ballots: Sorted, votes: Mapping[int, int], paper: Paper, order: Sequence[str]) -> Result:
        """Equal shares, and what completes them."""
        voters = _voters(ballots, votes)
        read = sum(map(len, voters.backers.values()))
        if self.completion == "none":
            return settle(lambda ties: _Market(voters, paper, ties).buy(), order, read)
        if self.completion == "add1":
            return settle(lambda ties: _grow(voters, paper, ties), order, read * _USUAL_STEPS, lasting=False)
        scaled = {one: count * UNIT for one, count in votes.items()}
        return settle(
            lambda ties: fill(scaled, scaled.__getitem__, paper, _Market(voters, paper, ties).buy(), ties), order, read
        )


class _Voters(NamedTuple):
    """``weights`` of groups of equal ballots, and which of them approve each project that can be funded.

    ``votes``: the weight behind each; ``expressed``: all weight that chooses.
    """

    weights: list[int]
    backers: dict[int, list[int]]
    votes: Mapping[int, int]
    expressed: int


def _voters(ballots: Sorted, votes: Mapping[int, int]) -> _Voters:
    backers: dict[str, list[int]] = {str(one): [] for one in votes}
    weights: list[int] = []
    for text, count in ballots.marks.items():
        if count.weight:
            for mark in text.split(","):
                if mark in backers:
                    backers[mark].append(len(weights))
            weights.append(count.weight)
    return _Voters(weights, {int(mark): groups for mark, groups in backers.items()}, votes, ballots.expressed.weight)


def _grow(voters: _Voters, paper: Paper, ties: Ties) -> tuple[Purchase, ...]:
    """The last count that doesn't spend too much, or the first that leaves nothing to buy."""
    found = _Market(voters, paper, ties).buy()
    for step in range(1, _MAX_STEPS + 1):
        bought = {one.project for one in found}
        left = paper.budget - sum(paper.costs[one - 1] for one in bought)
        if all(one in bought or paper.costs[one - 1] > left for one in voters.backers):
            break
        more = _Market(voters, paper, ties.again(), step).buy()
        if sum(paper.costs[one.project - 1] for one in more) > paper.budget:
            break
        found = more
    return found


class _Market:
    """One count: who has what left, and which projects wait, each with a lower bound of its rate in 2⁻¹²⁸.

    Rates never fall, for money is only spent; so a bound stays one, and the lowest is looked at first.
    """

    def __init__(self, voters: _Voters, paper: Paper, ties: Ties, steps: int = 0) -> None:
        self._voters, self._ties = voters, ties
        # Times the weight of all and the parts of a share, so that shares and costs are integers.
        self._purses = Purses(voters.weights, paper.budget * (_STEP + steps))
        self._costs = [cost * voters.expressed * _STEP for cost in paper.costs]
        self._left = paper.budget
        self._paper = paper
        self._waiting = sorted(((1 << 2 * BITS) // votes, one) for one, votes in voters.votes.items())
        self._bought: list[Purchase] = []

    def buy(self) -> tuple[Purchase, ...]:
        """Until nothing can be bought, or more has been spent than there is."""
        while self._left >= 0 and (level := self._cheapest()):
            self._take(level)
        return tuple(self._bought)

    def _held(self, project: int) -> Held:
        return self._purses.held(self._voters.backers[project])

    def _wait(self, project: int, price: Price) -> None:
        over, under = price.rate
        heapq.heappush(self._waiting, ((over << 2 * BITS) // under, project))

    def _near(self) -> dict[int, Held]:
        """Projects of which one has the lowest rate, by bounds alone. What nobody can afford any more is left out."""
        found: list[tuple[int, int, Held]] = []
        lowest: int | None = None
        while self._waiting and (lowest is None or self._waiting[0][0] <= lowest):
            _, project = heapq.heappop(self._waiting)
            cost, held = self._costs[project - 1], self._held(project)
            bounds = self._purses.bounds(held, cost)
            if bounds is None:
                continue
            found.append(((bounds.low << BITS) // cost, project, held))
            if bounds.high is not None:
                high = -((-bounds.high << BITS) // cost)
                lowest = high if lowest is None else min(lowest, high)
        near: dict[int, Held] = {}
        for bound, project, held in found:
            if lowest is None or bound <= lowest:
                near[project] = held
            else:
                heapq.heappush(self._waiting, (bound, project))
        return near

    def _cheapest(self) -> dict[int, Price]:
        """The projects of the lowest rate, by exact prices."""
        level: dict[int, Price] = {}
        for project, held in self._near().items():
            price = self._purses.price(held, self._costs[project - 1])
            if price is None:
                continue
            first = next(iter(level.values()), None)
            against = price.against(first) if first else 0
            if against < 0:
                for other, dearer in level.items():
                    self._wait(other, dearer)
                level = {}
            if against > 0:
                self._wait(project, price)
            else:
                level[project] = price
        return level

    def _take(self, level: Mapping[int, Price]) -> None:
        """Buy what nobody has to choose between, then by the order what is still at that rate."""
        torn = self._torn(level)
        alone = len(level) == 1
        for project in sorted(level.keys() - torn):
            self._pay(project, level[project], still=alone)
        between = sorted(torn)
        ranked = self._ties.rank(between, self._bought) if between else []
        for project in ranked:
            self._pay(project, level[project], self._ties.lot(between))
        for project in torn.difference(ranked):
            self._wait(project, level[project])

    def _torn(self, level: Mapping[int, Price]) -> set[int]:
        """Those that somebody wants who can't pay all of them: which is bought first makes a difference."""
        costs: dict[int, int] = {}
        several: set[int] = set()
        for project in level if len(level) > 1 else ():
            for group in self._purses.able(self._voters.backers[project]):
                if group in costs:
                    several.add(group)
                costs[group] = costs.get(group, 0) + self._costs[project - 1]
        short = self._purses.short({group: costs[group] for group in several}, next(iter(level.values())))
        return {project for project in level if not short.isdisjoint(self._voters.backers[project])}

    def _pay(self, project: int, rate: Price, lot: tuple[int, ...] = (), *, still: bool = False) -> None:
        """Buy it if it still has that rate (``still``: nothing was bought since); if its own has risen, it waits."""
        price = rate if still else self._purses.price(self._held(project), self._costs[project - 1])
        if price is None:
            return
        if price.against(rate) > 0:
            self._wait(project, price)
            return
        self._purses.pay(self._voters.backers[project], price)
        over, under = price.rate
        self._left -= self._paper.costs[project - 1]
        self._bought.append(Purchase(project, UNIT * under // over, lot))
