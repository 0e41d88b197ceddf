"""The questions that every rule answers, one base class each, and what is counted to answer them.

A module is a frozen struct: its fields are what the rule document sets, its methods are the answer.
It is handed all it needs and reads nothing else. Numbers are integers and fractions, never floats.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple

import msgspec

from governance.documents import Fault, spell

INVALID: Final = "invalid"
"""In a confidential count: sealed ballots that opened to no choice. Present, but not cast."""
MAX_OPTIONS: Final = 50

_CLASS: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
Result = Literal["passed", "failed", "no_quorum", "tied"]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Line = tuple[str, dict[str, Any]]
"""A key into the catalogues of sentences, and the parameters of that sentence."""


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many voters, and how much voting weight they have together."""

    heads: Natural = 0
    weight: Natural = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.heads + other.heads, self.weight + other.weight)


NOBODY: Final = Count()
Tally = Mapping[str, Count]
"""What was counted for each choice."""
Bases = Mapping[str, Count]
"""What a share can be a share of: ``all`` on the roll; ``present``: everyone whose ballot came in; ``cast``: the
valid ballots of those, abstentions included; ``yes_no``: those that say yes or no."""


class Standing(NamedTuple):
    """What the ledger says about a member at the opening of a vote."""

    cls: str
    active: bool


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a count as it can be shown: is ``have`` (over | at least) ``fraction`` of ``base``?

    ``need`` is the least integer that would do. ``unit`` is what is counted (heads or weight); ``of`` names
    the base. Without ``fraction`` two counts are compared directly.
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


class Leading(NamedTuple):
    """What a count speaks for: the choice (None when several lead alike), it and its strongest rival."""

    choice: str | None
    support: Count
    rival: Count
    tied: bool


def compare(name: str, unit: str, have: int, share: Fraction, of: str, base: int, *, strict: bool) -> Step:
    """The step that asks whether ``have`` reaches that share of ``base``."""
    bar = share * base
    # At least 1, whatever the share: nothing is ever reached of nothing.
    need = math.floor(bar) + 1 if strict else max(1, math.ceil(bar))
    return Step(
        name=name,
        unit=unit,
        have=have,
        comparison="over" if strict else "at_least",
        fraction=spell(share),
        of=of,
        base=base,
        need=need,
        holds=have >= need,
    )


class Module(msgspec.Struct, frozen=True):
    """Base of all answers. ``NAME`` is what a document calls it by; ``KEYS`` are all keys it describes itself with."""

    NAME: ClassVar[str]
    KEYS: ClassVar[tuple[str, ...]]

    def check(self) -> None:
        """Fault when the settings, each of the right type, are impossible together."""

    def describe(self) -> Line:
        """The key and parameters of a sentence about this module as set."""
        return self.KEYS[0], {}


class Electorate(Module, frozen=True):
    """Who may vote?"""

    def includes(self, member: Standing) -> bool:
        """Whether that member is on the roll."""
        raise NotImplementedError


class Weight(Module, frozen=True):
    """How much does a vote weigh?"""

    def of(self, member: Standing) -> int:
        """Voting weight, at least 1, of a member on the roll."""
        raise NotImplementedError


class Method(Module, frozen=True):
    """What may a ballot say, and what do the ballots say together?

    ``OPTIONS``: least and most options that a proposal brings along. ``BASES``: what thresholds may refer to.
    """

    OPTIONS: ClassVar[tuple[int, int]] = (0, 0)
    BASES: ClassVar[tuple[str, ...]]

    def choices(self, options: int) -> tuple[str, ...]:
        """Every valid choice, in order."""
        raise NotImplementedError

    def bases(self, roll: Count, tally: Tally) -> Bases:
        """What shares can be taken of."""
        raise NotImplementedError

    def leading(self, tally: Tally, options: int) -> Leading:
        """What leads."""
        raise NotImplementedError


class Quorum(Module, frozen=True):
    """Have enough taken part for anything to be decided?"""

    def test(self, bases: Bases) -> Step | None:
        """The step that says so; None where nothing is asked."""
        raise NotImplementedError


class Threshold(Module, frozen=True):
    """Is there enough support?"""

    def fits(self, method: Method) -> None:
        """Fault when this threshold asks what the method can't tell."""
        raise NotImplementedError

    def test(self, leading: Leading, bases: Bases) -> Step:
        """The step that says so."""
        raise NotImplementedError


class Tie(Module, frozen=True):
    """What if support and opposition are equal?"""

    RESULT: ClassVar[Result]


class Timing(Module, frozen=True):
    """When does voting open and close, and when does a decision take effect? All in milliseconds."""

    def delay(self) -> int:
        """Least time between calling the vote and its opening."""
        raise NotImplementedError

    def voting(self) -> int:
        """From opening to close."""
        raise NotImplementedError

    def timelock(self) -> int:
        """From the decision to its execution."""
        raise NotImplementedError


class Secrecy(Module, frozen=True):
    """Who sees a choice? ``SEALED``: ballots carry commitments, and the count is announced."""

    SEALED: ClassVar[bool]


def total(tally: Tally) -> Count:
    """Everyone whose ballot came in."""
    return sum(tally.values(), NOBODY)


def check_codes(codes: tuple[str, ...], field: str) -> None:
    """Fault unless there is at least one class code and none stands twice."""
    if not codes:
        raise Fault(field, "empty")
    for position, code in enumerate(codes):
        if not _CLASS.match(code):
            raise Fault(f"{field}/{position}", "not_a_class")
        if code in codes[:position]:
            raise Fault(f"{field}/{position}", "twice")
