"""The fold's source over PostgreSQL: a cache that answers at once or says what has to be fetched.

The cache is right only under the head's lock and only for that head: its lane brings it along with every batch, and
drops it whenever something went wrong or another process has appended. Absences are cached as well as records.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import asyncpg
import msgspec

from ledger import canonical
from ledger.fold import Books
from ledger.state import Missing, Record, State

T = TypeVar("T")
Request = tuple[Any, ...]

CACHE_LIMIT: Final = 200_000
"""Records, trace answers and roots that one ledger's cache may hold before it is dropped."""
_SCAN_MARGIN: Final = 64
_NEWEST: Final = 8
"""Rows of one subject's trace that are fetched at once: of what seldom changes they are all there are."""
_MAX_FETCHES: Final = 2_000
"""Fetches for one question, after which it is held to ask without end; a chain of delegations takes two a member."""


class Unsettled(Exception):
    """A request, not an error: the statement waits until the answer to this question has been found beside the lock."""


class _Scan:
    """The first rows of one (kind, parent) in their order; ``complete`` when there are no more."""

    def __init__(self, keys: list[tuple[str, str]], *, complete: bool) -> None:
        self.keys, self.complete = keys, complete
        self.sorts = {id_: sort for sort, id_ in keys}

    def put(self, sort: str, id_: str) -> None:
        """Take in a written record. What lies beyond the known rows stays unknown."""
        self.drop(id_)
        if self.complete or (self.keys and (sort, id_) < self.keys[-1]):
            insort(self.keys, (sort, id_))
            self.sorts[id_] = sort

    def drop(self, id_: str) -> None:
        """Forget a record that is gone or about to move."""
        sort = self.sorts.pop(id_, None)
        if sort is not None:
            del self.keys[bisect_left(self.keys, (sort, id_))]


class _Rows:
    """The newest rows of one subject's trace, newest first; ``complete`` when there are no more.

    ``earlier``: what was found of those that lie before them.
    """

    def __init__(self, rows: list[tuple[int, int, Any]], *, complete: bool) -> None:
        self.rows, self.complete = rows, complete
        self.earlier: dict[tuple[int, int], Any] = {}

    @property
    def size(self) -> int:
        """How much of the cache it takes."""
        return 1 + len(self.rows) + len(self.earlier)

    def at(self, index: int, time: int) -> Any:
        """See ``Source.traced``. KeyError where that is not known."""
        for row_index, row_time, value in self.rows:
            if row_index <= index and row_time < time:
                return value
        return None if self.complete else self.earlier[index, time]


class PostgresSource:
    """``ledger.state.Source`` and ``ledger.fold.History`` of one ledger. ``fetch`` answers what was ``Missing``."""

    def __init__(self, books: Books, ledger_id: int, settled: Mapping[str, Any] | None = None) -> None:
        """``settled``: answers to questions that no later entry can change, found beside the lock."""
        self._books, self._ledger_id = books, ledger_id
        # Not a copy: whoever keeps it adds to it.
        self._settled: Mapping[str, Any] = {} if settled is None else settled
        self._records: dict[tuple[str, str], Record | None] = {}
        self._scans: dict[tuple[str, str], _Scan] = {}
        self._traced: dict[tuple[str, str], _Rows] = {}
        self._traces: dict[str, dict[tuple[int, int], Mapping[str, Any]]] = {}
        self._remembered: dict[str, Any] = {}
        self._roots: dict[int, str] = {}
        self._unpublished: set[int] = set()
        self._answers = 0
        self.waits: Callable[[str], bool] | None = None
        """Whether the statement at hand waits for the answer to a question; None: none does."""

    @property
    def full(self) -> bool:
        """Whether it holds so much that it should be dropped."""
        return len(self._records) + len(self._roots) + self._answers > CACHE_LIMIT

    # What the fold asks.

    def get(self, kind: str, id_: str) -> Record | None:
        """See ``Source.get``."""
        try:
            return self._records[kind, id_]
        except KeyError:
            raise Missing("get", kind, id_) from None

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """See ``Source.scan``."""
        scan = self._scans.get((kind, parent))
        if scan is None or not (scan.complete or (limit is not None and len(scan.keys) >= limit)):
            raise Missing("scan", kind, parent, limit)
        return [self._known(kind, id_) for _, id_ in (scan.keys if limit is None else scan.keys[:limit])]

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """See ``Source.traced``."""
        try:
            return self._traced[kind, subject].at(index, time)
        except KeyError:
            raise Missing("traced", kind, subject, index, time) from None

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """See ``Source.traces``."""
        try:
            return self._traces[kind][index, time]
        except KeyError:
            raise Missing("traces", kind, index, time) from None

    def known(self, question: str) -> Any:
        """See ``Source.known``."""
        found = self._remembered.get(question, self._settled.get(question))
        if found is None and self.waits is not None and self.waits(question):
            raise Unsettled(question)
        return found

    def remember(self, question: str, answer: Any) -> None:
        """See ``Source.remember``. It goes with this cache, so with whatever it was found from."""
        self._remembered[question] = answer
        # Read for this answer, the traces of a million members: the cache would be dropped as full, the answer with it.
        self._answers -= sum(len(found) for answers in self._traces.values() for found in answers.values())
        self._traces.clear()

    def root_at(self, size: int) -> str | None:
        """See ``History.root_at``."""
        if size in self._unpublished:
            return None
        try:
            return self._roots[size]
        except KeyError:
            raise Missing("root", size) from None

    # What its lane tells it.

    def publish(self, size: int, root: bytes) -> None:
        """A checkpoint was published."""
        self._roots[size] = canonical.b64(root)
        self._unpublished.discard(size)

    def begin(self) -> None:
        """A new batch: what was unpublished at the last one may have been published since, by any process."""
        self._unpublished.clear()

    def absorb(self, state: State) -> None:
        """Take in what a state over this source has written; the state keeps it as well."""
        for kind, written in state.records.items():
            for id_, record in written.items():
                self._put(kind, id_, record)
        for row in state.rows:
            gone = self._traced.pop((row.kind, row.subject), None)
            self._answers -= 0 if gone is None else gone.size
            answers = self._traces.get(row.kind, {})
            for index, time in [key for key in answers if row.index <= key[0] and row.time < key[1]]:
                del answers[index, time]

    async def fetch(self, connection: asyncpg.Connection, requests: Iterable[Request]) -> None:
        """Fetch what ``Missing`` named. The database must hold everything that was absorbed."""
        together: dict[tuple[str, str], list[str]] = {}
        sizes: list[int] = []
        for request in dict.fromkeys(_single(requests)):
            match request:
                case ("get", kind, id_) | ("scan", kind, id_, None):
                    together.setdefault((request[0], kind), []).append(id_)
                case ("scan", kind, parent, limit):
                    await self._fetch_first(connection, kind, parent, limit)
                case ("traced", kind, subject, index, time):
                    await self._fetch_traced(connection, kind, subject, (index, time))
                case ("traces", kind, index, time):
                    await self._fetch_traces(connection, kind, (index, time))
                case ("root", size):
                    sizes.append(size)
                case _:
                    raise TypeError(request)
        for (what, kind), ids in together.items():
            await (self._fetch_records if what == "get" else self._fetch_children)(connection, kind, ids)
        if sizes:
            await self._fetch_roots(connection, sizes)

    # Within.

    def _known(self, kind: str, id_: str) -> Record:
        record = self._records[kind, id_]
        if record is None:
            raise AssertionError((kind, id_))  # scans and records are kept together
        return record

    def _put(self, kind: str, id_: str, record: Record | None) -> None:
        old = self._records.get((kind, id_))
        self._records[kind, id_] = record
        parent = record.parent if record is not None else old.parent if old is not None else None
        # A dropped record that was never cached stands in no cached scan: scans bring their records along.
        scan = self._scans.get((kind, parent)) if parent is not None else None
        if scan is not None and record is not None:
            scan.put(record.sort, id_)
        elif scan is not None:
            scan.drop(id_)

    async def _fetch_records(self, connection: asyncpg.Connection, kind: str, ids: list[str]) -> None:
        query = "SELECT id, data FROM record WHERE ledger_id = $1 AND kind = $2 AND id = ANY($3)"
        rows = await connection.fetch(query, self._ledger_id, kind, ids)
        found = {id_: self._books.decode(kind, data.encode()) for id_, data in rows}
        for id_ in ids:
            self._records[kind, id_] = found.get(id_)

    async def _fetch_first(self, connection: asyncpg.Connection, kind: str, parent: str, limit: int) -> None:
        asked = 2 * limit + _SCAN_MARGIN
        query = (
            "SELECT sort, id, data FROM record WHERE ledger_id = $1 AND kind = $2 AND parent = $3 "
            "ORDER BY sort, id LIMIT $4"
        )
        rows = await connection.fetch(query, self._ledger_id, kind, parent, asked)
        for _, id_, data in rows:
            self._records[kind, id_] = self._books.decode(kind, data.encode())
        keys = [(sort, id_) for sort, id_, _ in rows]
        self._scans[kind, parent] = _Scan(keys, complete=len(rows) < asked)

    async def _fetch_children(self, connection: asyncpg.Connection, kind: str, parents: list[str]) -> None:
        query = (
            "SELECT parent, sort, id, data FROM record WHERE ledger_id = $1 AND kind = $2 AND parent = ANY($3) "
            "ORDER BY parent, sort, id"
        )
        keys: dict[str, list[tuple[str, str]]] = {parent: [] for parent in parents}
        for parent, sort, id_, data in await connection.fetch(query, self._ledger_id, kind, parents):
            self._records[kind, id_] = self._books.decode(kind, data.encode())
            keys[parent].append((sort, id_))
        for parent in parents:
            self._scans[kind, parent] = _Scan(keys[parent], complete=True)

    async def _fetch_traced(
        self, connection: asyncpg.Connection, kind: str, subject: str, before: tuple[int, int]
    ) -> None:
        known = self._traced.get((kind, subject))
        if known is None:
            query = (
                "SELECT index, time, value FROM trace WHERE ledger_id = $1 AND kind = $2 AND subject = $3 "
                "ORDER BY index DESC, position DESC LIMIT $4"
            )
            found = await connection.fetch(query, self._ledger_id, kind, subject, _NEWEST)
            rows = [(index, time, msgspec.json.decode(value)) for index, time, value in found]
            known = self._traced[kind, subject] = _Rows(rows, complete=len(rows) < _NEWEST)
            self._answers += known.size
        if known.complete or any(row[0] <= before[0] and row[1] < before[1] for row in known.rows):
            return
        query = (
            "SELECT value FROM trace WHERE ledger_id = $1 AND kind = $2 AND subject = $3 AND index <= $4 AND time < $5 "
            "ORDER BY index DESC, position DESC LIMIT 1"
        )
        value = await connection.fetchval(query, self._ledger_id, kind, subject, *before)
        self._answers += before not in known.earlier
        known.earlier[before] = None if value is None else msgspec.json.decode(value)

    async def _fetch_traces(self, connection: asyncpg.Connection, kind: str, before: tuple[int, int]) -> None:
        query = (
            "SELECT DISTINCT ON (subject) subject, value FROM trace "
            "WHERE ledger_id = $1 AND kind = $2 AND index <= $3 AND time < $4 "
            "ORDER BY subject, index DESC, position DESC"
        )
        rows = await connection.fetch(query, self._ledger_id, kind, *before)
        self._traces.setdefault(kind, {})[before] = {subject: msgspec.json.decode(value) for subject, value in rows}
        self._answers += len(rows)

    async def _fetch_roots(self, connection: asyncpg.Connection, sizes: list[int]) -> None:
        query = "SELECT size, root FROM checkpoint WHERE ledger_id = $1 AND size = ANY($2)"
        for size, root in await connection.fetch(query, self._ledger_id, sizes):
            self._roots[size] = canonical.b64(root)
        self._unpublished.update(size for size in sizes if size not in self._roots)


def _single(requests: Iterable[Request]) -> Iterator[Request]:
    for request in requests:
        if request[0] == "all":
            yield from _single(request[1:])
        else:
            yield request


async def ask(connection: asyncpg.Connection, books: Books, ledger_id: int, question: Callable[[State], T]) -> T:
    """What a pure ``question`` finds out about the ledger's committed state; all of it at one moment."""
    source = PostgresSource(books, ledger_id)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        for _ in range(_MAX_FETCHES):
            try:
                # It may count a great many ballots, and others have requests too.
                return await asyncio.to_thread(question, State(source))
            except Missing as missing:
                await source.fetch(connection, [missing.request])
    raise RuntimeError(f"{question} asks without end")
