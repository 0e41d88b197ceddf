"""The auditor's desk in SQLite: for ledgers whose records would not fit into memory.

Everything is written at once within one long transaction, which is committed every so often to keep SQLite's
own journal small. Nothing has to survive a crash, so the file is not synced.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger import canonical
from ledger.fold import Books
from ledger.state import Record, State
from ledger.verify.desk import Point

KEPT: Final = 20_000
"""Records kept in memory, decoded, the ones used last."""
_COMMIT_EVERY: Final = 10_000

_SCHEMA: Final = """
CREATE TABLE record (kind TEXT, id TEXT, parent TEXT, sort TEXT, data BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX record_order ON record (kind, parent, sort, id);
CREATE TABLE trace (kind TEXT, subject TEXT, position INTEGER, entry INTEGER, time INTEGER, value TEXT,
    PRIMARY KEY (kind, subject, position)) WITHOUT ROWID;
CREATE TABLE point (size INTEGER PRIMARY KEY, root BLOB, received INTEGER);
CREATE TABLE nonce (nonce TEXT, author TEXT, entry INTEGER, PRIMARY KEY (nonce, author)) WITHOUT ROWID;
"""


class SqliteDesk:
    """``ledger.verify.desk.Desk`` over a fresh SQLite file."""

    def __init__(self, path: Path, books: Books) -> None:
        self._books = books
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN")
        self._kept: OrderedDict[tuple[str, str], Record] = OrderedDict()
        self._size = 0
        self._rows = 0

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def get(self, kind: str, id_: str) -> Record | None:
        """See ``Source.get``."""
        key = (kind, id_)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        row = self._connection.execute("SELECT data FROM record WHERE kind = ? AND id = ?", key).fetchone()
        return None if row is None else self._keep(self._books.decode(kind, row[0]))

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """See ``Source.scan``."""
        rows = self._connection.execute(
            "SELECT data FROM record WHERE kind = ? AND parent = ? ORDER BY sort, id LIMIT ?",
            (kind, parent, -1 if limit is None else limit),
        )
        return [self._books.decode(kind, data) for (data,) in rows]

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """See ``Source.traced``."""
        row = self._connection.execute(
            "SELECT value FROM trace WHERE kind = ? AND subject = ? AND entry <= ? AND time < ?"
            " ORDER BY position DESC LIMIT 1",
            (kind, subject, index, time),
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """See ``Source.traces``."""
        rows = self._connection.execute(
            "SELECT subject, value FROM trace WHERE kind = ? AND entry <= ? AND time < ? ORDER BY subject, position",
            (kind, index, time),
        )
        return {subject: json.loads(value) for subject, value in rows}

    def absorb(self, state: State) -> None:
        """See ``Desk.absorb``."""
        for kind, written in state.records.items():
            for id_, record in written.items():
                self._put(kind, id_, record)
        for row in state.rows:
            self._rows += 1
            value = canonical.encode(row.value).decode()
            self._connection.execute(
                "INSERT INTO trace VALUES (?, ?, ?, ?, ?, ?)",
                (row.kind, row.subject, self._rows, row.index, row.time, value),
            )
        state.records, state.rows = {}, []

    def add_point(self, point: Point) -> None:
        """See ``Desk.add_point``."""
        self._size += 1
        self._connection.execute("INSERT INTO point VALUES (?, ?, ?)", (self._size, point.root, point.received))
        if self._size % _COMMIT_EVERY == 0:
            self._connection.execute("COMMIT")
            self._connection.execute("BEGIN")

    def point(self, size: int) -> Point | None:
        """See ``Desk.point``."""
        row = self._connection.execute("SELECT root, received FROM point WHERE size = ?", (size,)).fetchone()
        return None if row is None else Point(*row)

    def claim(self, author: str, nonce: str, index: int) -> int | None:
        """See ``Desk.claim``."""
        cursor = self._connection.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)", (nonce, author, index))
        if cursor.rowcount:
            return None
        earlier = self._connection.execute("SELECT entry FROM nonce WHERE nonce = ? AND author = ?", (nonce, author))
        return int(earlier.fetchone()[0])

    def lines(self) -> Iterator[tuple[str, str, bytes]]:
        """See ``Desk.lines``."""
        for kind, id_, data in self._connection.execute("SELECT kind, id, data FROM record ORDER BY kind, id"):
            yield kind, id_, self._books.decode(kind, data).line()

    def _put(self, kind: str, id_: str, record: Record | None) -> None:
        if record is None:
            self._kept.pop((kind, id_), None)
            self._connection.execute("DELETE FROM record WHERE kind = ? AND id = ?", (kind, id_))
            return
        self._keep(record)
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET sort = excluded.sort, data = excluded.data",
            (kind, id_, record.parent, record.sort, msgspec.json.encode(record)),
        )

    def _keep(self, record: Record) -> Record:
        self._kept[record.kind, record.id] = record
        self._kept.move_to_end((record.kind, record.id))
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return record
