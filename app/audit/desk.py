"""The auditor's desk in SQLite: for ledgers whose records would not fit into memory, and for work that is gone on with.

A desk for one run is not synced, for nothing of it has to survive. One that is kept has a write-ahead log, and is
committed only at moments from which a later run can go on: whatever kills a run, the file is as it was at the last one.

What is written stays in memory first (*fresh*) and goes to the file in bulk, in the order of its trees: much of it is
written over or dropped before. What was read or written last stays at hand in two generations, the older of which is
let go when the younger is full.
"""

from __future__ import annotations

import json
import sqlite3
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from app.audit.window import WIDTH, Place, Window
from ledger import canonical
from ledger.fold import Books
from ledger.merkle import HASH_SIZE
from ledger.state import Record, State, Trace
from ledger.tiles import Tile
from ledger.verify.desk import Point
from ledger.verify.report import Absent

KEPT: Final = 40_000
"""Records of one generation in memory: when so many were read or written, the file is brought up to date."""
WINDOWS: Final = 64
"""Orders whose beginnings are kept in memory."""
KEEP_EVERY: Final = 2_048
"""Entries between two moments at which a desk is committed."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY, kind TEXT, id TEXT, parent TEXT, sort TEXT,
    listed INTEGER, line BLOB);
CREATE UNIQUE INDEX IF NOT EXISTS record_id ON record (kind, id);
CREATE INDEX IF NOT EXISTS record_order ON record (kind, parent, sort, id) WHERE listed = 1;
CREATE TABLE IF NOT EXISTS listed (kind TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trace (kind TEXT, subject TEXT, position INTEGER, entry INTEGER, time INTEGER, value TEXT,
    PRIMARY KEY (kind, subject, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS point (size INTEGER PRIMARY KEY, root BLOB, received INTEGER);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT, author TEXT, entry INTEGER, PRIMARY KEY (nonce, author)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tile (level INTEGER, number INTEGER, hashes BLOB, PRIMARY KEY (level, number));
CREATE TABLE IF NOT EXISTS kept (program TEXT, data BLOB);
"""
_TABLES: Final = ("record", "listed", "trace", "point", "nonce", "tile", "kept")
_FOR_ONE_RUN: Final = ("journal_mode=OFF", "synchronous=OFF")
_TO_BE_KEPT: Final = ("journal_mode=WAL", "synchronous=NORMAL")
_PUT: Final = """INSERT INTO record (kind, id, parent, sort, listed, line) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, id) DO UPDATE SET sort = excluded.sort, line = excluded.line"""
_BASE64: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_BY_VALUE: Final = str.maketrans(_BASE64, "".join(sorted(_BASE64)))
"""Another alphabet for base64, in which texts are ordered as the bytes are."""

T = TypeVar("T")


class _Line(msgspec.Struct, Generic[T]):
    """Of a record's line, what it says besides kind and id."""

    record: T


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
        self._readers: dict[str, msgspec.json.Decoder[Any]] = {}
        self._forget()
        self._size = self._written = self._committed = self._count("SELECT max(size) FROM point")
        self._rows = self._count("SELECT max(position) FROM trace")
        self._newest = self._count("SELECT max(nonce) FROM nonce") or ""
        self._listed = {kind for (kind,) in self._connection.execute("SELECT kind FROM listed")}

    def _forget(self) -> None:
        self._young: dict[tuple[str, str], Record | None] = {}
        self._old: dict[tuple[str, str], Record | None] = {}
        self._windows: dict[tuple[str, str], Window] = {}
        self._fresh: dict[tuple[str, str], Record | None] = {}
        self._fresh_under: dict[tuple[str, str], dict[str, Record | None]] = {}
        self._fresh_rows: dict[tuple[str, str], list[tuple[int, Trace]]] = {}
        self._fresh_points: list[Point] = []
        self._fresh_nonces: dict[tuple[str, str], int] = {}
        self._remembered: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the file, which stays as it was when it was kept last."""
        self._connection.close()

    def get(self, kind: str, id_: str) -> Record | None:
        """See ``Source.get``."""
        key = (kind, id_)
        if key in self._young:
            return self._young[key]
        # Whatever is fresh is young, so the file knows all that is in neither generation.
        if key in self._old:
            found = self._old[key]
        else:
            row = self._connection.execute("SELECT line FROM record WHERE kind = ? AND id = ?", key).fetchone()
            found = None if row is None else self._read(kind, row[0])
        self._young[key] = found
        return found

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """See ``Source.scan``."""
        if limit is not None and limit <= WIDTH // 2:
            return [record for _, id_ in self._first(kind, parent, limit) if (record := self.get(kind, id_))]
        self._list(kind)
        fresh = self._fresh_under.get((kind, parent), {})
        rows = self._connection.execute(
            "SELECT id, line FROM record WHERE listed = 1 AND kind = ? AND parent = ? ORDER BY sort, id LIMIT ?",
            (kind, parent, -1 if limit is None else limit + len(fresh)),
        )
        found = [self._young.get((kind, id_)) or self._read(kind, line) for id_, line in rows if id_ not in fresh]
        if fresh:
            found.extend(record for record in fresh.values() if record is not None)
            found.sort(key=lambda record: (record.sort, record.id))
        return found if limit is None else found[:limit]

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """See ``Source.traced``."""
        for _, row in reversed(self._fresh_rows.get((kind, subject), ())):
            if row.index <= index and row.time < time:
                return row.value
        found = self._connection.execute(
            "SELECT value FROM trace WHERE kind = ? AND subject = ? AND entry <= ? AND time < ?"
            " ORDER BY position DESC LIMIT 1",
            (kind, subject, index, time),
        ).fetchone()
        return None if found is None else json.loads(found[0])

    def known(self, question: str) -> Any:
        """See ``Source.known``."""
        return self._remembered.get(question)

    def remember(self, question: str, answer: Any) -> None:
        """See ``Source.remember``."""
        self._remembered[question] = answer

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """See ``Source.traces``."""
        rows = self._connection.execute(
            "SELECT subject, value FROM trace WHERE kind = ? AND entry <= ? AND time < ? ORDER BY subject, position",
            (kind, index, time),
        )
        found = {subject: json.loads(value) for subject, value in rows}
        for (of, subject), fresh in self._fresh_rows.items():
            if of == kind:
                found.update((subject, row.value) for _, row in fresh if row.index <= index and row.time < time)
        return found

    def absorb(self, state: State) -> None:
        """See ``Desk.absorb``."""
        fresh, young = self._fresh, self._young
        for kind, written in state.records.items():
            if kind in self._listed:
                for id_, record in written.items():
                    self._place(kind, id_, record)
            for id_, record in written.items():
                fresh[kind, id_] = young[kind, id_] = record
        for row in state.rows:
            self._rows += 1
            self._fresh_rows.setdefault((row.kind, row.subject), []).append((self._rows, row))
        state.records, state.rows = {}, []
        if len(self._young) > KEPT:
            self._write()
            self._old, self._young = self._young, {}

    def add_point(self, point: Point) -> None:
        """See ``Desk.add_point``."""
        self._size += 1
        self._fresh_points.append(point)
        if len(self._fresh_points) > KEPT:
            self._write()

    def point(self, size: int) -> Point | None:
        """See ``Desk.point``."""
        if size > self._written:
            return self._fresh_points[size - self._written - 1] if size <= self._size else None
        row = self._connection.execute("SELECT root, received FROM point WHERE size = ?", (size,)).fetchone()
        return None if row is None else Point(*row)

    def claim(self, author: str, nonce: str, index: int) -> int | None:
        """See ``Desk.claim``."""
        # Nonces begin with the time, so nearly every one is newer than all in the file.
        key = (nonce.translate(_BY_VALUE), author)
        if key[0] <= self._newest:
            row = self._connection.execute("SELECT entry FROM nonce WHERE nonce = ? AND author = ?", key).fetchone()
            if row is not None:
                return int(row[0])
        earlier = self._fresh_nonces.setdefault(key, index)
        return None if earlier == index else earlier

    def lines(self) -> Iterator[tuple[str, str, bytes]]:
        """See ``Desk.lines``."""
        self._write()
        yield from self._connection.execute("SELECT kind, id, line FROM record ORDER BY kind, id")

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
        if self._program is None or (not now and self._size - self._committed < KEEP_EVERY):
            return
        self._write()
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
        self._forget()
        self._size = self._written = self._committed = self._rows = 0
        self._newest = ""
        self._listed.clear()

    def _open(self) -> None:
        lasting = _FOR_ONE_RUN if self._program is None else _TO_BE_KEPT
        for pragma in ("locking_mode=EXCLUSIVE", *lasting, "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("BEGIN IMMEDIATE")

    def _count(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0] or 0

    def _place(self, kind: str, id_: str, record: Record | None) -> None:
        """Take note of where a record will stand in its order."""
        old = self.get(kind, id_)
        known = old if record is None else record
        if known is None:
            return
        under = (kind, known.parent)
        window = self._windows.get(under)
        if window is not None:
            if old is not None:
                window.drop((old.sort, id_))
            if record is not None:
                window.put((record.sort, id_))
        self._fresh_under.setdefault(under, {})[id_] = record

    def _first(self, kind: str, parent: str, count: int) -> list[Place]:
        under = (kind, parent)
        window = self._windows.get(under)
        places = None if window is None else window.first(count)
        if places is None:
            self._list(kind)
            if self._fresh_under.get(under):
                self._write()
            rows = self._connection.execute(
                "SELECT sort, id FROM record WHERE listed = 1 AND kind = ? AND parent = ? ORDER BY sort, id LIMIT ?",
                (kind, parent, WIDTH),
            )
            if len(self._windows) >= WINDOWS:
                del self._windows[next(iter(self._windows))]
            window = self._windows[under] = Window(rows.fetchall())
            places = window.first(count)
        return places or []

    def _list(self, kind: str) -> None:
        """Have an index over the orders of that kind. Most kinds are never asked for in any order."""
        if kind not in self._listed:
            self._write()
            self._connection.execute("UPDATE record SET listed = 1 WHERE kind = ?", (kind,))
            self._connection.execute("INSERT INTO listed VALUES (?)", (kind,))
            self._listed.add(kind)

    def _read(self, kind: str, line: bytes) -> Record:
        reader = self._readers.get(kind)
        if reader is None:
            reader = self._readers[kind] = msgspec.json.Decoder(_Line[self._books.kinds[kind]])  # type: ignore[name-defined]
        return reader.decode(line).record  # type: ignore[no-any-return]

    def _write(self) -> None:
        """Bring the file up to date."""
        many = self._connection.executemany
        fresh = sorted(self._fresh.items())
        many("DELETE FROM record WHERE kind = ? AND id = ?", (key for key, record in fresh if record is None))
        many(_PUT, ((*key, r.parent, r.sort, key[0] in self._listed, r.line()) for key, r in fresh if r is not None))
        rows = (row for rows in self._fresh_rows.values() for row in rows)
        many(
            "INSERT INTO trace VALUES (?, ?, ?, ?, ?, ?)",
            ((r.kind, r.subject, at, r.index, r.time, canonical.encode(r.value).decode()) for at, r in rows),
        )
        points = enumerate(self._fresh_points, start=self._written + 1)
        many("INSERT INTO point VALUES (?, ?, ?)", ((size, *point) for size, point in points))
        nonces = sorted((*key, index) for key, index in self._fresh_nonces.items())
        many("INSERT INTO nonce VALUES (?, ?, ?)", nonces)
        self._written = self._size
        self._newest = max(self._newest, nonces[-1][0]) if nonces else self._newest
        for kept in (self._fresh, self._fresh_under, self._fresh_rows, self._fresh_points, self._fresh_nonces):
            kept.clear()
