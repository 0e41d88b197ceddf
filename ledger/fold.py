"""The fold: how entries become records. One code path decides, for the service and for the auditor alike.

Before an entry received at *t* is folded, every transition due at or before *t* is applied in the
order of (due, id), so nobody's lateness decides anything. Then the entry's frame is checked (origin,
``seen``, clock), its signers against the keys as they stand at this index, and its handler runs.

Books are data handed in from above: this module knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import msgspec

from ledger import canonical, ids
from ledger.errors import FormatError, Refusal, UnknownVersion
from ledger.keys import Facts
from ledger.state import Due, Record, State, Trace
from ledger.statement import Entry, Statement

TICK: Final = "ledger.tick/1"
"""A clerk entry that only lets time pass in a quiet ledger."""
GENESIS_TYPE: Final = "ledger.genesis/1"
SUCCESSION_TYPE: Final = "ledger.succession/1"
"""From here on the log has another name (``ledger/books/succession.py``), which the statement bears already."""
DRAIN_LIMIT: Final = 1000
"""With more than this many transitions due, only ticks are accepted until they are drained."""
CLOCK_TOLERANCE: Final = 15 * 60 * 1000
"""How far, in milliseconds, an author's clock may run ahead of ``received``."""
EMPTY_ROOT_TEXT: Final = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

R = TypeVar("R", bound=Record)


class History(Protocol):
    """What the fold asks of the log itself."""

    def root_at(self, size: int) -> str | None:
        """Base64 root of the published checkpoint of that size, or None where none was published."""


class Moment:
    """The point at which something happens: the state, the entry index and the time (ms) that count."""

    __slots__ = ("index", "state", "time")

    def __init__(self, state: State, index: int, time: int) -> None:
        self.state, self.index, self.time = state, index, time

    def schedule(self, at: int, action: str, subject: str) -> None:
        """Have ``action`` befall ``subject`` at ``at``."""
        self.state.schedule(self.index, at, action, subject)

    def trace(self, kind: str, subject: str, value: Any) -> None:
        """From here on ``subject`` has ``value`` in the trace of that kind."""
        self.state.trace(Trace(kind, subject, self.index, self.time, value))


class Context(Moment):
    """The moment of one statement: who says it, with which signatures, under which id."""

    __slots__ = ("actor", "author", "entry", "facts", "signatures", "statement")

    def __init__(self, state: State, index: int, entry: Entry, facts: tuple[Facts, ...]) -> None:
        """``author`` signed first, it is ``actor``'s act, and ``signatures`` are one per signer, in order."""
        super().__init__(state, index, entry.received)
        self.entry, self.facts, self.signatures = entry, facts, entry.signatures
        self.statement: Statement = entry.statement
        self.author, self.actor = self.statement.author, self.statement.actor

    @property
    def id(self) -> str:
        """Base64 of the statement's id, as ``replaces`` names it."""
        return canonical.b64(self.entry.id)

    def new_id(self, prefix: str, ordinal: int = 0) -> str:
        """Id of the ``ordinal``-th object that this statement creates."""
        return ids.object_id(prefix, self.entry.id, ordinal)

    def refer(self, kind: type[R], id_: str) -> R:
        """The record a statement names: it must exist, and the author's device must have seen it."""
        record = self.state.need(kind, id_)
        if record.index >= self.statement.seen.size:
            raise Refusal("statement.seen_too_old", id=id_, index=record.index, size=self.statement.seen.size)
        return record


Body = type[msgspec.Struct]


class Handler(NamedTuple):
    """How one type of statement changes the books.

    ``by`` names who may author it: ``member``, ``key`` (someone not yet a member), ``clerk``, ``genesis``.
    ``assisted``: it may be entered ``for`` a member. ``inactive``: suspended and former members may say it too.
    ``subject`` gives, from statement, statement id and path, the id under whose privacy key the private value
    at that path is kept (default: the actor).
    """

    type: str
    body: Body
    apply: Callable[[Context, Any], None]
    by: tuple[str, ...] = ("member",)
    assisted: bool = False
    inactive: bool = False
    subject: Callable[[Statement, bytes, str], str] | None = None


class Book(NamedTuple):
    """The records of one kind of thing, the statements that change them, and what falls due in them."""

    name: str
    records: tuple[type[Record], ...] = ()
    handlers: tuple[Handler, ...] = ()
    dues: Mapping[str, Callable[[Moment, Due], None]] = {}


class Books:
    """All books of a house, looked up by statement type, due action and record kind. A name stands once."""

    def __init__(self, books: Iterable[Book], authenticate: Callable[[Context, Handler], None]) -> None:
        self.books = tuple(books)
        self.authenticate = authenticate
        self.handlers: dict[str, Handler] = {}
        self.dues: dict[str, Callable[[Moment, Due], None]] = {}
        self.kinds: dict[str, type[Record]] = {Due.kind: Due}
        for book in self.books:
            _add(self.handlers, {handler.type: handler for handler in book.handlers})
            _add(self.dues, book.dues)
            _add(self.kinds, {record.kind: record for record in book.records})

    def handler(self, type_: str) -> Handler:
        """The handler of a statement type; UnknownVersion where this program is too old to know it."""
        handler = self.handlers.get(type_)
        if handler is None:
            raise UnknownVersion("statement.type_unknown", type=type_)
        return handler

    def body(self, statement: Statement) -> Any:
        """The statement's body as its type's struct; FormatError names what does not fit."""
        return self.body_for(self.handler(statement.type), statement)

    def body_for(self, handler: Handler, statement: Statement) -> Any:
        """The same, where the type's handler is at hand."""
        try:
            return msgspec.convert(statement.body, handler.body, strict=True)
        except msgspec.ValidationError as error:
            raise FormatError("format.body", type=statement.type, detail=str(error)) from error

    def subject(self, statement: Statement, statement_id: bytes, path: str) -> str:
        """Whose privacy key keeps the private value at that path of the statement's body."""
        subject = self.handler(statement.type).subject
        return statement.actor if subject is None else subject(statement, statement_id, path)

    def decode(self, kind: str, data: bytes) -> Record:
        """A record from its stored JSON."""
        return msgspec.json.decode(data, type=self.kinds[kind])


def apply(books: Books, state: State, history: History, index: int, entry: Entry, facts: tuple[Facts, ...]) -> None:
    """Fold one entry whose signatures hold arithmetically. Raises Refusal, FormatError or UnknownVersion;
    then the state's writes are to be dropped.
    """
    statement = entry.statement
    handler = books.handler(statement.type)
    if not drain(books, state, index, entry.received) and statement.type != TICK:
        raise Refusal("ledger.draining")
    check_frame(statement, history, index, entry.received)
    context = Context(state, index, entry, facts)
    books.authenticate(context, handler)
    handler.apply(context, books.body_for(handler, statement))


def drain(books: Books, state: State, index: int, time: int) -> bool:
    """Apply what is due at or before ``time``, at most DRAIN_LIMIT of it; whether nothing is left."""
    for _ in range(DRAIN_LIMIT):
        due = next_due(state)
        if due is None or due.at > time:
            return True
        state.drop(Due, due.id)
        books.dues[due.action](Moment(state, index, due.at), due)
    due = next_due(state)
    return due is None or due.at > time


def next_due(state: State) -> Due | None:
    """What falls due next."""
    first = state.scan(Due.kind, "", 1)
    return first[0] if first else None  # type: ignore[return-value]


def check_frame(statement: Statement, history: History, index: int, received: int) -> None:
    """What holds for every statement whatever its type: place, clock, and the checkpoint it has seen."""
    if (index == 0) != (statement.type == GENESIS_TYPE) or (index == 0) != (statement.author == ids.GENESIS):
        raise Refusal("statement.genesis")
    if canonical.parse_time(statement.at) > received + CLOCK_TOLERANCE:
        raise Refusal("statement.clock_ahead", at=statement.at, received=canonical.format_time(received))
    seen = statement.seen
    if index == 0:
        if seen.size != 0 or seen.root != EMPTY_ROOT_TEXT:
            raise Refusal("statement.seen", size=seen.size)
    elif not 1 <= seen.size <= index or history.root_at(seen.size) != seen.root:
        raise Refusal("statement.seen", size=seen.size)


_N = TypeVar("_N")


def _add(table: dict[str, _N], more: Mapping[str, _N]) -> None:
    twice = table.keys() & more.keys()
    if twice:
        raise ValueError(f"two books claim {sorted(twice)}")
    table.update(more)
