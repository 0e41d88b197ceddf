"""Ballots that put marks against numbered options: ``1,4,7`` approves, ``1:5,3:2`` gives amounts.

Options ascend, numbers are decimal without zeros in front, amounts are at least 1, and what is not named has nothing:
whatever can be said has one spelling. How long a text can be follows from the paper, so longer ones are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Final

from governance.count import Count

_NUMBER: Final = "[1-9][0-9]{0,5}"
_APPROVALS: Final = re.compile(f"{_NUMBER}(?:,{_NUMBER})*\\Z")
_AMOUNTS: Final = re.compile(f"{_NUMBER}:{_NUMBER}(?:,{_NUMBER}:{_NUMBER})*\\Z")


def approvals(text: str, options: int, most: int) -> tuple[int, ...] | None:
    """The options that a ballot approves, ``most`` of ``options`` at most; None where it says no such thing."""
    if len(text) > most * (len(str(options)) + 1) or not _APPROVALS.match(text):
        return None
    named = tuple(map(int, text.split(",")))
    return named if len(named) <= most and _ascend(named, options) else None


def amounts(text: str, options: int, highest: int) -> dict[int, int] | None:
    """What a ballot gives to each option that it names, ``highest`` at most; None where it says no such thing."""
    if len(text) > options * (len(str(options)) + len(str(highest)) + 2) or not _AMOUNTS.match(text):
        return None
    pairs = [tuple(map(int, mark.split(":"))) for mark in text.split(",")]
    named, given = zip(*pairs, strict=True)
    return dict(zip(named, given, strict=True)) if _ascend(named, options) and max(given) <= highest else None


def tally(ballots: Mapping[str, Count]) -> dict[str, Count]:
    """How many ballots bear each mark (``4``, ``3:2``), and with what weight.

    Ballots of equal count are taken together, so that a million different ones are soon gone through.
    """
    alike: dict[tuple[int, int], list[str]] = {}
    for text, count in ballots.items():
        alike.setdefault((count.heads, count.weight), []).append(text)
    found: dict[str, Count] = {}
    for (heads, weight), texts in alike.items():
        for mark, times in Counter(chain.from_iterable(text.split(",") for text in texts)).items():
            before = found.get(mark)
            here = Count(heads * times, weight * times)
            found[mark] = before + here if before else here
    return found


def split(mark: str) -> tuple[int, int]:
    """``3:2`` as option and amount."""
    named, _, amount = mark.partition(":")
    return int(named), int(amount)


def _ascend(named: Sequence[int], options: int) -> bool:
    """Every option once, in the order of the paper."""
    return all(one < another for one, another in pairwise(named)) and named[-1] <= options
