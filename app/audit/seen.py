"""What this auditor verified last, ledger by ledger: a private SQLite file in the folder given with ``--state``."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ledger.verify.names import Before
from ledger.verify.report import KeySpan

FILE = "auditor.sqlite3"
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, note BLOB NOT NULL, vkey TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS log_key (origin TEXT, vkey TEXT, since INTEGER, until INTEGER)",
    "CREATE TABLE IF NOT EXISTS succeeded (origin TEXT PRIMARY KEY, successor TEXT, entries INTEGER)",
)


class LastSeen:
    """Signed checkpoints, and the keys they hold under, by origin; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / FILE, isolation_level=None)
            for table in _SCHEMA:
                self._connection.execute(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def note(self, origin: str) -> bytes | None:
        """The signed checkpoint verified last, or None."""
        row = self._row(origin)
        return None if row is None else row[0]

    def vkey(self, origin: str) -> str | None:
        """The key that the checkpoint verified last was signed with, or None."""
        row = self._row(origin)
        return None if row is None else row[1]

    def origins(self) -> list[str]:
        """The logs of which something is remembered."""
        rows = [] if self._connection is None else self._connection.execute("SELECT origin FROM seen ORDER BY origin")
        return [origin for (origin,) in rows]

    def keys(self, origin: str) -> tuple[KeySpan, ...]:
        """Every key that the log had by the last verified tree, newest first."""
        if self._connection is None:
            return ()
        rows = self._connection.execute(
            "SELECT vkey, since, until FROM log_key WHERE origin = ? ORDER BY since DESC", (origin,)
        )
        return tuple(KeySpan(*row) for row in rows)

    def goes_on(self, successor: str, predecessors: tuple[Before, ...]) -> None:
        """Remember which logs that one goes on from, and with how many of their entries. Only after a complete pass."""
        if self._connection is not None:
            rows = [(before.origin, successor, before.entries) for before in predecessors]
            self._connection.executemany("INSERT OR REPLACE INTO succeeded VALUES (?, ?, ?)", rows)

    def successor(self, origin: str) -> tuple[str, int] | None:
        """The log that goes on from that one, and how many of its entries it has; None where none is remembered."""
        if self._connection is None:
            return None
        row: tuple[str, int] | None = self._connection.execute(
            "SELECT successor, entries FROM succeeded WHERE origin = ?", (origin,)
        ).fetchone()
        return row

    def advance(self, origin: str, note: bytes, vkey: str, keys: tuple[KeySpan, ...] = ()) -> None:
        """Remember this checkpoint. Only after a complete pass: it then extends the one before."""
        if self._connection is None:
            return
        with self._connection:
            self._connection.execute("BEGIN")
            self._connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (origin, note, vkey))
            self._connection.execute("DELETE FROM log_key WHERE origin = ?", (origin,))
            rows = [(origin, *key) for key in keys]
            self._connection.executemany("INSERT INTO log_key VALUES (?, ?, ?, ?)", rows)

    def _row(self, origin: str) -> tuple[bytes, str] | None:
        if self._connection is None:
            return None
        row: tuple[bytes, str] | None = self._connection.execute(
            "SELECT note, vkey FROM seen WHERE origin = ?", (origin,)
        ).fetchone()
        return row
