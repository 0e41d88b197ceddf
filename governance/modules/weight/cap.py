"""Caps on weights that grow with what somebody has."""

from __future__ import annotations

from typing import Final

from governance.documents import Fault

MAX_WEIGHT: Final = 1_000_000_000
"""Nine million members of this weight still sum to an integer that JSON carries exactly."""


def check_cap(cap: int | None) -> None:
    """Fault unless it is None or from 1 up."""
    if cap is not None and cap < 1:
        raise Fault("cap", "not_positive")
    if cap is not None and cap > MAX_WEIGHT:
        raise Fault("cap", "too_large")


def capped(amount: int, cap: int | None) -> int:
    """The amount, not below 0 and not above the cap."""
    return max(0, min(amount, MAX_WEIGHT if cap is None else cap))
