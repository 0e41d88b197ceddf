"""Majority judgement: grade every option; the one with the best majority grade wins.

M. Balinski, R. Laraki, *A theory of measuring, electing, and ranking* (PNAS 104, 2007) and *Majority Judgment*
(2011). Grades go from 0, the lowest, to ``grades`` - 1; an option that a ballot does not name has 0 from it, all of
them from ``lowest``, and ballots that abstain grade nothing. An option's majority grade is the middle one of all its
grades in order, of two middle ones the lower: the best grade of which more than half say "at least that". Between
options of the same majority grade: take one such grade away from each, look at the majority grade of what is left,
and so on until they differ. Where the majority gauges (p, α±, q) of the same authors tell two options apart, they say
the same.

Weight *w* grades as *w* equal ballots would. Taking every ballot twice changes no comparison, and then there are
always two middle grades: taking grades away walks from the middle outwards, down and up in turn, here in strides as
long as no grade changes.

``tally``: who grades an option above the lowest grade, heads and weight. In ``rounds`` amounts are grades: first all
majority grades, then those at which one of the best falls behind. ``grades``: how much weight gave each option which,
from which anybody can find the winner again. An option that nobody grades above the lowest never wins. One option
wins; there are no seats.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Final

import msgspec

from governance.count import (
    ABSTAIN,
    INVALID,
    MAX_OPTIONS,
    NOBODY,
    Count,
    Counted,
    Paper,
    Round,
    Tally,
    option,
    options,
    sort_out,
)
from governance.documents import Bounds
from governance.modules.method import marks
from governance.modules.questions import Line, Method

MAX_GRADES: Final = 10
LOWEST: Final = "lowest"
"""The ballot that gives every option the lowest grade: a voice against them all, as an abstention is not."""


class MajorityJudgement(Method, frozen=True):
    """``majority_judgement/1``: grades above the lowest by option, ``1:5,3:2``, or ``lowest``, or ``abstain``."""

    NAME = "majority_judgement/1"
    KEYS = ("rule.method.majority_judgement",)
    OPTIONS = (2, MAX_OPTIONS)

    grades: Annotated[int, Bounds(2, MAX_GRADES)]

    def describe(self) -> Line:
        """Says how many grades there are, and the highest."""
        return self.KEYS[0], {"grades": self.grades, "highest": self.grades - 1}

    def accepts(self, choice: str, paper: Paper) -> bool:
        """Options ascending, each once, each with a grade above 0; or none with one."""
        return choice in (ABSTAIN, LOWEST) or marks.amounts(choice, paper.options, self.grades - 1) is not None

    def count(self, profile: Tally, paper: Paper, order: Sequence[str] = ()) -> Counted:
        """The option of the best majority grades."""
        ballots = sort_out(profile)
        everyone = ballots.expressed
        tally = dict.fromkeys(options(paper), NOBODY)
        given = {name: [0] * self.grades for name in tally}
        marked = {choice: count for choice, count in ballots.marks.items() if choice != LOWEST}
        for mark, count in marks.tally(marked).items():
            number, grade = marks.split(mark)
            tally[option(number)] += count
            given[option(number)][grade] += count.weight
        running = {}
        for name, count in tally.items():
            given[name][0] = everyone.weight - count.weight
            if count.weight:
                running[name] = _Grades(given[name])
        best, rounds = _compare(running, everyone.weight)
        winners = best if len(best) == 1 else tuple(name for name in order if name in best)[:1]
        if winners:
            lot = best if len(best) > 1 else ()
            rounds.append(msgspec.structs.replace(rounds.pop(), elected=winners, lot=lot))
        return Counted(
            tally={**tally, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
            winners=winners,
            support=_strongest(tally, winners or best),
            rival=_strongest(tally, [name for name in tally if name not in (winners or best[:1])]),
            cast=everyone + ballots.abstained,
            abstained=ballots.abstained,
            tied=best if len(best) > 1 else (),
            rounds=tuple(rounds),
            grades=tuple(map(tuple, given.values())),
        )


class _Grades:
    """All grades of one option in order, each ballot twice: those from the middle downwards and upwards."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._ends = list(accumulate(2 * weight for weight in weights))
        self._middle = self._ends[-1] // 2

    def lower(self, depth: int) -> int:
        """The grade so far below the middle."""
        return bisect_right(self._ends, self._middle - 1 - depth)

    def upper(self, depth: int) -> int:
        """The grade so far above it."""
        return bisect_right(self._ends, self._middle + depth)

    def change(self, depth: int) -> int:
        """The least depth beyond this one where either of them is another grade."""
        start = ([0, *self._ends])[self.lower(depth)]
        return min(self._middle - start, self._ends[self.upper(depth)] - self._middle)


def _compare(running: Mapping[str, _Grades], everyone: int) -> tuple[tuple[str, ...], list[Round]]:
    """The best, several only where all their grades are equal; and the rounds in which others fell behind."""
    best, depth = tuple(running), 0
    rounds: list[Round] = []
    while best and depth < everyone and (len(best) > 1 or not rounds):
        for look in (_Grades.lower, _Grades.upper):
            at = {name: look(running[name], depth) for name in best}
            top = max(at.values())
            behind = tuple(name for name in best if at[name] < top)
            best = tuple(name for name in best if at[name] == top)
            if behind or not rounds:
                rounds.append(Round(at, excluded=behind))
        depth = min(running[name].change(depth) for name in best)
    return best, rounds


def _strongest(tally: Mapping[str, Count], names: Iterable[str]) -> Count:
    """Of most weight; nobody where there is none."""
    return max((tally[name] for name in names), key=lambda count: count.weight, default=NOBODY)
