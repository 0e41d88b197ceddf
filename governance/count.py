"""What is counted: heads and weight, what the ballots of a vote say, and what a count of them finds.

Every number is an integer. Where votes are split or passed on, amounts are counted in ``unit`` parts of a vote.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Final, NamedTuple

import msgspec

from governance.documents import spell

INVALID: Final = "invalid"
"""Sealed ballots that opened to no choice: present, but not cast."""
ABSTAIN: Final = "abstain"
"""Ballots that choose nothing: cast, but for nobody."""
MAX_OPTIONS: Final = 200
"""Options that a proposal brings along itself. Budgeting takes more (``MAX_PROJECTS``), each proposed by itself."""
MAX_PROJECTS: Final = 10_000

Natural = Annotated[int, msgspec.Meta(ge=0)]


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many voters, and how much voting weight they have together."""

    heads: Natural = 0
    weight: Natural = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.heads + other.heads, self.weight + other.weight)


NOBODY: Final = Count()
Tally = Mapping[str, Count]
"""What was counted for each choice: of ballots, every different choice as it is written on them (a profile)."""
Bases = Mapping[str, Count]
"""What a share can be a share of: ``all`` on the roll; ``present``: everyone who took part; ``cast``: the valid
ballots of those, abstentions included; ``expressed``: without abstentions, which is ``yes_no`` where one says yes
or no."""


class Paper(NamedTuple):
    """What a proposal brings to the count besides its ballots: how many options for how many seats, and where
    options cost something, what each costs and how much there is to spend.
    """

    options: int = 0
    seats: int = 1
    costs: tuple[int, ...] = ()
    budget: int = 0


class Sorted(NamedTuple):
    """The ballots of a vote: those that choose, by what they say, and those that don't."""

    marks: dict[str, Count]
    abstained: Count
    invalid: Count

    @property
    def expressed(self) -> Count:
        """All that choose."""
        return total(self.marks.values())


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One round of a count, as it can be shown. ``amounts`` for every option still in it, in ``unit`` parts.

    ``elected`` and ``excluded``: what this round decided. ``quota``: what it took to be elected. ``exhausted``: what
    names nobody who is still in it. ``lot``: options between which the order of the lot decided.
    """

    amounts: dict[str, int]
    elected: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    quota: int | None = None
    exhausted: int = 0
    lot: tuple[str, ...] = ()


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a method finds in a profile. Amounts of weight are in ``unit`` parts of a vote.

    ``tally``: each choice (of what the method lists) or each option with the heads that name it and the weight
    that it ends with, and the ballots that are ``abstain`` or ``invalid`` (in whole votes). ``winners``: in the
    order in which they won; empty where nobody did. ``support``: the weakest winner's (where none won: the strongest
    option's); ``rival``: the strongest loser's. ``tied``: options of which not all can win and none comes before the
    other; then only a lot or a casting vote, handed to the method as an order of options, makes winners of some.
    ``cast`` and ``abstained``: ballots. ``pairs``: for every two options the weight that puts the first before the
    second, row by row. ``grades``: for every option the weight that gave it each grade, from the lowest.
    """

    tally: dict[str, Count]
    winners: tuple[str, ...]
    support: Count
    rival: Count
    cast: Count
    abstained: Count
    tied: tuple[str, ...] = ()
    unit: int = 1
    rounds: tuple[Round, ...] = ()
    pairs: tuple[tuple[int, ...], ...] = ()
    grades: tuple[tuple[int, ...], ...] = ()


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a decision as it can be shown: is ``have`` (over | at least | at most) ``fraction`` of ``base``?

    ``need`` is the least (most) integer that would do. ``unit`` is what is counted (heads or weight); ``of`` names
    the base. Without ``fraction`` two counts are compared directly. ``cls``: the class asked, None for everyone.
    """

    name: str
    unit: str
    have: int
    comparison: str
    fraction: str | None
    of: str
    base: int
    need: int
    holds: bool
    cls: str | None = None


def compare(  # noqa: PLR0913  (what a step shows)
    name: str, unit: str, have: int, share: Fraction, of: str, base: int, *, strict: bool, cls: str | None = None
) -> Step:
    """The step that asks whether ``have`` reaches that share of ``base``."""
    bar = share * base
    # At least 1, whatever the share: nothing is ever reached of nothing.
    need = math.floor(bar) + 1 if strict else max(1, math.ceil(bar))
    comparison = "over" if strict else "at_least"
    return Step(name, unit, have, comparison, spell(share), of, base, need, have >= need, cls)


def total(counts: Iterable[Count]) -> Count:
    """All of them together."""
    heads = weight = 0
    for count in counts:
        heads += count.heads
        weight += count.weight
    return Count(heads, weight)


def sort_out(profile: Tally) -> Sorted:
    """Put the ballots that choose something apart from the others."""
    marks = {choice: count for choice, count in profile.items() if choice not in (ABSTAIN, INVALID)}
    return Sorted(marks, profile.get(ABSTAIN, NOBODY), profile.get(INVALID, NOBODY))


def option(number: int) -> str:
    """What the ``number``-th option, counted from 1, is called in tallies: ``option_3``."""
    return f"option_{number}"


def options(paper: Paper) -> tuple[str, ...]:
    """All options by the names that tallies have for them, in the proposal's order."""
    return tuple(option(number) for number in range(1, paper.options + 1))
