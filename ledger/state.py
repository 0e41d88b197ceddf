"""What the fold reads and writes: records, traces, and overlays that can be dropped without a trace.

A ``Source`` answers from somewhere (PostgreSQL, SQLite, dictionaries); a ``State`` lies over a source,
keeps every write to itself and is a source too, so overlays stack: one for the batch, one for each
statement on top. A source that would have to wait for its answer raises ``Missing``; its caller
fetches what is named and runs the handler again, which is safe because handlers are pure.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

import msgspec

from ledger import canonical
from ledger.errors import Refusal

R = TypeVar("R", bound="Record")
T = TypeVar("T")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a book keeps. Immutable: a change puts another record of the same kind and id.

    ``index`` is the entry that created it. ``parent`` and ``sort`` say under what, and in which order,
    ``State.scan`` finds it. Fields hold JSON values of the canonical value space.
    """

    kind: ClassVar[str]
    id: str
    index: int

    @property
    def parent(self) -> str:
        """What this record belongs to; scans go by (kind, parent)."""
        return ""

    @property
    def sort(self) -> str:
        """Order within the parent, before the id."""
        return ""

    def line(self) -> bytes:
        """The record's canonical line, as exported and as hashed by an auditor."""
        if canonical.is_plain(msgspec.structs.astuple(self), depth=1):
            return canonical.spell(_Line(self.id, self.kind, self))
        return canonical.encode({"id": self.id, "kind": self.kind, "record": msgspec.to_builtins(self)})


class _Line(msgspec.Struct):
    id: str
    kind: str
    record: Record


class Due(Record, frozen=True, kw_only=True):
    """A transition that time alone brings about. Applied in the order of (at, id)."""

    kind: ClassVar[str] = "due"
    at: int
    action: str
    subject: str

    @property
    def sort(self) -> str:
        """Zero-padded milliseconds, so that text order is time order."""
        return f"{self.at:016d}"


class Trace(msgspec.Struct, frozen=True):
    """From entry ``index`` and moment ``time`` (ms) on, ``subject`` has ``value`` in the trace of that kind."""

    kind: str
    subject: str
    index: int
    time: int
    value: Any


class ReadOnce(Generic[T]):
    """Documents that records hold, read by ``read`` once: nearly every statement asks for the same few.

    They are known again by their identity, for nobody changes what a record holds.
    """

    MOST: Final = 128

    def __init__(self, read: Callable[[Any], T]) -> None:
        self._read = read
        self._known: dict[int, tuple[Any, T]] = {}

    def __call__(self, document: Any) -> T:
        """What ``read`` gives."""
        found = self._known.get(id(document))
        # The document is kept with what was read from it, so that its identity can't pass to another.
        if found is None or found[0] is not document:
            if len(self._known) >= self.MOST:
                self._known.clear()
            found = self._known[id(document)] = (document, self._read(document))
        return found[1]


class Missing(Exception):
    """A request, not an error: whoever can wait fetches what is named and tries again.

    The request is ``("get", kind, id)``, ``("scan", …)`` or ``("trace", …)``; or ``("all", request, …)``.
    """

    def __init__(self, *request: Any) -> None:
        super().__init__(*request)
        self.request = request


def each(asks: Iterable[Callable[[], T]]) -> list[T]:
    """What every one of these finds out; what several of them miss is asked for at once, not one after the other."""
    found, missing = [], []
    for ask in asks:
        try:
            found.append(ask())
        except Missing as caught:
            missing.append(caught.request)
    if missing:
        raise Missing("all", *missing)
    return found


class Source(Protocol):
    """Where a state reads what it has not written itself."""

    def get(self, kind: str, id_: str) -> Record | None:
        """The record, or None."""

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """The first ``limit`` records (None: all) of that kind and parent, ordered by (sort, id)."""

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """The value of ``subject``'s last row with row.index <= index and row.time < time; None without one."""

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """The same for every subject that has such a row."""

    def known(self, question: str) -> Any:
        """What has been found out about such a question (see ``State.settled``); None where nothing has."""

    def remember(self, question: str, answer: Any) -> None:
        """Know that answer from now on."""


class State:
    """An overlay over a source: reads fall through, writes stay here until they are merged down."""

    def __init__(self, below: Source) -> None:
        self._below = below
        self.records: dict[str, dict[str, Record | None]] = {}
        self.rows: list[Trace] = []

    # What handlers use.

    def find(self, kind: type[R], id_: str) -> R | None:
        """The record of that type and id, or None."""
        # As ``get`` does: a handler asks this a dozen times, so it takes no further call.
        name = kind.kind
        mine = self.records.get(name)
        if mine is not None and id_ in mine:
            return mine[id_]  # type: ignore[return-value]
        return self._below.get(name, id_)  # type: ignore[return-value]

    def need(self, kind: type[R], id_: str) -> R:
        """The record of that type and id; refusal ``<kind>.unknown`` where there is none."""
        record = self.find(kind, id_)
        if record is None:
            raise Refusal(f"{kind.kind}.unknown", id=id_)
        return record

    def put(self, record: Record) -> None:
        """Keep this version of the record."""
        mine = self.records.get(record.kind)
        if mine is None:
            mine = self.records[record.kind] = {}
        mine[record.id] = record

    def drop(self, kind: type[Record], id_: str) -> None:
        """Keep no such record any more (only for working records such as what is due)."""
        self.records.setdefault(kind.kind, {})[id_] = None

    def children(self, kind: type[R], parent: str = "", limit: int | None = None) -> list[R]:
        """Records of that type under ``parent`` in their order."""
        return self.scan(kind.kind, parent, limit)  # type: ignore[return-value]

    def schedule(self, index: int, at: int, action: str, subject: str) -> None:
        """Have ``action`` befall ``subject`` at moment ``at``; again for the same pair moves it."""
        self.put(Due(id=f"{action}:{subject}", index=index, at=at, action=action, subject=subject))

    def unschedule(self, action: str, subject: str) -> None:
        """Have it not happen."""
        self.drop(Due, f"{action}:{subject}")

    def trace(self, row: Trace) -> None:
        """Append a row to a trace."""
        self.rows.append(row)

    # What makes a state a source.

    def get(self, kind: str, id_: str) -> Record | None:
        """See ``Source.get``."""
        mine = self.records.get(kind)
        if mine is not None and id_ in mine:
            return mine[id_]
        return self._below.get(kind, id_)

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """See ``Source.scan``. Records never change their parent, so what is below and not written here stands."""
        mine = self.records.get(kind)
        if not mine:
            return self._below.scan(kind, parent, limit)
        # Every record written here may hide one below: ask for that many more.
        below = self._below.scan(kind, parent, None if limit is None else limit + len(mine))
        found = [record for record in below if record.id not in mine]
        found.extend(record for record in mine.values() if record is not None and record.parent == parent)
        found.sort(key=lambda record: (record.sort, record.id))
        return found if limit is None else found[:limit]

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """See ``Source.traced``."""
        for row in reversed(self.rows):
            if row.subject == subject and row.kind == kind and row.index <= index and row.time < time:
                return row.value
        return self._below.traced(kind, subject, index, time)

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """See ``Source.traces``."""
        mine = {r.subject: r.value for r in self.rows if r.kind == kind and r.index <= index and r.time < time}
        below = self._below.traces(kind, index, time)
        return {**below, **mine} if mine else below

    def settled(self, question: str, find: Callable[[], T], *, keep: bool = False) -> T:
        """The answer to a question that no later entry can change: as somebody found it before, else as ``find`` does.

        Only for what takes long to find (the count of a large vote): whoever keeps the source may have found it beside
        the lock, by the same function. ``keep``: many will ask it, so it is found once.
        """
        known = self.known(question)
        if known is not None:
            return known  # type: ignore[no-any-return]
        found = find()
        if keep:
            self.remember(question, found)
        return found

    def known(self, question: str) -> Any:
        """See ``Source.known``."""
        return self._below.known(question)

    def remember(self, question: str, answer: Any) -> None:
        """See ``Source.remember``. What nothing can change is true below as well."""
        self._below.remember(question, answer)

    def merge_into(self, below: State) -> None:
        """Give every write to the overlay underneath."""
        for kind, written in self.records.items():
            below.records.setdefault(kind, {}).update(written)
        below.rows.extend(self.rows)


class Memory:
    """A source over dictionaries, with ``absorb`` to take in a state's writes."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self._order: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._rows: dict[str, dict[str, list[Trace]]] = {}
        self._remembered: dict[str, Any] = {}

    def get(self, kind: str, id_: str) -> Record | None:
        """See ``Source.get``."""
        return self.records.get((kind, id_))

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        """See ``Source.scan``."""
        order = self._order.get((kind, parent), [])
        return [self.records[kind, id_] for _, id_ in (order if limit is None else order[:limit])]

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        """See ``Source.traced``."""
        for row in reversed(self._rows.get(kind, {}).get(subject, [])):
            if row.index <= index and row.time < time:
                return row.value
        return None

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        """See ``Source.traces``."""
        found: dict[str, Any] = {}
        for subject, rows in self._rows.get(kind, {}).items():
            row = rows[-1]  # nearly always this one, of up to a million subjects
            if row.index <= index and row.time < time:
                found[subject] = row.value
                continue
            for earlier in reversed(rows):
                if earlier.index <= index and earlier.time < time:
                    found[subject] = earlier.value
                    break
        return found

    def known(self, question: str) -> Any:
        """See ``Source.known``."""
        return self._remembered.get(question)

    def remember(self, question: str, answer: Any) -> None:
        """See ``Source.remember``."""
        self._remembered[question] = answer

    def absorb(self, state: State) -> None:
        """Take in what a state over this source has written; the state is empty afterwards."""
        for kind, written in state.records.items():
            for id_, record in written.items():
                self._put(kind, id_, record)
        for row in state.rows:
            self._rows.setdefault(row.kind, {}).setdefault(row.subject, []).append(row)
        state.records, state.rows = {}, []

    def _put(self, kind: str, id_: str, record: Record | None) -> None:
        key = (kind, id_)
        old = self.records.get(key)
        if old is not None:
            if record is not None and record.sort == old.sort:
                self.records[key] = record
                return
            del self.records[key]
            order = self._order[kind, old.parent]
            del order[bisect_left(order, (old.sort, id_))]
        if record is not None:
            self.records[key] = record
            order = self._order.setdefault((kind, record.parent), [])
            place = (record.sort, id_)
            if not order or place > order[-1]:
                order.append(place)
            else:
                insort(order, place)
