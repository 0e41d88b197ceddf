"""Multi-row statements of the hot path. Lengths are powers of two, so that few prepared statements serve all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import asyncpg

_LONGEST: Final = 128


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
CHECKPOINTS: Final = Insert("checkpoint", ("ledger_id", "size", "root", "note"), "ON CONFLICT DO NOTHING")
PRIVATES: Final = Insert("private", ("ledger_id", "subject", "statement_id", "path", "sealed"))


async def insert(connection: asyncpg.Connection, into: Insert, rows: Sequence[Sequence[Any]]) -> None:
    """Insert all rows, in as few statements as lengths that are powers of two allow."""
    start = 0
    while start < len(rows):
        count = min(_LONGEST, 1 << ((len(rows) - start).bit_length() - 1))
        values = [value for row in rows[start : start + count] for value in row]
        await connection.execute(_statement(into, count), *values)
        start += count


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
