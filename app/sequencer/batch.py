"""One batch: submissions folded, one after the other, on a ledger whose head is locked.

Each statement has an overlay of its own, which a refusal drops. When one needs a record that is not cached, all that
still wait are run once to learn what they need, that is fetched at once, and the statement is run again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import asyncpg
import msgspec

from app.errors import Fault
from app.keystore import PrivacyKeys
from app.sequencer import writing
from app.sequencer.growth import Growth
from app.sequencer.guard import Published
from app.sequencer.state import PostgresSource, Request, Unsettled
from app.sequencer.submission import Submission
from app.storage.ledgers import Ledger
from app.texts.formats import JAPAN
from ledger import merkle
from ledger.books import coop
from ledger.books.coop import Coop
from ledger.errors import LedgerError, Refusal
from ledger.fold import SUCCESSION_TYPE, Books, apply
from ledger.state import Missing, Record, State
from ledger.statement import Entry, Statement, build_leaf

_log = logging.getLogger("yui.sequencer")

MAX_FETCHES: Final = 2_000
"""Fetches for one statement, after which its handler is held to ask without end. The largest name some hundred things
(200 members who were notified, 200 ballots that are opened) and ask two or three questions about each.
"""


@dataclass(frozen=True, slots=True)
class Appended:
    """A statement's place in the log; ``leaf`` are its entry's exact bytes."""

    index: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """The statement has been in the log before, at this index."""

    index: int


Outcome = Appended | Earlier | Unsettled | LedgerError | Fault
Waits = Callable[[Statement, str], bool]
"""Whether a statement can wait until the answer to that question has been found beside the lock."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is in the log under one (author, nonce)."""

    statement_id: bytes
    index: int


class Desk:
    """What a lane keeps of its ledger between batches: the cache, the tree's edge, and the last entry's moment."""

    def __init__(self, ledger: Ledger, books: Books, growth: Growth, settled: Mapping[str, Any] | None = None) -> None:
        self.ledger, self.books, self.growth = ledger, books, growth
        self.source = PostgresSource(books, ledger.id, settled)
        self.log_keys: tuple[str, ...] = ()
        """The vkeys that sign its checkpoints; empty: to be read again from the database."""
        self.kept: tuple[int, Published] | None = None
        """The newest checkpoint whose row is kept, and the number of the connection that it was kept on.

        The row is durable only with the next commit: where that connection is no more, it may be gone with it.
        """

    @property
    def utc_offset(self) -> int:
        """The co-op's, in minutes. Its record is at hand wherever a handler has asked for it, as for every time that a
        refusal names; Japan's otherwise.
        """
        try:
            record = State(self.source).find(Coop, coop.ID)
        except Missing:
            return JAPAN
        return JAPAN if record is None else record.utc_offset


class Batch:
    """Folds and writes within one transaction. When the transaction fails, the desk is to be thrown away."""

    def __init__(
        self,
        desk: Desk,
        connection: asyncpg.Connection,
        received: int,
        *,
        posted: bool = False,
        waits: Waits | None = None,
    ) -> None:
        """``posted``: by whoever came. Then nothing takes the log under another name: that is ``app/succession``'s,
        which sees to it that the name and its keys are there. ``waits``: without it nobody does.
        """
        self._desk, self._connection, self._received, self._posted = desk, connection, received, posted
        self._waits = waits
        self._ledger_id = desk.ledger.id
        self._claims: dict[tuple[str, bytes], _Claim] = {}
        self._entries: list[tuple[Any, ...]] = []
        self._changed: dict[tuple[str, str], tuple[Record | None, int]] = {}
        self._traces: list[tuple[Any, ...]] = []
        self._sealing: list[Submission] = []

    async def fold(self, waiting: Sequence[Submission], times: Sequence[int] = ()) -> list[Outcome]:
        """The outcome of each submission, in their order. ``times``: moments of receipt of each, where they differ."""
        self._desk.source.begin()
        await self._find_claims(waiting)
        outcomes: list[Outcome] = []
        fetches = 0
        while len(outcomes) < len(waiting):
            if times:
                self._received = max(self._received, times[len(outcomes)])
            try:
                outcomes.append(self._outcome(waiting[len(outcomes)]))
                fetches = 0
            except Missing as missing:
                fetches += 1
                if fetches > MAX_FETCHES:
                    raise RuntimeError(f"{waiting[len(outcomes)].statement.type} asks without end") from missing
                await self._fetch(missing.request, waiting[len(outcomes) + 1 :])
        return outcomes

    async def write(self, privacy: PrivacyKeys) -> None:
        """Write entries, records, traces, full tiles, private values and the head."""
        if not self._entries:
            return
        await self._write_books()
        await writing.insert(self._connection, writing.ENTRIES, self._entries)
        growth = self._desk.growth
        tiles = [(self._ledger_id, tile.level, tile.index, tile.data, tile.root) for tile in growth.filled()]
        await writing.insert(self._connection, writing.TILES, tiles)
        if self._sealing:
            rows = await asyncio.to_thread(self._seal, privacy)
            await writing.insert(self._connection, writing.PRIVATES, rows)
        await self._connection.execute(
            "UPDATE head SET size = $2, root = $3, received = $4 WHERE ledger_id = $1",
            *(self._ledger_id, growth.size, growth.root(), self._received),
        )

    async def _find_claims(self, waiting: Sequence[Submission]) -> None:
        query = "SELECT author, nonce, statement_id, index FROM entry WHERE ledger_id = $1 AND nonce = ANY($2)"
        nonces = [submission.claim[1] for submission in waiting]
        for author, nonce, statement_id, index in await self._connection.fetch(query, self._ledger_id, nonces):
            self._claims[author, nonce] = _Claim(statement_id, index)

    def _outcome(self, submission: Submission) -> Outcome:
        # The same statement again is answered before its keys are judged: they may have been revoked by itself.
        claim = self._claims.get(submission.claim)
        if claim is not None:
            return Earlier(claim.index) if claim.statement_id == submission.id else Refusal("statement.nonce_reused")
        if self._posted and submission.statement.type == SUCCESSION_TYPE:
            return Refusal("statement.ledger", ledger=submission.statement.ledger)
        try:
            leaf = build_leaf(submission.data, submission.signatures, self._received)
            state = self._fold(submission)
        except (LedgerError, Unsettled) as outcome:
            return outcome
        except Missing:
            raise
        except Exception:  # noqa: BLE001
            # A mistake in a handler must not stop the ledger for everyone else.
            _log.exception("handler failed: %s", submission.statement.type)
            return Fault("sequencer.fault", type=submission.statement.type)
        return self._accept(submission, leaf, state)

    def _fold(self, submission: Submission) -> State:
        desk = self._desk
        desk.source.waits = None if self._waits is None else partial(self._waits, submission.statement)
        state = State(desk.source)
        entry = Entry(submission.statement, submission.data, submission.id, submission.signatures, self._received)
        apply(desk.books, state, desk.source, desk.growth.size, entry, submission.facts)
        return state

    def _accept(self, submission: Submission, leaf: bytes, state: State) -> Appended:
        index, leaf_hash = self._desk.growth.size, merkle.leaf_hash(leaf)
        author, nonce = submission.claim
        self._claims[author, nonce] = _Claim(submission.id, index)
        self._entries.append((self._ledger_id, index, submission.id, author, nonce, self._received, leaf, leaf_hash))
        if Coop.kind in state.records:
            self._desk.log_keys = ()
        for kind, written in state.records.items():
            for id_, record in written.items():
                self._changed[kind, id_] = record, index
        for position, row in enumerate(state.rows):
            value = msgspec.json.encode(row.value).decode()
            self._traces.append((self._ledger_id, row.kind, row.subject, row.index, position, row.time, value))
        if submission.openings:
            self._sealing.append(submission)
        self._desk.source.absorb(state)
        self._desk.growth.append(leaf_hash)
        return Appended(index, leaf)

    async def _fetch(self, request: Request, others: Sequence[Submission]) -> None:
        requests = {request}
        for submission in others:
            try:
                self._fold(submission)
            except Missing as missing:
                requests.add(missing.request)
            except Exception:  # noqa: BLE001, S112  (its own turn will tell; here only what it asks for matters)
                continue
        # The source answers from the database, which must know what this batch has changed so far.
        await self._write_books()
        await self._desk.source.fetch(self._connection, requests)

    async def _write_books(self) -> None:
        gone = [key for key, (record, _) in self._changed.items() if record is None]
        rows = [
            (self._ledger_id, kind, id_, record.parent, record.sort, msgspec.json.encode(record).decode(), index)
            for (kind, id_), (record, index) in self._changed.items()
            if record is not None
        ]
        await writing.delete_records(self._connection, self._ledger_id, gone)
        await writing.insert(self._connection, writing.RECORDS, rows)
        await writing.insert(self._connection, writing.TRACES, self._traces)
        self._changed, self._traces = {}, []

    def _seal(self, privacy: PrivacyKeys) -> list[tuple[Any, ...]]:
        kept = [
            (self._desk.books.subject(submission.statement, submission.id, opening.path), submission.id, opening)
            for submission in self._sealing
            for opening in submission.openings
        ]
        privacy.prepare(self._ledger_id, (subject for subject, _, _ in kept))
        return [
            (self._ledger_id, subject, id_, opening.path, privacy.seal(self._ledger_id, subject, id_, opening))
            for subject, id_, opening in kept
        ]
