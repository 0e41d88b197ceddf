"""Hashes of the tree as they are stored: leaf hashes beside their entries, others as the roots of full tiles."""

from __future__ import annotations

import asyncpg

from app.errors import LedgerDamaged


async def stored_hashes(
    connection: asyncpg.Connection, ledger_id: int, level: int, start: int, count: int
) -> list[bytes]:
    """``count`` hashes of a tile level from ``start`` on; LedgerDamaged ``log.incomplete`` where one is missing."""
    if not count:
        return []
    if level == 0:
        query = "SELECT leaf_hash FROM entry WHERE ledger_id = $1 AND index >= $2 AND index < $3 ORDER BY index"
        rows = await connection.fetch(query, ledger_id, start, start + count)
    else:
        query = (
            "SELECT root FROM tile WHERE ledger_id = $1 AND index >= $2 AND index < $3 AND level = $4 ORDER BY index"
        )
        rows = await connection.fetch(query, ledger_id, start, start + count, level - 1)
    if len(rows) != count:
        raise LedgerDamaged("log.incomplete", level=level, index=start + len(rows))
    return [row[0] for row in rows]
