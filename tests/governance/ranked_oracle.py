"""Ranked methods once more, by the letter and without any economy: every paper by itself, every way out of a tie.

Nothing here is shared with what it is held against.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

Levels = tuple[tuple[int, ...], ...]


def read(ranking: str) -> Levels:
    """Levels of option numbers."""
    return tuple(tuple(int(number) for number in level.split("=")) for level in ranking.split(">"))


def prefers(levels: Levels, one: int, other: int) -> bool:
    """Whether that ballot puts ``one`` before ``other``."""
    places = {number: place for place, level in enumerate(levels) for number in level}
    return places.get(one, len(levels)) < places.get(other, len(levels))


def pairs(profile: dict[str, int], options: int) -> dict[tuple[int, int], int]:
    """Weight that puts the first before the second."""
    numbers = range(1, options + 1)
    read_once = [(read(ranking), weight) for ranking, weight in profile.items()]
    return {
        (one, other): sum(weight for levels, weight in read_once if prefers(levels, one, other))
        for one in numbers
        for other in numbers
    }


def schulze(profile: dict[str, int], options: int) -> set[int]:
    """Potential winners, by Floyd and Warshall."""
    numbers, duel = range(1, options + 1), pairs(profile, options)
    path = {pair: weight if weight > duel[pair[::-1]] else 0 for pair, weight in duel.items()}
    for over in numbers:
        for one in numbers:
            for other in numbers:
                if len({one, other, over}) == 3:
                    path[one, other] = max(path[one, other], min(path[one, over], path[over, other]))
    return {one for one in numbers if all(path[one, other] >= path[other, one] for other in numbers)}


def smith(profile: dict[str, int], options: int) -> set[int]:
    """The fewest options each of which beats every other option."""
    numbers, duel = range(1, options + 1), pairs(profile, options)
    return next(
        set(chosen)
        for size in numbers
        for chosen in itertools.combinations(numbers, size)
        if all(duel[one, other] > duel[other, one] for one in chosen for other in numbers if other not in chosen)
    )


def copeland(profile: dict[str, int], options: int) -> dict[int, Fraction]:
    """Comparisons won, a draw being a half."""
    numbers, duel = range(1, options + 1), pairs(profile, options)
    scores = dict.fromkeys(numbers, Fraction(0))
    for one in numbers:
        for other in numbers:
            if one != other:
                ours, theirs = duel[one, other], duel[other, one]
                scores[one] += 1 if ours > theirs else Fraction(1, 2) if ours == theirs else 0
    return scores


def borda(profile: dict[str, int], options: int) -> dict[int, Fraction]:
    """Points of places, shared on a level: the first of n places has n - 1."""
    scores = dict.fromkeys(range(1, options + 1), Fraction(0))
    for ranking, weight in profile.items():
        levels = read(ranking)
        named = {number for level in levels for number in level}
        rest = tuple(number for number in scores if number not in named)
        place = options - 1
        for level in (*levels, rest):
            points = [place - behind for behind in range(len(level))]
            for number in level:
                scores[number] += weight * Fraction(sum(points), len(points))
            place -= len(level)
    return scores


class Count(NamedTuple):
    """A count in progress: papers as (ranking, value, holder), and all totals so far, stage by stage."""

    papers: tuple[tuple[tuple[int, ...], int, int], ...]
    hopeful: frozenset[int]
    pending: frozenset[int]
    winners: frozenset[int]
    credit: dict[int, int]
    past: tuple[dict[int, int], ...]


def transfers(profile: dict[str, int], seats: int, unit: int, quota: int | None) -> set[frozenset[int]]:
    """Every set of options that may be elected, whichever way undecided ties go. ``quota`` None: instant runoff."""
    hopeful = frozenset(level[0] for text in profile for level in read(text))
    rankings = [tuple(level[0] for level in read(text)) for text, weight in profile.items() for _ in range(weight)]
    papers = tuple((ranking, unit, ranking[0]) for ranking in rankings)
    none: frozenset[int] = frozenset()
    return _go_on(
        Count(papers, hopeful, none, none, _credit(papers, dict.fromkeys(hopeful, 0), hopeful), ()), seats, quota
    )


def _go_on(count: Count, seats: int, quota: int | None) -> set[frozenset[int]]:
    credit = count.credit
    bar = quota if quota is not None else Fraction(sum(credit[name] for name in count.hopeful) + 1, 2)
    reached = frozenset(name for name in count.hopeful if credit[name] >= bar)
    winners, hopeful = count.winners | reached, count.hopeful - reached
    pending = count.pending | reached
    if len(hopeful) <= seats - len(winners):
        winners, hopeful = winners | hopeful, frozenset()
    if len(winners) >= seats or not hopeful:
        return {winners}
    now = count._replace(hopeful=hopeful, pending=pending, winners=winners, past=(*count.past, credit))
    rich = {name for name in pending if quota is not None and credit[name] > quota}
    if rich:
        assert quota is not None
        return set().union(*(_go_on(_surplus(now, name, quota), seats, quota) for name in _edge(now, rich, max)))
    return set().union(*(_go_on(_exclude(now, name), seats, quota) for name in _edge(now, set(hopeful), min)))


def _edge(count: Count, names: set[int], pick: Callable[[Iterable[int]], int]) -> set[int]:
    """Most (fewest) votes now; of those at the latest stage at which they differed; and so on back."""
    for credit in reversed(count.past):
        edge = pick([credit[name] for name in names])
        names = {name for name in names if credit[name] == edge}
    return names


def _surplus(count: Count, name: int, quota: int) -> Count:
    had = count.credit[name]
    papers = tuple(
        _move(ranking, (had - quota) * value // had, count.hopeful) if holder == name else (ranking, value, holder)
        for ranking, value, holder in count.papers
    )
    credit = _credit(papers, {**count.credit, name: quota}, count.hopeful)
    return count._replace(papers=papers, pending=count.pending - {name}, credit=credit)


def _exclude(count: Count, name: int) -> Count:
    hopeful = count.hopeful - {name}
    papers = tuple(
        _move(ranking, value, hopeful) if holder == name else (ranking, value, holder)
        for ranking, value, holder in count.papers
    )
    kept = {other: votes for other, votes in count.credit.items() if other != name}
    return count._replace(papers=papers, hopeful=hopeful, credit=_credit(papers, kept, hopeful))


def _move(ranking: tuple[int, ...], value: int, hopeful: frozenset[int]) -> tuple[tuple[int, ...], int, int]:
    """To the first of the hopeful on it; 0: to nobody any more."""
    return ranking, value, next((name for name in ranking if name in hopeful), 0)


def _credit(
    papers: tuple[tuple[tuple[int, ...], int, int], ...], credit: dict[int, int], hopeful: frozenset[int]
) -> dict[int, int]:
    return credit | {name: sum(value for _, value, holder in papers if holder == name) for name in hopeful}
