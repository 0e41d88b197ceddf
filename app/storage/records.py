"""A ledger's records in the order of an export: by kind and id, each as its canonical line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import asyncpg

from ledger.fold import Books

_AHEAD: Final = 1000


async def record_lines(connection: asyncpg.Connection, books: Books, ledger_id: int) -> AsyncIterator[bytes]:
    """``Record.line()`` of every record; within a transaction, whose moment all of them show."""
    query = "SELECT kind, data FROM record WHERE ledger_id = $1 ORDER BY kind, id"
    async for kind, data in connection.cursor(query, ledger_id, prefetch=_AHEAD):
        yield books.decode(kind, data.encode()).line()
