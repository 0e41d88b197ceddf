"""Every two options side by side: how much weight puts the one before the other.

A ballot compares all options: named ones come before unnamed ones, and what stands on one level counts for neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from governance.count import Count

Pairs = tuple[tuple[int, ...], ...]
HALVES: Final = 2
"""The unit where an even comparison counts half for either side."""


class Compared(NamedTuple):
    """``pairs[a][b]``: weight that puts option a + 1 before option b + 1. ``named``: heads that name each option."""

    pairs: Pairs
    named: tuple[int, ...]
    weight: int


def compare_pairs(marks: Mapping[str, Count], options: int) -> Compared:
    """Read all rankings once. Time: ballots x options named on them; an option's whole row is added at a time."""
    weight = sum(count.weight for count in marks.values())
    width = weight.bit_length() + 1
    lanes = {str(number + 1): 1 << (width * number) for number in range(options)}
    # Of each option, in one lane for every option: weight that puts that one before it, or on its level.
    not_after = dict.fromkeys(lanes, 0)
    heads = dict.fromkeys(lanes, 0)
    for ranking, count in marks.items():
        read = 0
        for level in ranking.split(">"):
            if level in lanes:
                read |= lanes[level]
                not_after[level] += read if count.weight == 1 else read * count.weight
                heads[level] += count.heads
                continue
            together = level.split("=")
            for number in together:
                read |= lanes[number]
            for number in together:
                not_after[number] += read * count.weight
                heads[number] += count.heads
    rows = (_row(not_after[number], position, options, width) for position, number in enumerate(lanes))
    return Compared(tuple(rows), tuple(heads.values()), weight)


def _row(not_after: int, position: int, options: int, width: int) -> tuple[int, ...]:
    """Whoever names the option, which its own lane has, puts it before all that are not before it or on its level."""
    lane = (1 << width) - 1
    row = [(not_after >> (width * other)) & lane for other in range(options)]
    return tuple(row[position] - weight for weight in row)


def halves(compared: Compared, one: int, other: int) -> int:
    """Weight that prefers ``one``, in halves: who finds both equal counts half for either."""
    return compared.weight + compared.pairs[one][other] - compared.pairs[other][one]
