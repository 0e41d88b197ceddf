"""The service's clock, and the two witnesses it is held against: the monotonic clock and the database's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from app.errors import ClockError

TOLERANCE: Final = 5_000
"""Milliseconds by which clocks may differ before the service stops appending."""


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _steady() -> int:
    # Counts the time a sleeping computer sleeps, where the system has such a clock.
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(source) // 1_000_000


class Clock:
    """Milliseconds since 1970 (UTC). A jump is judged from the moment this object was made, for as long as it lasts."""

    def __init__(self, wall: Callable[[], int] = _wall, steady: Callable[[], int] = _steady) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def now(self) -> int:
        """The present moment."""
        return self._wall()

    def check(self, database: int) -> int:
        """The present moment, once both witnesses agree with it. ClockError ``clock.jumped`` or ``clock.differs``."""
        now = self._wall()
        jump = now - self._steady() - self._offset
        if abs(jump) > TOLERANCE:
            raise ClockError("clock.jumped", milliseconds=jump)
        if abs(now - database) > TOLERANCE:
            raise ClockError("clock.differs", milliseconds=now - database)
        return now
