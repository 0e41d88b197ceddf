"""A share of the votes must support the proposal, or the leading option."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from governance.count import Step, compare
from governance.documents import Fault, spell
from governance.modules.questions import Line, Method, Poll, Threshold

_OF = ("all", "present", "cast", "yes_no", "expressed")
_HALF = Fraction(1, 2)


class Share(Threshold, frozen=True):
    """``fraction/1``: more than (``strict``) or at least ``fraction`` of all, present, cast, or of those that choose.

    ``unit``: counted by voting weight, or by heads where the articles count members.
    """

    NAME = "fraction/1"
    KEYS = (
        *(f"rule.threshold.fraction.{of}.{how}" for of in _OF for how in ("over", "at_least")),
        "rule.threshold.heads",
    )

    fraction: Fraction
    strict: bool
    of: Literal["all", "present", "cast", "yes_no", "expressed"]
    unit: Literal["weight", "heads"] = "weight"

    def check(self) -> None:
        """More than the whole is never reached."""
        if self.strict and self.fraction == 1:
            raise Fault("fraction", "unreachable")

    def fits(self, method: Method) -> None:
        """Only what the method counts can be shared in."""
        if self.of not in method.BASES:
            raise Fault("of", "not_in_method")

    def halves(self) -> bool:
        """More than half: equal votes are just not enough.

        Not of all, where equal votes may be far from half; and not by heads, which a tie of weight says nothing about.
        """
        return self.fraction == _HALF and self.strict and self.of != "all" and self.unit == "weight"

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """By weight (with one member one vote that is heads), or by heads."""
        counted, base = poll.counted, poll.bases[self.of]
        scale = counted.unit if self.unit == "weight" else 1
        have, whole = getattr(counted.support, self.unit), getattr(base, self.unit) * scale
        return (compare("threshold", self.unit, have, self.fraction, self.of, whole, strict=self.strict),)

    def describe(self) -> Line:
        """By base and comparison."""
        how = "over" if self.strict else "at_least"
        line = f"rule.threshold.fraction.{self.of}.{how}", {"fraction": spell(self.fraction)}
        return line if self.unit == "weight" else ("rule.threshold.heads", {"parts": [line]})
