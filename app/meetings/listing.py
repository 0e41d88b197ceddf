"""Meetings as a list: what comes, what goes on, what was."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.reading import Reading
from governance.books.meetings import Meeting

PAGE: Final = 20
COMING: Final = 100
"""More meetings than these are not convened at a time."""
_COMING: Final = "mark = 'coming'"
_PAST: Final = "mark IS DISTINCT FROM 'coming'"


class Line(NamedTuple):
    """A meeting with its title and place; empty where there is none, or it has been erased."""

    meeting: Meeting
    title: str
    place: str


async def coming(reading: Reading, limit: int = COMING) -> list[Line]:
    """Those that are convened or open, the next one first."""
    return await _lines(reading, _COMING, "ASC", limit, 0)


async def past(reading: Reading, page: int) -> tuple[list[Line], bool]:
    """A page of those that were held or did not take place, the latest first; and whether there are more."""
    found = await _lines(reading, _PAST, "DESC", PAGE + 1, (page - 1) * PAGE)
    return found[:PAGE], len(found) > PAGE


async def _lines(reading: Reading, which: str, order: str, limit: int, offset: int) -> list[Line]:
    rows = await reading.pool.fetch(
        f"SELECT id FROM record WHERE ledger_id = $1 AND kind = 'meeting' AND {which} "  # noqa: S608 (fixed words)
        f"ORDER BY (data->>'starts_at')::bigint {order}, id LIMIT $2 OFFSET $3",
        reading.ledger_id,
        limit,
        offset,
    )
    ids = [row["id"] for row in rows]
    records = await reading.find_many(Meeting, ids)
    found = [records[id_] for id_ in ids]
    texts = await reading.texts([(one.statement, path) for one in found for path in ("title", "place")])
    return [
        Line(one, str(texts.get((one.statement, "title"), "")), str(texts.get((one.statement, "place"), "")))
        for one in found
    ]
