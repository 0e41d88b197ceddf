"""Caps on weights that grow with what somebody has."""

from __future__ import annotations

from typing import Annotated, Final

from governance.documents import Bounds

MAX_WEIGHT: Final = 1_000_000_000
"""Nine million members of this weight still sum to an integer that JSON carries exactly."""
Cap = Annotated[int, Bounds(1, MAX_WEIGHT, "not_positive", "too_large")]


def capped(amount: int, cap: int | None) -> int:
    """The amount, not below 0 and not above the cap."""
    return max(0, min(amount, MAX_WEIGHT if cap is None else cap))
