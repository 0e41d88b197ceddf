"""Who signed a version of the minutes, when, and where on the ledger that stands; and whose signature is missing."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.reading import Reading
from governance.books.minutes import Minutes
from ledger.statement import parse_leaf

_SIGNED: Final = (
    "SELECT e.author, e.index, e.received, e.leaf FROM entry e JOIN record r ON r.ledger_id = e.ledger_id "
    "WHERE e.ledger_id = $1 AND r.kind = 'minutes' AND r.id = $2 AND e.index > $3 AND e.index <= r.changed "
    "AND e.author = ANY($4) AND position(convert_to($5, 'UTF8') IN e.leaf) > 0 ORDER BY e.index"
)
"""The record was last changed by the last signature, so that nothing after it is read."""

_UNSIGNED: Final = (
    "SELECT m.id FROM record v JOIN record m ON m.ledger_id = v.ledger_id AND m.kind = 'meeting' "
    "AND m.id = v.data->>'meeting' WHERE v.ledger_id = $1 AND v.kind = 'minutes' AND v.data->>'final_at' IS NULL "
    "AND m.data->>'closed_at' IS NOT NULL AND m.data->>'minutes' = v.data->>'version' "
    "AND (m.data->>'chair' = $2 OR (m.data->'signers')::jsonb ? $2) "
    "AND NOT coalesce((v.data->'signed')::jsonb ? $2, false) ORDER BY m.id"
)


class Signature(NamedTuple):
    """The entry's number, and when it was received (ms)."""

    entry: int
    at: int


async def signatures(reading: Reading, version: Minutes) -> dict[str, Signature]:
    """By member."""
    rows = await reading.pool.fetch(
        _SIGNED, reading.ledger_id, version.id, version.index, list(version.signed), f'"meeting":"{version.meeting}"'
    )
    wanted = {"meeting": version.meeting, "version": version.version}
    found = ((row, parse_leaf(row["leaf"]).statement) for row in rows)
    return {
        row["author"]: Signature(row["index"], row["received"])
        for row, statement in found
        if statement.type == "minutes.sign/1" and statement.body == wanted
    }


async def unsigned(reading: Reading, member: str) -> list[str]:
    """Meetings whose minutes, as last written, wait for this member's signature."""
    rows = await reading.pool.fetch(_UNSIGNED, reading.ledger_id, member)
    return [row["id"] for row in rows]
