"""Approvals, grades and budgets counted by the letter: slowly, vote by vote and in fractions, without code of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

Ballot = dict[int, int]
"""What it gives to each option that it names."""
Choose = Callable[[Sequence[int]], int]


class Votes(NamedTuple):
    """Ballots with their weights, on so many options."""

    ballots: list[tuple[Ballot, int]]
    options: int

    def sums(self) -> dict[int, int]:
        numbers = range(1, self.options + 1)
        return {one: sum(ballot.get(one, 0) * weight for ballot, weight in self.ballots) for one in numbers}

    def backing(self) -> dict[int, int]:
        numbers = range(1, self.options + 1)
        return {one: sum(weight for ballot, weight in self.ballots if ballot.get(one)) for one in numbers}


class Projects(NamedTuple):
    """What they cost, and what there is to spend."""

    costs: tuple[int, ...]
    budget: int

    def cost(self, bought: Iterable[int]) -> int:
        return sum(self.costs[one - 1] for one in bought)


def majority_values(votes: Votes) -> dict[int, list[int]]:
    """The majority grade, then that of what is left when it is taken away, and so on, for options that anyone names."""
    values = {}
    for option, backing in votes.backing().items():
        grades = sorted(ballot.get(option, 0) for ballot, weight in votes.ballots for _ in range(weight))
        value = []
        while grades:
            value.append(grades.pop((len(grades) - 1) // 2))
        if backing:
            values[option] = value
    return values


def majority_gauge(votes: Votes, option: int) -> tuple[int, int]:
    """The majority grade; then how many grade it higher, or where as many or more grade it lower, minus those."""
    grades = sorted(ballot.get(option, 0) for ballot, weight in votes.ballots for _ in range(weight))
    middle = grades[(len(grades) - 1) // 2]
    above, below = sum(grade > middle for grade in grades), sum(grade < middle for grade in grades)
    return middle, above if above > below else -below


def _price(cost: int, weights: Sequence[int], money: Sequence[Fraction], backers: Sequence[int]) -> Fraction | None:
    missing, rich = Fraction(cost), sum(weights[one] for one in backers)
    for one in sorted(backers, key=money.__getitem__):
        if money[one] * rich >= missing:
            return missing / rich
        missing -= weights[one] * money[one]
        rich -= weights[one]
    return None


def equal_shares(votes: Votes, projects: Projects, share: Fraction, choose: Choose) -> list[int]:
    """Peters, Pierczyński, Skowron 2021, section 3, for cost utilities; every vote of weight is a voter."""
    weights = [weight for _, weight in votes.ballots]
    money = [share] * len(weights)
    backers = {
        option: [one for one, (ballot, weight) in enumerate(votes.ballots) if option in ballot and weight]
        for option, backing in votes.backing().items()
        if backing and projects.costs[option - 1] <= projects.budget
    }
    bought: list[int] = []
    while True:
        rates = {}
        for option in backers.keys() - bought:
            solvent = [one for one in backers[option] if money[one]]
            price = _price(projects.costs[option - 1], weights, money, solvent) if solvent else None
            if price is not None:
                rates[option] = price / projects.costs[option - 1]
        if not rates:
            return bought
        lowest = min(rates.values())
        option = choose(sorted(one for one in rates if rates[one] == lowest))
        for one in backers[option]:
            money[one] -= min(money[one], lowest * projects.costs[option - 1])
        bought.append(option)


def greedy(worth: Mapping[int, Fraction], projects: Projects, choose: Choose, bought: Sequence[int] = ()) -> list[int]:
    """Again and again the one of highest worth that fits."""
    bought = list(bought)
    while True:
        left = projects.budget - projects.cost(bought)
        fitting = [one for one in worth if worth[one] and one not in bought and projects.costs[one - 1] <= left]
        if not fitting:
            return bought
        best = max(worth[one] for one in fitting)
        bought.append(choose(sorted(one for one in fitting if worth[one] == best)))


def completed(votes: Votes, projects: Projects, completion: str, choose: Choose) -> list[int]:
    """Equal shares, and what is done with the money left over."""
    share = Fraction(projects.budget, sum(weight for _, weight in votes.ballots))
    bought = equal_shares(votes, projects, share, choose)
    backing = {one: Fraction(count) for one, count in votes.backing().items()}
    if completion == "greedy":
        return greedy(backing, projects, choose, bought)
    if completion == "none":
        return bought
    for step in range(1, 1001):
        left = projects.budget - projects.cost(bought)
        if not any(backing[one] and one not in bought and projects.costs[one - 1] <= left for one in backing):
            break
        more = equal_shares(votes, projects, share * (100 + step) / 100, choose)
        if projects.cost(more) > projects.budget:
            break
        bought = more
    return bought


def every_way(count: Callable[[Choose], Iterable[int]]) -> set[frozenset[int]]:
    """What comes out, whichever way ties are decided."""
    ends: set[frozenset[int]] = set()
    waiting: list[list[int]] = [[]]
    while waiting:
        script = waiting.pop()
        ties: list[Sequence[int]] = []

        def choose(tied: Sequence[int], script: Sequence[int] = script, ties: list[Sequence[int]] = ties) -> int:
            ties.append(tied)
            return script[len(ties) - 1] if len(ties) <= len(script) else tied[0]

        ends.add(frozenset(count(choose)))
        taken = [*script, *(tied[0] for tied in ties[len(script) :])]
        for place in range(len(script), len(ties)):
            waiting.extend([*taken[:place], other] for other in ties[place][1:])
    return ends
