"""Who is at a meeting, as its pages count and list them."""

from __future__ import annotations

from typing import Final

from app.reading import Reading
from governance.books.attendance import Attendance

EVERYBODY: Final = 100_000
"""More do not come to a meeting."""


async def here(reading: Reading, meeting: str) -> list[Attendance]:
    """Who is checked in now."""
    came = await reading.children(Attendance, meeting, limit=EVERYBODY)
    return [one for one in came if one.left_at is None]
