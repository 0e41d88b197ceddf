"""Steps 4 to 8: each entry's form, signatures, ``seen``, time, and what it does to the books.

``examine`` is the arithmetic that needs no state, so it may run anywhere and in any order; ``Walk`` takes
its results in log order. An entry that fails on the way is found and left out. The fold goes on without it, so that
signatures can still be held against keys; but what doesn't follow from there on may fail for that entry's sake alone,
so it is told as a note: an honest member's later act is never accused of the operator's fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ledger import canonical, fold, ids, keys, merkle, statement
from ledger.errors import FormatError, LedgerError, SignatureFault, UnknownVersion
from ledger.fold import Books, Context, Handler
from ledger.keys import Facts
from ledger.state import State
from ledger.statement import Entry, Statement
from ledger.verify import report
from ledger.verify.desk import Desk, Point
from ledger.verify.report import Report


class Fault(NamedTuple):
    """A finding on its way back from another process (errors don't pickle with keyword arguments)."""

    step: int
    code: str
    params: Mapping[str, Any]


class Examined(NamedTuple):
    """What can be said of a leaf without knowing anything else.

    It may come from another process, so it is small: ``id`` is the statement's, None where the leaf could not be read,
    and the entry itself is read again from the leaf, which is quicker than having it sent.
    """

    hash: bytes
    id: bytes | None
    facts: tuple[Facts, ...] = ()
    fault: Fault | None = None


def examine(leaves: list[bytes]) -> list[Examined]:
    """Hash, parse and check the signatures of each leaf."""
    return [_examine(leaf) for leaf in leaves]


def _examine(leaf: bytes) -> Examined:
    hash_ = merkle.leaf_hash(leaf)
    try:
        entry = statement.parse_leaf(leaf)
    except FormatError as error:
        return Examined(hash_, None, fault=Fault(report.FORM, error.code, error.params))
    message = statement.DOMAIN + entry.statement_bytes
    try:
        facts = tuple([keys.verify(signature, message) for signature in entry.signatures])
    except SignatureFault as error:
        return Examined(hash_, entry.id, fault=Fault(report.SIGNATURES, error.code, error.params))
    return Examined(hash_, entry.id, facts)


class Clocks(NamedTuple):
    """What a walk learns of times: the latest (ms), below which entry they are bracketed, how many clocks were slow."""

    latest: int = 0
    bounded: int = 0
    slow: int = 0


UNSEEN: Final = Clocks()


class Walk:
    """The entries in log order, over a desk. It is the fold's ``History``: the tree's points are its own."""

    def __init__(self, books: Books, desk: Desk, origin: str, outcome: Report, clocks: Clocks = UNSEEN) -> None:
        """``clocks``: those of an earlier walk over the same desk, which found nothing and is gone on with."""
        self._books = Books(books.books, self._authenticate)
        self._ask = books.authenticate
        self._desk, self._origin, self._report = desk, origin, outcome
        self._unauthentic = False
        self._latest, self._bounded, self._slow = clocks
        self._name: str | None = None
        self._named_at = 0
        self._stopped = False
        self._astray: list[int] = []
        self._asked: tuple[int, str | None] = (0, None)
        self.left_out: int | None = None
        """The first entry that did not count: from there on the books are no longer what the log says."""

    @property
    def clocks(self) -> Clocks:
        """For the walk that goes on from here."""
        return Clocks(self._latest, self._bounded, self._slow)

    def root_at(self, size: int) -> str | None:
        """See ``fold.History``."""
        # Asked for each entry twice (steps 6 and 8), and by many entries for the same size.
        if size != self._asked[0]:
            point = self._desk.point(size)
            if point is None:
                return None
            self._asked = (size, canonical.b64(point.root))
        return self._asked[1]

    def take(self, index: int, leaf: bytes, examined: Examined, root: bytes) -> Entry | None:
        """Judge entry ``index``; ``root`` is the tree's with this entry. The entry, where it changed the books."""
        fault = examined.fault
        entry = None if examined.id is None else statement.reread_leaf(leaf, examined.id)
        if fault is not None:
            self._report.step(fault.step).find(fault.code, index, **fault.params)
        counts = False
        if entry is not None:
            # Every check runs, so that an entry with two faults is found twice.
            checks = (self._is_unique(index, entry), self._has_seen(index, entry), self._is_timely(index, entry))
            if fault is None and all(checks) and not self._stopped:
                counts = self._fold(index, entry, examined.facts)
        if not counts and self.left_out is None:
            self.left_out = index
        self._desk.add_point(Point(root, self._latest))
        return entry if counts else None

    def bound(self, size: int) -> None:
        """Somebody else than the authors bears witness to when the entries below ``size`` were there."""
        self._bounded = max(self._bounded, size)

    def finish(self, size: int) -> None:
        """Say of the times what bounds them, and of the entries what became of them."""
        if self._name not in (None, self._origin):
            form = self._report.step(report.FORM)
            form.find("form.origin", self._named_at, ledger=self._name, origin=self._origin)
        step = self._report.step(report.TIME)
        if self._bounded < size:
            step.note("time.unwitnessed", first=self._bounded, count=size - self._bounded)
        if self._slow:
            step.note("time.slow_clocks", count=self._slow)
        if self._astray:
            self._report.step(report.FOLD).note("fold.astray", first=self._astray[0], count=len(self._astray))

    def _is_unique(self, index: int, entry: Entry) -> bool:
        step = self._report.step(report.FORM)
        if entry.statement.ledger != self._name_at(index, entry.statement):
            step.find("form.origin", index, ledger=entry.statement.ledger, origin=self._name)
            return False
        # An equal statement id would mean an equal author and nonce, so this finds both.
        earlier = self._desk.claim(entry.statement.author, entry.statement.nonce, index)
        if earlier is not None:
            step.find("form.nonce_twice", index, earlier=earlier)
            return False
        return True

    def _name_at(self, index: int, said: Statement) -> str:
        """What the log is called there: as the genesis or the last succession has it, whether that one counts or not.

        A walk that goes on from an earlier one begins with what it meets: the fold asks the same of the books.
        """
        if index == 0 or self._name is None or said.type == fold.SUCCESSION_TYPE:
            self._name, self._named_at = said.ledger, index
        return self._name

    def _has_seen(self, index: int, entry: Entry) -> bool:
        seen = entry.statement.seen
        if index == 0:
            held = seen.size == 0 and seen.root == fold.EMPTY_ROOT_TEXT
        else:
            held = 1 <= seen.size <= index and self.root_at(seen.size) == seen.root
        if not held:
            self._report.step(report.SEEN).find("seen.not_this_tree", index, size=seen.size, root=seen.root)
        return held

    def _is_timely(self, index: int, entry: Entry) -> bool:
        """Never backwards, not before its author's clock, and after what its author had seen."""
        step = self._report.step(report.TIME)
        at = canonical.parse_time(entry.statement.at)
        timely = True
        if entry.received < self._latest:
            step.find("time.backwards", index, received=entry.received, earlier=self._latest)
            timely = False
        if at > entry.received + fold.CLOCK_TOLERANCE:
            step.find("time.ahead", index, at=at, received=entry.received)
            timely = False
        self._latest = max(self._latest, entry.received)
        point = self._desk.point(entry.statement.seen.size)
        if point is not None and entry.statement.author not in (ids.CLERK, ids.GENESIS):
            # A slow clock is no lie of the operator's, so it is noted and bounds nothing.
            if point.received > at + fold.CLOCK_TOLERANCE:
                self._slow += 1
            else:
                self._bounded = max(self._bounded, entry.statement.seen.size)
        return timely

    def _fold(self, index: int, entry: Entry, facts: tuple[Facts, ...]) -> bool:
        state = State(self._desk)
        self._unauthentic = False
        try:
            fold.apply(self._books, state, self, index, entry, facts)
        except UnknownVersion as error:
            self._stopped = True
            self._report.step(report.FOLD).skip(
                "fold.too_old", blocked=True, index=index, code=error.code, **error.params
            )
        except LedgerError as error:
            self._blame(report.SIGNATURES if self._unauthentic else report.FOLD, index, error)
            self._let_time_pass(index, entry.received)
        else:
            self._desk.absorb(state)
            return True
        return False

    def _let_time_pass(self, index: int, received: int) -> None:
        """What was due befalls the books even though the entry does not count."""
        state = State(self._desk)
        try:
            fold.drain(self._books, state, index, received)
        except LedgerError as error:
            self._stopped = True
            self._blame(report.FOLD, index, error)
        else:
            self._desk.absorb(state)

    def _blame(self, step: int, index: int, error: LedgerError) -> None:
        if self.left_out is None:
            self._report.step(step).find(error.code, index, **error.params)
        else:
            self._astray.append(index)

    def _authenticate(self, context: Context, handler: Handler) -> None:
        """The books' own question, remembering that it was this one which failed."""
        try:
            self._ask(context, handler)
        except LedgerError:
            self._unauthentic = True
            raise
