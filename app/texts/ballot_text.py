"""Ballots that say more than one word, read and told: ``1,4``, ``1:5,3:2``, ``3>1=2``.

``app/static/js/ballot/text.js`` reads and tells them alike. What a ballot may say is for the methods of ``governance``
to judge; here only its shape is read, so that whoever reads it in words has read all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

_NUMBER: Final = "[1-9][0-9]{0,5}"
_APPROVED: Final = re.compile(f"{_NUMBER}(?:,{_NUMBER})*\\Z")
_GIVEN: Final = re.compile(f"{_NUMBER}:{_NUMBER}(?:,{_NUMBER}:{_NUMBER})*\\Z")
_RANKED: Final = re.compile(f"{_NUMBER}(?:[>=]{_NUMBER})+\\Z")
_TEENS: Final = (11, 12, 13)


class Approved(NamedTuple):
    """Options that are named, and no more is said of them: approved, or the only one that is ranked."""

    options: tuple[int, ...]


class Given(NamedTuple):
    """What each named option is given: a score, a grade, points, votes."""

    amounts: dict[int, int]


class Ranked(NamedTuple):
    """Options in order, several on one level where they are equal."""

    levels: tuple[tuple[int, ...], ...]


Said = Approved | Given | Ranked


def read(text: str) -> Said | None:
    """What a ballot says; None for a single word (``yes``, ``option_2``, ``abstain``) and for no ballot at all."""
    if _APPROVED.match(text):
        return Approved(tuple(map(int, text.split(","))))
    if _GIVEN.match(text):
        pairs = [mark.partition(":") for mark in text.split(",")]
        # Said twice is not said at all: a word of it would be lost.
        given = {int(option): int(amount) for option, _, amount in pairs}
        return Given(given) if len(given) == len(pairs) else None
    if _RANKED.match(text):
        return Ranked(tuple(tuple(map(int, level.split("="))) for level in text.split(">")))
    return None


def tell(
    said: Said, option: Callable[[int], str], fill: Callable[[str, str], str], integer: Callable[[int], str]
) -> str:
    """In words. ``option``: what an option is called; ``fill``: a way of writing of the catalogue with a text in it."""
    if isinstance(said, Approved):
        return fill("format.join", "").join(map(option, said.options))
    if isinstance(said, Given):
        return fill("format.ballot.join", "").join(
            fill("format.ballot.given", option(number)) + integer(amount) for number, amount in said.amounts.items()
        )
    return fill("format.ballot.join", "").join(
        fill(place(number), str(number)) + fill("format.ballot.level", "").join(map(option, level))
        for number, level in enumerate(said.levels, 1)
    )


def place(number: int) -> str:
    """The key of the way in which a place is written: ``1st``, ``2nd``, ``11th``."""
    last = number % 10
    return f"format.place.{last}" if last in (1, 2, 3) and number % 100 not in _TEENS else "format.place"
