"""Lengths of time fixed by the rule."""

from __future__ import annotations

from typing import Final

from governance.documents import Fault, check_seconds
from governance.modules.questions import Line, Timing

MIN_VOTING: Final = 60
"""Seconds. Shorter than this nobody can read what they vote on."""
MAX_SECONDS: Final = 366 * 86_400
"""A year: whatever takes longer has been forgotten by those who began it."""


class Fixed(Timing, frozen=True):
    """``fixed/1``: seconds of voting, of delay before it, and of timelock after the decision."""

    NAME = "fixed/1"
    KEYS = ("rule.timing.fixed",)

    voting_seconds: int
    delay_seconds: int
    timelock_seconds: int

    def check(self) -> None:
        """Voting lasts a minute to a year; waiting nothing to a year."""
        if self.voting_seconds < MIN_VOTING:
            raise Fault("voting_seconds", "too_short")
        check_seconds(self, MAX_SECONDS)

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
