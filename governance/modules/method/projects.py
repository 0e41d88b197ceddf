"""Projects that cost something, and what there is to spend on them: what the two methods of budgeting have in common.

Ballots approve projects. What no weight stands behind is not funded, nor what costs more than the whole budget.
Where projects are level and buying one changes what can be bought of the others, the order decides as far as it goes;
where it doesn't, what follows is counted for every way. If all ways fund the same projects, that is the result.
If not, those funded on every way have won and those funded on some are tied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, Final, NamedTuple

from governance.count import (
    ABSTAIN,
    INVALID,
    MAX_PROJECTS,
    NOBODY,
    Count,
    Counted,
    Paper,
    Round,
    Sorted,
    Tally,
    option,
    sort_out,
)
from governance.documents import Bounds
from governance.modules.method import marks
from governance.modules.questions import Line, Method

MAX_APPROVALS: Final = 1000
_MAX_WAYS: Final = 500
"""So many ways out of ties are followed at most…"""
_MAX_READ: Final = 1_000_000
"""…and only while they come to no more than so many approvals read again, so that large counts end soon."""


class Purchase(NamedTuple):
    """A project that is funded. ``votes``: what stood behind it. ``lot``: between which projects the order decided."""

    project: int
    votes: int
    lot: tuple[int, ...] = ()


class Fork(Exception):
    """Projects between which nothing decides, and what was bought before."""

    def __init__(self, between: Iterable[int], before: Sequence[Purchase]) -> None:
        super().__init__()
        self.between, self.before = frozenset(between), tuple(before)


class Ties:
    """Decides between projects by the order, as far as it goes, else by what is assumed on the way that is followed."""

    def __init__(self, order: Sequence[str], assumed: Mapping[frozenset[int], int]) -> None:
        self._order, self._assumed = order, assumed
        self._place = {int(name.removeprefix("option_")): place for place, name in enumerate(order)}
        self._shown: frozenset[int] = frozenset()

    def again(self) -> Ties:
        """The same for another count on the same way."""
        return Ties(self._order, self._assumed)

    def rank(self, between: Sequence[int], before: Sequence[Purchase]) -> list[int]:
        """Those of them that come first, in turn; Fork where nobody says."""
        listed = sorted((one for one in between if one in self._place), key=self._place.__getitem__)
        if listed:
            return listed
        if frozenset(between) in self._assumed:
            return [self._assumed[frozenset(between)]]
        raise Fork(between, before)

    def lot(self, between: Sequence[int]) -> tuple[int, ...]:
        """What to show of the order's decision: nothing of an assumption, nor twice of the same tie growing smaller."""
        if self._place.keys().isdisjoint(between) or self._shown.issuperset(between):
            return ()
        self._shown = frozenset(between)
        return tuple(between)


class Result(NamedTuple):
    """``certain``: funded on every way."""

    purchases: tuple[Purchase, ...]
    certain: tuple[int, ...]
    tied: tuple[int, ...] = ()


Way = Callable[[Ties], tuple[Purchase, ...]]
"""A count from beginning to end."""


def settle(way: Way, order: Sequence[str], read: int, *, lasting: bool = True) -> Result:
    """What is bought on every way. ``read``: approvals that following one of them reads; ``lasting``: whether what
    was bought before an open question stays bought whatever the answer.
    """
    waiting: list[dict[frozenset[int], int]] = [{}]
    ends: list[tuple[Purchase, ...]] = []
    first: Fork | None = None
    for _ in range(min(_MAX_WAYS, max(1, _MAX_READ // (read + 1)))):
        assumed = waiting.pop()
        try:
            ends.append(way(Ties(order, assumed)))
        except Fork as fork:
            first = first or (fork if lasting else Fork(fork.between, ()))
            waiting.extend(assumed | {fork.between: one} for one in sorted(fork.between))
        if not waiting:
            break
    return _together(ends, first, complete=not waiting)


def _together(ends: Sequence[tuple[Purchase, ...]], first: Fork | None, *, complete: bool) -> Result:
    if first is None:
        return Result(ends[0], tuple(one.project for one in ends[0]))
    if not complete:
        return Result(first.before, tuple(one.project for one in first.before), tuple(sorted(first.between)))
    sets = [frozenset(one.project for one in end) for end in ends]
    always, ever = frozenset.intersection(*sets), frozenset.union(*sets)
    shown = ends[0] if always == ever else first.before
    certain = tuple(one.project for one in ends[0] if one.project in always)
    return Result(shown, certain, tuple(sorted(ever - always)))


def fill(
    votes: Mapping[int, int], worth: Callable[[int], Any], paper: Paper, bought: Sequence[Purchase], ties: Ties
) -> tuple[Purchase, ...]:
    """Buy what fits into what is left, the highest ``worth`` first."""
    purchases = list(bought)
    left = paper.budget - sum(paper.costs[one.project - 1] for one in bought)
    gone = {one.project for one in bought}
    ranked = sorted((one for one in votes if one not in gone), key=worth, reverse=True)
    for _, level in groupby(ranked, key=worth):
        fitting = list(level)
        while fitting := [one for one in fitting if paper.costs[one - 1] <= left]:
            enough = sum(paper.costs[one - 1] for one in fitting) <= left
            lot = () if enough else tuple(fitting)
            for one in sorted(fitting) if enough else ties.rank(fitting, purchases):
                if paper.costs[one - 1] <= left:
                    purchases.append(Purchase(one, votes[one], ties.lot(lot)))
                    left -= paper.costs[one - 1]
                fitting.remove(one)
    return tuple(purchases)


class Budgeting(Method, frozen=True):
    """What a ballot of either method says: ``1,5,9``, ``most`` projects at most, or ``abstain``."""

    OPTIONS = (1, MAX_PROJECTS)
    COSTS = True

    most: Annotated[int, Bounds(1, MAX_APPROVALS)]

    def describe(self) -> Line:
        """Says how many projects a ballot may name."""
        return self.KEYS[0], {"most": self.most}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Approved projects ascending, each once."""
        return choice == ABSTAIN or marks.approvals(choice, paper.options, self.most) is not None

    def buy(self, ballots: Sorted, votes: Mapping[int, int], paper: Paper, order: Sequence[str]) -> Result:
        """What is funded. ``votes``: weight behind each project that can be funded."""
        raise NotImplementedError

    def unit(self) -> int:
        """In how many parts of a vote amounts are counted."""
        return 1

    def largest(self, weight: int, paper: Paper) -> int:  # noqa: ARG002
        """All approve a project."""
        return weight * self.unit()

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """Which projects are funded, one round for each."""
        ballots = sort_out(profile)
        found = marks.tally(ballots.marks)
        named = {number: found.get(str(number), NOBODY) for number in range(1, paper.options + 1)}
        votes = {
            number: count.weight
            for number, count in named.items()
            if count.weight and paper.costs[number - 1] <= paper.budget
        }
        result = self.buy(ballots, votes, paper, order)
        return self._counted(result, ballots, named)

    def _counted(self, result: Result, ballots: Sorted, named: Mapping[int, Count]) -> Counted:
        unit = self.unit()
        ranked = sorted(named, key=lambda number: (-named[number].weight, -named[number].heads))
        certain = frozenset(result.certain)
        won = [number for number in ranked if number in certain]
        lost = [number for number in ranked if number not in certain]
        rival = lost[0] if won and lost else lost[1] if len(lost) > 1 else None
        tally = {option(number): _in(count, unit) for number, count in named.items()}
        level = {*result.tied, *(number for one in result.purchases for number in one.lot)}
        return Counted(
            tally={**tally, ABSTAIN: _in(ballots.abstained, unit), INVALID: _in(ballots.invalid, unit)},
            winners=tuple(map(option, result.certain)),
            support=tally[option(won[-1] if won else lost[0])],
            rival=tally[option(rival)] if rival else NOBODY,
            cast=ballots.expressed + ballots.abstained,
            abstained=ballots.abstained,
            tied=tuple(map(option, sorted(level))),
            unit=unit,
            rounds=tuple(
                Round({option(one.project): one.votes}, elected=(option(one.project),), lot=tuple(map(option, one.lot)))
                for one in result.purchases
            ),
        )


def _in(count: Count, unit: int) -> Count:
    return Count(count.heads, count.weight * unit)
