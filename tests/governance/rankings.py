"""Elections with ranked ballots: any of them, and what a count of one says."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from governance.count import Count, Counted, option
from governance.modules.method.ranking import is_ranking

Profile = dict[str, int]


@st.composite
def rankings(draw: st.DrawFn, options: int, *, equal: bool = False, full: bool = False) -> str:
    """Any ballot that ranks."""
    numbers = draw(st.permutations(range(1, options + 1)))
    named = numbers if full else numbers[: draw(st.integers(1, options))]
    levels = [[named[0]]]
    for number in named[1:]:
        if equal and draw(st.booleans()):
            levels[-1].append(number)
        else:
            levels.append([number])
    text = ">".join("=".join(map(str, sorted(level))) for level in levels)
    assert is_ranking(text, options, equal=equal)
    return text


@st.composite
def profiles(draw: st.DrawFn, *, equal: bool = False, full: bool = False, most: int = 5) -> tuple[Profile, int]:
    """Ballots by what they say, and how many options they are about."""
    options = draw(st.integers(2, most))
    texts = rankings(options, equal=equal, full=full)
    return draw(st.dictionaries(texts, st.integers(1, 4), max_size=7)), options


def tell(profile: Profile) -> dict[str, Count]:
    return {text: Count(weight, weight) for text, weight in profile.items()}


def names(numbers: frozenset[int] | set[int]) -> set[str]:
    return {option(number) for number in numbers}


def best(scores: Mapping[int, object]) -> set[int]:
    top = max(scores.values())  # type: ignore[type-var]
    return {number for number, score in scores.items() if score == top}


def won(counted: Counted) -> set[str]:
    """Who wins, or ties for the only seat."""
    return set(counted.winners) | set(counted.tied)
