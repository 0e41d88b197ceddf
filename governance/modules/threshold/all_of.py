"""Several thresholds must all be reached: by heads and by weight together, or in all classes and in the whole."""

from __future__ import annotations

from governance.modules.parts import AllHold
from governance.modules.questions import Threshold, check_parts


class AllOf(AllHold, Threshold, frozen=True):
    """``all_of/1``, with two to eight ``parts``."""

    NAME = "all_of/1"
    KEYS = ("rule.threshold.all_of",)

    parts: tuple[Threshold, ...]

    def check(self) -> None:
        """Parts that are no compositions of the same kind, none twice."""
        check_parts(self.parts, AllOf)
