"""A log that is read from the database, to be exported: all of it as of one moment, at the published checkpoint.

The writer (``app/audit/export.py``) is plain and blocking, so it runs in a thread and asks the event loop for one piece
after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import asyncpg

from app.audit.export import export
from app.audit.house import discovery
from app.errors import GuardError
from app.installation import Installation
from app.storage.ledgers import Ledger, read_head
from app.storage.records import record_lines
from app.witness.cosigned import newest, with_cosignatures
from ledger.books.coop import ID, Coop
from ledger.private import Opening
from ledger.state import Memory, State
from ledger.verify.private import Scope

T = TypeVar("T")
_PIECE: Final = 1000
_TRIES: Final = 50
_PAUSE: Final = 0.1
"""Seconds before the next try to find the database at the published checkpoint."""


class Notes(NamedTuple):
    """The published checkpoint with the cosignatures under it, and an older one that enough witnesses have cosigned."""

    newest: bytes
    cosigned: bytes | None


class DatabaseLog:
    """``export.Log`` within one repeatable-read transaction, for a thread beside the event loop."""

    def __init__(
        self, installation: Installation, ledger: Ledger, connection: asyncpg.Connection, notes: Notes
    ) -> None:
        self._installation, self._ledger, self._connection, self._notes = installation, ledger, connection, notes
        self._loop = asyncio.get_running_loop()

    def note(self) -> bytes:
        """See ``export.Log``."""
        return self._notes.newest

    def cosigned(self) -> bytes | None:
        """See ``export.Log``."""
        return self._notes.cosigned

    def leaves(self) -> Iterator[bytes]:
        """See ``export.Log``."""
        query = "SELECT leaf FROM entry WHERE ledger_id = $1 ORDER BY index"
        return (leaf for (leaf,) in self._rows(query))

    def records(self) -> Iterator[bytes]:
        """See ``export.Log``."""
        return self._iterate(record_lines(self._connection, self._installation.books, self._ledger.id))

    def discovery(self) -> dict[str, Any]:
        """See ``export.Log``."""
        query = "SELECT data FROM record WHERE ledger_id = $1 AND kind = 'coop' AND id = $2"
        data = self._wait(self._connection.fetchval(query, self._ledger.id, ID))
        state = State(Memory())
        coop = self._installation.books.decode(Coop.kind, data.encode())
        state.put(coop)
        return discovery(state)

    def anchors(self) -> Iterator[tuple[int, bytes]]:
        """See ``export.Log``."""
        query = (
            "SELECT a.size, a.proof FROM record r "
            "JOIN anchored a ON a.ledger_id = r.ledger_id AND a.size = r.id::bigint "
            "WHERE r.ledger_id = $1 AND r.kind = 'anchor' AND a.proof IS NOT NULL ORDER BY a.size"
        )
        return ((size, proof) for size, proof in self._rows(query))

    def openings(self) -> Iterator[tuple[int, tuple[Opening, ...]]]:
        """See ``export.Log``. What is erased is left out."""
        query = (
            "SELECT e.index, p.subject, p.statement_id, p.path, p.sealed FROM private p "
            "JOIN entry e ON e.ledger_id = p.ledger_id AND e.statement_id = p.statement_id "
            "WHERE p.ledger_id = $1 ORDER BY e.index, p.path"
        )
        for index, rows in groupby(self._rows(query), key=lambda row: row[0]):
            opened = (self._installation.privacy.open(self._ledger.id, *row[1:]) for row in rows)
            found = tuple(opening for opening in opened if opening is not None)
            if found:
                yield index, found

    def _rows(self, query: str) -> Iterator[Any]:
        return self._iterate(self._connection.cursor(query, self._ledger.id, prefetch=_PIECE))

    def _iterate(self, source: AsyncIterator[T]) -> Iterator[T]:
        rows = aiter(source)
        while piece := self._wait(_piece(rows)):
            yield from piece

    def _wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(_awaited(work), self._loop).result()


async def write(installation: Installation, ledger: Ledger, folder: Path, scope: Scope | None) -> int:
    """Export a ledger into an empty folder; its size. FileExistsError, or GuardError where it must not be served."""
    for _ in range(_TRIES):
        # Before the connection: whoever holds one and waits for another can wait for ever.
        cosigned = await newest(installation, ledger)
        published = await installation.log.published(ledger)
        lines = await with_cosignatures(installation.database.pool, ledger, published)
        older = cosigned.note if cosigned is not None and cosigned.size < published.size else None
        async with (
            installation.exporting,
            installation.database.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            head = await read_head(connection, ledger.id)
            # While others append, what is committed and what is published may be a batch apart.
            if published.size == head.size:
                log = DatabaseLog(installation, ledger, connection, Notes(lines.note, older))
                await asyncio.to_thread(export, log, folder, scope)
                return head.size
        await asyncio.sleep(_PAUSE)
    raise GuardError("guard.ahead", origin=ledger.origin, published=published.size, size=head.size)


async def _piece(rows: AsyncIterator[T]) -> list[T]:
    piece: list[T] = []
    async for row in rows:
        piece.append(row)
        if len(piece) == _PIECE:
            break
    return piece


async def _awaited(work: Any) -> Any:
    return await work
