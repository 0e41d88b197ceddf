"""Multi-row statements of the hot path. They come in few lengths, so that few prepared statements serve all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import asyncpg

_LENGTHS: Final = (*range(1, 17), 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128)
"""Of these any number of rows up to 128 is made by two at most. A table's statements fit beside the others' in what a
connection keeps prepared.
"""


class Insert(NamedTuple):
    """An INSERT: its table, its columns, and what follows the rows."""

    table: str
    columns: tuple[str, ...]
    ending: str = ""


ENTRIES: Final = Insert(
    "entry", ("ledger_id", "index", "statement_id", "author", "nonce", "received", "leaf", "leaf_hash")
)
RECORDS: Final = Insert(
    "record",
    ("ledger_id", "kind", "id", "parent", "sort", "data", "changed"),
    "ON CONFLICT (ledger_id, kind, id) DO UPDATE "
    "SET sort = excluded.sort, data = excluded.data, changed = excluded.changed",
)
TRACES: Final = Insert("trace", ("ledger_id", "kind", "subject", "index", "position", "time", "value"))
TILES: Final = Insert("tile", ("ledger_id", "level", "index", "data", "root"))
PRIVATES: Final = Insert("private", ("ledger_id", "subject", "statement_id", "path", "sealed"))


async def insert(connection: asyncpg.Connection, into: Insert, rows: Sequence[Sequence[Any]]) -> None:
    """Insert all rows, in as few statements as the lengths allow."""
    start = 0
    while start < len(rows):
        count = _LENGTHS[bisect_right(_LENGTHS, len(rows) - start) - 1]
        values = [value for row in rows[start : start + count] for value in row]
        await connection.execute(_statement(into, count), *values)
        start += count


async def keep_checkpoint(connection: asyncpg.Connection, ledger_id: int, size: int, root: bytes, note: bytes) -> None:
    """Keep a published checkpoint's row, unless it is there.

    Without an open transaction this is one of its own that does not wait for the disk, in a single round trip: the
    protocol that takes several commands at once takes no parameters, and these are numbers and hexadecimal digits.
    """
    row = f"{ledger_id:d}, {size:d}, '\\x{root.hex()}', '\\x{note.hex()}'"
    keep = f"INSERT INTO checkpoint (ledger_id, size, root, note) VALUES ({row}) ON CONFLICT DO NOTHING"  # noqa: S608
    if connection.is_in_transaction():
        await connection.execute(keep)
    else:
        await connection.execute(f"SET LOCAL synchronous_commit TO off; {keep}")


async def delete_records(connection: asyncpg.Connection, ledger_id: int, gone: Sequence[tuple[str, str]]) -> None:
    """Remove records, named by (kind, id)."""
    kinds: dict[str, list[str]] = {}
    for kind, id_ in gone:
        kinds.setdefault(kind, []).append(id_)
    for kind, ids in kinds.items():
        query = "DELETE FROM record WHERE ledger_id = $1 AND kind = $2 AND id = ANY($3)"
        await connection.execute(query, ledger_id, kind, ids)


@cache
def _statement(into: Insert, count: int) -> str:
    width = len(into.columns)
    rows = (", ".join(f"${row * width + column + 1}" for column in range(width)) for row in range(count))
    values = "), (".join(rows)
    # Names come from the constants above, values are parameters.
    return f"INSERT INTO {into.table} ({', '.join(into.columns)}) VALUES ({values}) {into.ending}"  # noqa: S608
