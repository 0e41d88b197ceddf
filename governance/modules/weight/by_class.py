"""A fixed weight for each class. Nobody on the roll weighs nothing: who has no vote is not on the roll."""

from __future__ import annotations

from typing import Annotated, Final

from governance.documents import Bounds
from governance.modules.questions import Line, Weight, check_codes
from governance.standing import Standing

MAX_WEIGHT: Final = 1_000_000
"""Ten million members of this weight still sum to an integer that JSON carries exactly."""
ClassWeight = Annotated[int, Bounds(1, MAX_WEIGHT, "not_positive", "too_large")]


class ByClass(Weight, frozen=True):
    """``by_class/1``: ``weights`` by class code, and ``others`` for every class not named."""

    NAME = "by_class/1"
    KEYS = ("rule.weight.by_class",)

    weights: dict[str, ClassWeight]
    others: ClassWeight

    def check(self) -> None:
        """At least one class."""
        check_codes(self.weights, "weights")

    def of(self, member: Standing) -> int:
        """What the class weighs."""
        return self.weights.get(member.cls, self.others)

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """All of the heaviest class."""
        return members * max(self.others, *self.weights.values())

    def describe(self) -> Line:
        """Names the classes and their weights."""
        return self.KEYS[0], {"weights": dict(sorted(self.weights.items())), "others": self.others}
