"""The auditor's desk in SQLite: for ledgers whose records would not fit into memory, and for work that is gone on with.

A desk for one run is not synced, for nothing of it has to survive. One that is kept has a write-ahead log, and is
committed only at moments from which a later run can go on: whatever kills a run, the file is as it was at the last one.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger import canonical
from ledger.fold import Books
from ledger.merkle import HASH_SIZE
from ledger.state import Record, State
from ledger.tiles import Tile
from ledger.verify.desk import Point
from ledger.verify.report import Absent

KEPT: Final = 20_000
"""Records kept in memory, decoded, the ones used last."""
KEEP_EVERY: Final = 2_048
"""Entries between two moments at which a desk is committed."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, parent TEXT, sort TEXT, data BLOB,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_order ON record (kind, parent, sort, id);
CREATE TABLE IF NOT EXISTS trace (kind TEXT, subject TEXT, position INTEGER, entry INTEGER, time INTEGER, value TEXT,
    PRIMARY KEY (kind, subject, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS point (size INTEGER PRIMARY KEY, root BLOB, received INTEGER);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT, author TEXT, entry INTEGER, PRIMARY KEY (nonce, author)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tile (level INTEGER, number INTEGER, hashes BLOB, PRIMARY KEY (level, number));
CREATE TABLE IF NOT EXISTS kept (program TEXT, data BLOB);
"""
_TABLES: Final = ("record", "trace", "point", "nonce", "tile", "kept")
_FOR_ONE_RUN: Final = ("journal_mode=OFF", "synchronous=OFF")
_TO_BE_KEPT: Final = ("journal_mode=WAL", "synchronous=NORMAL")


class SqliteDesk:
    """``ledger.verify.desk.Desk`` over an SQLite file.

    ``program``: what identifies the program whose work may be gone on with; None where the file is for one run alone.
    sqlite3.Error where the file is no such desk, or another process works at it.
    """

    def __init__(self, path: Path, books: Books, program: str | None = None) -> None:
        self._books, self._program = books, program
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            self._open()
        except sqlite3.Error:
            self._connection.close()
            raise
        self._kept: OrderedDict[tuple[str, str], Record] = OrderedDict()
        self._size = self._committed = self._count("SELECT max(size) FROM point")
        self._rows = self._count("SELECT max(position) FROM trace")

    def close(self) -> None:
        """Let go of the file, which stays as it was when it was kept last."""
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

    def add_tile(self, tile: Tile, hashes: list[bytes]) -> None:
        """See ``Desk.add_tile``. Only work that is gone on with has a use for them."""
        if self._program is not None:
            row = (tile.level, tile.index, b"".join(hashes))
            self._connection.execute("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", row)

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile of the tree as this auditor has computed it; Absent where it has none such."""
        row = self._connection.execute(
            "SELECT hashes FROM tile WHERE level = ? AND number = ?", (tile.level, tile.index)
        ).fetchone()
        if row is None or len(row[0]) < tile.width * HASH_SIZE:
            raise Absent("source.absent", path=tile.path)
        return bytes(row[0][: tile.width * HASH_SIZE])

    def keep(self, make: Callable[[], bytes], *, now: bool = False) -> None:
        """See ``Desk.keep``."""
        if not now and self._size - self._committed < KEEP_EVERY:
            return
        if self._program is not None:
            self._connection.execute("DELETE FROM kept")
            self._connection.execute("INSERT INTO kept VALUES (?, ?)", (self._program, make()))
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")
        self._committed = self._size

    def kept(self) -> bytes | None:
        """See ``Desk.kept``. What another program has worked out is not gone on with."""
        row = self._connection.execute("SELECT program, data FROM kept").fetchone()
        if row is None and not self._size:
            return None
        return bytes(row[1]) if row is not None and row[0] == self._program else b""

    def clear(self) -> None:
        """See ``Desk.clear``."""
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        self._kept.clear()
        self._size = self._committed = self._rows = 0

    def _open(self) -> None:
        lasting = _FOR_ONE_RUN if self._program is None else _TO_BE_KEPT
        for pragma in ("locking_mode=EXCLUSIVE", *lasting, "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN IMMEDIATE")

    def _count(self, query: str) -> int:
        return self._connection.execute(query).fetchone()[0] or 0

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
