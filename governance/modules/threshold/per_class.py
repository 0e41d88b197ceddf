"""A share of each of several classes must support the proposal (double majority): no house is outvoted."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from governance.count import NOBODY, Count, Step, compare
from governance.documents import Fault, spell
from governance.modules.questions import House, Line, Method, Poll, Threshold, check_codes

_EMPTY = House(NOBODY, NOBODY, {})


class PerClass(Threshold, frozen=True):
    """``per_class/1``: in each of ``classes``, more than (``strict``) or at least ``fraction`` of the heads ``of``
    that class.
    """

    NAME = "per_class/1"
    KEYS = ("rule.threshold.per_class.over", "rule.threshold.per_class.at_least")
    BY_CLASS = True

    classes: tuple[str, ...]
    fraction: Fraction
    strict: bool
    of: Literal["all", "present", "yes_no"]

    def check(self) -> None:
        """One class at least; more than the whole is never reached."""
        check_codes(self.classes, "classes")
        if self.strict and self.fraction == 1:
            raise Fault("fraction", "unreachable")

    def fits(self, method: Method) -> None:
        """Options can win in one class and lose in another: only yes and no can be asked of each."""
        if "yes_no" not in method.BASES:
            raise Fault("module", "needs_yes_no")

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """One step for each class."""
        steps = []
        for code in self.classes:
            house = poll.houses.get(code, _EMPTY)
            yes = house.tally.get("yes", NOBODY).heads
            steps.append(
                compare(
                    "threshold", "heads", yes, self.fraction, self.of, self._base(house), strict=self.strict, cls=code
                )
            )
        return tuple(steps)

    def _base(self, house: House) -> int:
        if self.of == "yes_no":
            both: Count = house.tally.get("yes", NOBODY) + house.tally.get("no", NOBODY)
            return both.heads
        return house.roll.heads if self.of == "all" else house.present.heads

    def describe(self) -> Line:
        """Names the classes."""
        params = {"classes": list(self.classes), "fraction": spell(self.fraction), "of": self.of}
        return self.KEYS[0 if self.strict else 1], params
