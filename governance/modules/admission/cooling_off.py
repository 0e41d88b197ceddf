"""What was clearly defeated can't be put to the vote again for a while: not by the same proposer, where it was text
alone, and not by anybody where it would have done the same.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from governance.documents import Bounds, spell
from governance.modules.questions import Admission, Line, Poll


class CoolingOff(Admission, frozen=True):
    """``cooling_off/1``: for ``wait_seconds`` after a rejection with less than ``below`` of the votes cast behind
    it.
    """

    NAME = "cooling_off/1"
    KEYS = ("rule.admission.cooling_off",)

    wait_seconds: Annotated[int, Bounds(60, 3660 * 86_400, "too_short", "too_long")]
    below: Fraction

    def cooling_off(self) -> int:
        """In milliseconds."""
        return self.wait_seconds * 1000

    def defeated(self, poll: Poll) -> bool:
        """By weight, of the ballots cast."""
        counted = poll.counted
        return counted.support.weight < self.below * poll.bases["cast"].weight * counted.unit

    def describe(self) -> Line:
        """With both."""
        return self.KEYS[0], {"fraction": spell(self.below), "wait_seconds": self.wait_seconds}
