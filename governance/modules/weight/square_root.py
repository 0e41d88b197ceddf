"""A vote weighs the square root of another weight, rounded down: many little ones outweigh one big one."""

from __future__ import annotations

import math
from collections.abc import Iterable

from governance.documents import Fault
from governance.modules.questions import Line, Weight
from governance.standing import Standing


class SquareRoot(Weight, frozen=True, rename={"of_": "of"}):
    """``square_root/1`` of the weight ``of``."""

    NAME = "square_root/1"
    KEYS = ("rule.weight.square_root",)

    of_: Weight

    def check(self) -> None:
        """Not of a root, and not of a share of the total."""
        if isinstance(self.of_, SquareRoot) or self.of_.BY_CLASS:
            raise Fault("of/module", "parts_nested")

    def of(self, member: Standing) -> int:
        """The integer root: the largest whose square is not larger."""
        return math.isqrt(self.of_.of(member))

    def most(self, members: int, minted: int) -> int:
        """All of the same weight: nothing has a larger sum of roots."""
        return math.isqrt(members * self.of_.most(members, minted))

    def reads(self) -> Iterable[str]:
        """What the other looks at."""
        return self.of_.reads()

    def ago(self) -> tuple[int, ...]:
        """What the other asks."""
        return self.of_.ago()

    def describe(self) -> Line:
        """With the other's sentence."""
        return self.KEYS[0], {"parts": [self.of_.describe()]}
