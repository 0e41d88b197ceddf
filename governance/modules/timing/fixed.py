"""Lengths of time fixed by the rule."""

from __future__ import annotations

from typing import Annotated, Final

from governance.documents import Bounds
from governance.modules.questions import Line, Timing

MIN_VOTING: Final = 60
"""Seconds. Shorter than this nobody can read what they vote on."""
MAX_SECONDS: Final = 366 * 86_400
"""A year: whatever takes longer has been forgotten by those who began it."""
Voting = Annotated[int, Bounds(MIN_VOTING, MAX_SECONDS, "too_short", "too_long")]
Wait = Annotated[int, Bounds(0, MAX_SECONDS, "negative", "too_long")]


class Fixed(Timing, frozen=True):
    """``fixed/1``: seconds of voting, of delay before it, and of timelock after the decision."""

    NAME = "fixed/1"
    KEYS = ("rule.timing.fixed",)

    voting_seconds: Voting
    delay_seconds: Wait
    timelock_seconds: Wait

    def delay(self) -> int:
        """In milliseconds."""
        return self.delay_seconds * 1000

    def voting(self) -> int:
        """In milliseconds."""
        return self.voting_seconds * 1000

    def timelock(self) -> int:
        """In milliseconds."""
        return self.timelock_seconds * 1000

    def describe(self) -> Line:
        """All three lengths, in seconds."""
        return self.KEYS[0], {field: getattr(self, field) for field in self.__struct_fields__}
