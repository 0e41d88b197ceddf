"""One installation: a data directory, a database, and all that turns submissions into entries and serves the log."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from app import patience
from app.anchors.settings import Anchoring
from app.clock import Clock
from app.errors import KeyMissing, LedgerUnknown
from app.keystore import OperatorKeys, PrivacyKeys
from app.sequencer.bulletin import Bulletin
from app.sequencer.guard import Guard, Published
from app.sequencer.lane import Lanes, Services
from app.sequencer.publication import Publisher
from app.sequencer.reader import Reader
from app.sequencer.state import ask
from app.sequencer.submission import Submission
from app.storage import ledgers
from app.storage.database import Database
from app.storage.ledgers import Ledger
from app.storage.log import Log, Receipt
from app.witness.memory import Memory as WitnessMemory
from app.witness.service import Witness
from app.witness.settings import Witnessing
from app.witness.watermarks import Watermarks
from ledger.books.coop import ID, Coop
from ledger.compose import public_of
from ledger.errors import FormatError, Refusal
from ledger.fold import Books, apply
from ledger.state import Memory, State
from ledger.statement import Entry, is_origin

T = TypeVar("T")
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_THREADS: Final = os.cpu_count() or 1
"""Threads that read what is posted."""
_EXPORTS: Final = 2
"""How many whole ledgers are read at a time; requests share the connections that are left."""


@dataclass(frozen=True)
class Settings:
    """What an installation is opened with. The URL is that of the service's role; migrations have been run."""

    data: Path
    database_url: str
    books: Books
    clock: Clock = field(default_factory=Clock)
    witnessing: Witnessing = field(default_factory=Witnessing)
    anchoring: Anchoring | None = None


class Draft(NamedTuple):
    """The operator's public keys that a genesis must name: ``log_key`` as a vkey, ``clerk_key`` in text form."""

    log_key: str
    clerk_key: str


class Installation:
    """Made by ``open``::

    async with Installation.open(Settings(data, database_url, BOOKS)) as installation:
        submission = await installation.read(posted)
        receipt = await installation.submit(await installation.ledger("owase"), submission)
    """

    def __init__(
        self, settings: Settings, database: Database, privacy: PrivacyKeys, workers: ThreadPoolExecutor
    ) -> None:
        self.books, self.clock, self.database, self.privacy = settings.books, settings.clock, database, privacy
        self.data, self.database_url = settings.data, settings.database_url
        self.guard, self.keys = Guard(settings.data / "guard"), OperatorKeys(settings.data / "keys")
        self.publisher = Publisher(self.guard, self.keys)
        self.bulletin = Bulletin(database.connect)
        self.log = Log(database.pool, self.guard, self.keys)
        self.witnessing, self.witness = settings.witnessing, self._witness(settings)
        self.anchoring = settings.anchoring
        self.exporting = asyncio.Semaphore(_EXPORTS)
        """Held while a whole ledger is read: each takes a connection for as long as it lasts."""
        self._reader = Reader(workers, _THREADS)
        self._known: dict[str, Ledger] = {}
        services = Services(
            *(database.pool, self.books, self.clock, self.keys, self.privacy, self.publisher, self.bulletin),
            patient=patience.waits,
        )
        self.lanes = Lanes(services)

    @staticmethod
    @asynccontextmanager
    async def open(settings: Settings) -> AsyncIterator[Installation]:
        """Open everything, and close it in the end: what is being appended is finished or rolled back."""
        privacy = PrivacyKeys(settings.data / "privacy-keys.sqlite3")
        workers = ThreadPoolExecutor(_THREADS, "yui-signatures")
        try:
            async with Database(settings.database_url) as database:
                installation = Installation(settings, database, privacy, workers)
                installation.bulletin.start()
                try:
                    yield installation
                finally:
                    await installation.lanes.stop()
                    await installation.bulletin.stop()
        finally:
            workers.shutdown()
            privacy.close()

    # Ledgers.

    async def ledger(self, slug: str) -> Ledger:
        """The ledger of that slug, by the names that it has now. LedgerUnknown ``ledger.unknown``."""
        known = self._known.get(slug)
        # Another process may have given it another name meanwhile.
        if known is None or self.guard.successor(known.origin) is not None:
            async with self.database.pool.acquire() as connection:
                ledger = await ledgers.find(connection, slug)
            if ledger is None:
                raise LedgerUnknown("ledger.unknown", slug=slug)
            self._known[slug] = ledger
        return self._known[slug]

    async def ledgers(self) -> list[Ledger]:
        """All founded ledgers, oldest first."""
        async with self.database.pool.acquire() as connection:
            return await ledgers.founded(connection)

    def draft(self, origin: str) -> Draft:
        """Make, or find, the keys of a ledger that is about to be founded. FormatError ``format.origin``."""
        if not is_origin(origin):
            raise FormatError("format.origin")
        self.keys.make(origin)
        return self._public(origin)

    async def found(self, slug: str, submission: Submission) -> Receipt:
        """Begin a ledger with its genesis, whose keys ``draft`` has made. Again with the same: the same receipt.

        Raises what ``submit`` does, LedgerError for a genesis that the fold refuses or that names other keys, and
        LedgerUnknown ``ledger.taken`` when slug or origin belong to another ledger.
        """
        if not _SLUG.match(slug):
            raise FormatError("format.slug", path="slug")
        self._rehearse(submission)
        origin = submission.statement.ledger
        # The guard first: a ledger without one is never appended to. But where there are entries, a guard that is lost
        # is for the operator to make again: whoever posts a genesis for the second time must not be able to.
        if not await self._is_begun(origin):
            await asyncio.to_thread(self.publisher.begin, origin)
        async with self.database.pool.acquire() as connection, connection.transaction():
            ledger = await ledgers.add(connection, slug, origin)
        if ledger is None:
            raise LedgerUnknown("ledger.taken", slug=slug, origin=origin)
        return await self.submit(ledger, submission)

    async def recreate_guard(self, slug: str) -> Published:
        """DANGEROUS, for an operator who has lost the guard: see ``Publisher.recreate_guard``."""
        ledger = await self.ledger(slug)
        async with self.database.pool.acquire() as connection, connection.transaction():
            head = await ledgers.lock_head(connection, ledger.id)
            return await self.publisher.recreate_guard(connection, ledger, head)

    # Statements.

    async def read(self, data: bytes) -> Submission:
        """Parse a posted envelope, check its signatures' arithmetic, in a worker thread; see ``submission.parse``."""
        return await self._reader.read(data)

    async def read_many(self, envelopes: Sequence[bytes]) -> list[Submission | Exception]:
        """The same for several: each one's submission, or why there is none."""
        return await self._reader.read_many(envelopes)

    async def submit(self, ledger: Ledger, submission: Submission) -> Receipt:
        """Append, or find, a statement: its receipt once it is durable and published. Refused or ServiceError."""
        return await self.lanes.enqueue(ledger, submission)

    def enqueue(self, ledger: Ledger, submission: Submission) -> asyncio.Future[Receipt]:
        """The same for what is to stand together, in the order of the calls."""
        return self.lanes.enqueue(ledger, submission)

    async def ask(self, ledger: Ledger, question: Callable[[State], T]) -> T:
        """What a pure question finds out about a ledger's state."""
        async with self.database.pool.acquire() as connection:
            return await ask(connection, self.books, ledger.id, question)

    async def _is_begun(self, origin: str) -> bool:
        async with self.database.pool.acquire() as connection:
            return any(ledger.origin == origin for ledger in await ledgers.founded(connection))

    def _witness(self, settings: Settings) -> Witness | None:
        """Itself as a witness of others; None where it is told of no logs to witness."""
        if settings.witnessing.logs is None:
            return None
        memory = WitnessMemory(self.data / "witness", *self.keys.witness(settings.witnessing.name))
        marks = Watermarks(self.database.pool, memory.public)
        return Witness(memory, marks, settings.witnessing.logs, self.clock)

    def _rehearse(self, submission: Submission) -> None:
        """Fold the genesis on nothing: what would be refused must not leave an empty ledger behind."""
        state = State(Memory())
        entry = Entry(*submission[:4], received=self.clock.now())
        apply(self.books, state, _NothingPublished(), 0, entry, submission.facts)
        coop = state.need(Coop, ID)
        try:
            own = self._public(coop.origin)
        except KeyMissing as error:  # nothing is made here: whoever asks need not have prepared anything
            raise Refusal("genesis.operator_keys") from error
        if (coop.log_key, coop.clerk_key) != tuple(own):
            raise Refusal("genesis.operator_keys")

    def _public(self, origin: str) -> Draft:
        return Draft(self.keys.verifier(origin).text(), public_of(self.keys.get(origin, "clerk")))


class _NothingPublished:
    def root_at(self, _size: int) -> str | None:
        return None
