"""The beginning of an order that is asked for again and again, such as what falls due next."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Final

WIDTH: Final = 1024
"""Places read at a time; with twice as many the last are let go."""

Place = tuple[str, str]
"""(sort, id) of a record."""


class Window:
    """The first places of one order of records, while records come, move and go. It has all up to its last, or is
    ``whole``; where it is too short for a question, its owner makes another from what is stored.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        """``places``: the first ``WIDTH`` in their order, fewer where there are no more."""
        self._places = list(places)
        self._whole = len(places) < WIDTH

    def put(self, place: Place) -> None:
        """A record stands there now."""
        places = self._places
        if not self._whole and (not places or place > places[-1]):
            return
        insort(places, place)
        if len(places) > 2 * WIDTH:
            del places[WIDTH:]
            self._whole = False

    def drop(self, place: Place) -> None:
        """It does not any more."""
        at = bisect_left(self._places, place)
        if self._places[at : at + 1] == [place]:
            del self._places[at]

    def first(self, count: int) -> list[Place] | None:
        """The first ``count`` places, or all; None where the window is too short to tell."""
        return self._places[:count] if self._whole or len(self._places) >= count else None
