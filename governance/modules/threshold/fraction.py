"""A share of the voting weight must support the proposal, or the leading option."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from governance.documents import Fault, spell
from governance.modules.questions import Bases, Leading, Line, Method, Step, Threshold, compare

_OF = ("all", "present", "cast", "yes_no")


class Share(Threshold, frozen=True):
    """``fraction/1``: more than (``strict``) or at least ``fraction`` of the weight of all, present, cast or yes+no."""

    NAME = "fraction/1"
    KEYS = tuple(f"rule.threshold.fraction.{of}.{how}" for of in _OF for how in ("over", "at_least"))

    fraction: Fraction
    strict: bool
    of: Literal["all", "present", "cast", "yes_no"]

    def check(self) -> None:
        """More than the whole is never reached."""
        if self.strict and self.fraction == 1:
            raise Fault("fraction", "unreachable")

    def fits(self, method: Method) -> None:
        """Only what the method counts can be shared in."""
        if self.of not in method.BASES:
            raise Fault("of", "not_in_method")

    def test(self, leading: Leading, bases: Bases) -> Step:
        """By weight: with one member one vote that is heads."""
        have, base = leading.support.weight, bases[self.of].weight
        return compare("threshold", "weight", have, self.fraction, self.of, base, strict=self.strict)

    def describe(self) -> Line:
        """By base and comparison."""
        how = "over" if self.strict else "at_least"
        return f"rule.threshold.fraction.{self.of}.{how}", {"fraction": spell(self.fraction)}
