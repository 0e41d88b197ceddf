"""One lane per ledger: everything that waits becomes one batch, in one transaction, under the head row's lock.

After any failure the desk is thrown away and the batch is tried again: what was committed without our knowing is then
found by its statement id and answered with its receipt, so a lost reply needs no path of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import asyncpg

from app.clock import Clock
from app.errors import DatabaseUnavailable, KeyMissing, LedgerDamaged, ServiceError
from app.keystore import OperatorKeys, PrivacyKeys
from app.sequencer.batch import Appended, Batch, Desk, Earlier, Outcome
from app.sequencer.bulletin import Bulletin
from app.sequencer.growth import Growth
from app.sequencer.guard import Published
from app.sequencer.publication import Publisher
from app.sequencer.state import Unsettled
from app.sequencer.submission import Submission
from app.storage.ledgers import Head, Ledger, lock_head, log_keys
from app.storage.log import Receipt, receipt
from ledger import refusal
from ledger.errors import LedgerError
from ledger.fold import Books
from ledger.refusal import SignedRefusal
from ledger.state import State
from ledger.statement import Statement

_log = logging.getLogger("yui.sequencer")

MAX_BATCH: Final = 512
_IDLE: Final = 60.0
_MOST_SETTLED: Final = 100
_PATIENCE, _AGAIN = 30.0, 5.0
"""Seconds that statements wait for an answer that is worked out beside the lock, and between two tries meanwhile:
another process may have found it. No vote is as short as that, so none closes on those that wait.
"""
_PAUSES: Final = (0.05, 0.5, 2.0)
"""Seconds before the second, third … attempt of a batch whose connection failed."""
_LOST: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver makes of a connection that is closed as it is taken
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidTransactionStateError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""Failures that say nothing about the batch: the same one may succeed on another connection."""


class Refused(Exception):
    """A statement was turned away: ``error`` says why, ``signed`` is the sender's evidence.

    ``utc_offset``: the co-op's, in minutes, in which the times among its facts are told.
    """

    def __init__(self, error: LedgerError, signed: SignedRefusal, utc_offset: int) -> None:
        super().__init__(error.code)
        self.error, self.signed, self.utc_offset = error, signed, utc_offset


class Services(NamedTuple):
    """What every lane of an installation works with."""

    pool: asyncpg.Pool
    books: Books
    clock: Clock
    keys: OperatorKeys
    privacy: PrivacyKeys
    publisher: Publisher
    bulletin: Bulletin
    patient: Callable[[Statement, State], bool]
    """Whether a statement had better wait for an answer that is not known than have the fold find it on the lock."""


class _Waiting(NamedTuple):
    submission: Submission
    answer: asyncio.Future[Receipt]


class Lane:
    """The one way into a ledger, as far as this process goes."""

    def __init__(
        self, ledger: Ledger, services: Services, settled: Mapping[str, Any], ended: Callable[[], None]
    ) -> None:
        self._ledger, self._services, self._settled, self._ended = ledger, services, settled, ended
        self._queue: deque[_Waiting] = deque()
        self._put_off: deque[_Waiting] = deque()
        self._trying = False
        self._tried: _Waiting | None = None
        """Whether they are tried again meanwhile, one at a time; and the one that was tried last."""
        self._asked: dict[str, float] = {}
        """Questions that statements wait for, and since when."""
        self._wake = asyncio.Event()
        self._desk: Desk | None = None
        self._task = asyncio.create_task(self._run())

    def enqueue(self, submission: Submission) -> asyncio.Future[Receipt]:
        """Append the statement, or find it. Refused or ServiceError otherwise.

        It is carried through even when whoever asked has gone.
        """
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(submission, answer))
        self._wake.set()
        return answer

    def retry(self) -> None:
        """Try again what was put off: what it waits for may have been found."""
        self._queue.extend(self._put_off)
        self._put_off.clear()
        self._wake.set()

    def _try_one(self) -> None:
        # Not all of them: of a large vote there may be thousands, and others wait in the same queue.
        self._trying = bool(self._put_off)
        if self._trying:
            self._tried = self._put_off.popleft()
            self._queue.append(self._tried)
            self._wake.set()
            asyncio.get_running_loop().call_later(_AGAIN, self._try_one)

    async def stop(self) -> None:
        """End after the batch at hand; whoever still waits is told that the service is unavailable."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while True:
                try:
                    # Not wait_for: before Python 3.12 it can swallow the cancellation that ``stop`` sends.
                    async with asyncio.timeout(_IDLE):
                        await self._wake.wait()
                except TimeoutError:
                    if not (self._queue or self._put_off):
                        return
                self._wake.clear()
                while self._queue:
                    batch = [self._queue.popleft() for _ in range(min(MAX_BATCH, len(self._queue)))]
                    await self._carry(batch)
                if not self._put_off:
                    self._asked.clear()
        finally:
            self._ended()
            _fail([*self._queue, *self._put_off], DatabaseUnavailable("service.stopping"))

    async def _carry(self, batch: list[_Waiting]) -> None:
        """Answer every one of the batch, whatever happens."""
        try:
            await self._attempt_often(batch)
        except KeyMissing as error:
            if len(batch) == 1:
                _fail(batch, error)
            await self._carry_each(batch)  # one of them may name a key that is not here: find out which
        except ServiceError as error:
            _fail(batch, error)
        except asyncpg.PostgresError as error:
            self._desk = None
            if len(batch) > 1:  # one of them can't be stored: find out which
                await self._carry_each(batch)
                return
            _log.exception("statement not stored: %s", batch[0].submission.statement.type)
            _fail(batch, DatabaseUnavailable("database.refused", reason=type(error).__name__))
        except asyncio.CancelledError:
            _fail(batch, DatabaseUnavailable("service.stopping"))
            raise
        except Exception as error:  # noqa: BLE001  (told to each one who waits, and logged)
            self._desk = None
            _log.exception("batch failed")
            _fail(batch, DatabaseUnavailable("sequencer.failed", reason=type(error).__name__))

    async def _carry_each(self, batch: list[_Waiting]) -> None:
        """By themselves, where there is more than one."""
        if len(batch) > 1:
            for waiting in batch:
                await self._carry([waiting])

    async def _attempt_often(self, batch: list[_Waiting]) -> None:
        for pause in (*_PAUSES, None):
            try:
                await self._attempt(batch)
            except _LOST as error:
                self._desk = None
                _log.warning("connection failed: %s: %s", type(error).__name__, error)
                if pause is None:
                    raise DatabaseUnavailable("database.unavailable", reason=type(error).__name__) from error
                await asyncio.sleep(pause)
            except BaseException:
                self._desk = None
                raise
            else:
                return

    async def _attempt(self, batch: list[_Waiting]) -> None:
        services, ledger = self._services, self._ledger
        async with services.pool.acquire() as connection:
            async with connection.transaction():
                head = await lock_head(connection, ledger.id)
                received = max(services.clock.check(head.database_time), head.received)
                writer, kept = (self._desk and self._desk.kept) or (0, None)
                kept = kept if writer == connection.number else None
                published = await services.publisher.catch_up(connection, ledger, head, kept)
                desk = self._desk = await self._open_desk(connection, head)
                desk.source.publish(published.size, published.root)
                work = Batch(desk, connection, received, posted=True, waits=self._may_wait)
                outcomes = await work.fold([waiting.submission for waiting in batch])
                await work.write(services.privacy)
                if not desk.log_keys:
                    desk.log_keys = await log_keys(connection, ledger)
                    services.keys.signers(ledger.origin, desk.log_keys)  # nothing is committed that can't be sealed
            # Committed. A crash from here on loses no entry: see publication.py.
            growth = desk.growth
            if growth.size > published.size:
                root, vkeys = growth.root(), desk.log_keys
                published = await services.publisher.publish(connection, ledger, growth.size, root, vkeys)
                desk.source.publish(published.size, published.root)
                desk.kept = connection.number, published
                services.bulletin.announce(ledger.id, published.size)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                await self._answer(connection, waiting, outcome, published, received)
            growth.settle()

    def _may_wait(self, statement: Statement, question: str) -> bool:
        assert self._desk is not None  # noqa: S101
        if not self._services.patient(statement, State(self._desk.source)):
            return False
        now = asyncio.get_running_loop().time()
        return now < self._asked.setdefault(question, now) + _PATIENCE

    async def _open_desk(self, connection: asyncpg.Connection, head: Head) -> Desk:
        """The desk for this head: the one we have, unless it is too full or another process has appended."""
        desk = self._desk
        if desk is None or desk.source.full or desk.growth.size != head.size or desk.growth.root() != head.root:
            growth = await Growth.load(connection, self._ledger.id, head.size)
            if growth.root() != head.root:
                raise LedgerDamaged("log.root", origin=self._ledger.origin, size=head.size)
            desk = Desk(self._ledger, self._services.books, growth, self._settled)
        return desk

    async def _answer(
        self,
        connection: asyncpg.Connection,
        waiting: _Waiting,
        outcome: Outcome,
        published: Published,
        received: int,
    ) -> None:
        if isinstance(outcome, Unsettled):
            self._put_off.append(waiting)
            if not self._trying:
                self._trying = True
                asyncio.get_running_loop().call_later(_AGAIN, self._try_one)
            return
        if waiting is self._tried:
            self.retry()
        if waiting.answer.done():  # whoever asked has gone
            return
        match outcome:
            case Appended(index, leaf):
                assert self._desk is not None  # noqa: S101
                path = self._desk.growth.prove(index)
                waiting.answer.set_result(Receipt(index, leaf, path, published.note))
            case Earlier(index):
                waiting.answer.set_result(await receipt(connection, self._ledger.id, index, published))
            case LedgerError():
                assert self._desk is not None  # noqa: S101
                tree = (published.size, published.root)
                key = self._services.keys.signers(self._ledger.origin, self._desk.log_keys)[0]
                signed = refusal.build(waiting.submission.id, outcome.code, tree, received, key)
                waiting.answer.set_exception(Refused(outcome, signed, self._desk.utc_offset))
            case ServiceError():
                waiting.answer.set_exception(outcome)


class Lanes:
    """All lanes of a process, started on demand; a lane ends when it has been idle."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # By all that a ledger is: one that gets another name gets another lane.
        self._lanes: dict[Ledger, Lane] = {}
        self._settled: dict[Ledger, dict[str, Any]] = {}

    def enqueue(self, ledger: Ledger, submission: Submission) -> asyncio.Future[Receipt]:
        """See ``Lane.enqueue``."""
        lane = self._lanes.get(ledger)
        if lane is None:
            settled = self._settled.setdefault(ledger, {})
            lane = self._lanes[ledger] = Lane(ledger, self._services, settled, lambda: self._forget(ledger))
        return lane.enqueue(submission)

    def settle(self, ledger: Ledger, answers: Mapping[str, Any]) -> None:
        """Tell the fold what was found beside the lock of questions whose answers no later entry can change."""
        settled = self._settled.setdefault(ledger, {})
        settled.update(answers)
        while len(settled) > _MOST_SETTLED:
            del settled[next(iter(settled))]
        if ledger in self._lanes:
            self._lanes[ledger].retry()

    async def stop(self) -> None:
        """End all lanes."""
        await asyncio.gather(*(lane.stop() for lane in list(self._lanes.values())))

    def _forget(self, ledger: Ledger) -> None:
        self._lanes.pop(ledger, None)


def _fail(waiting: deque[_Waiting] | list[_Waiting], error: ServiceError) -> None:
    for one in waiting:
        if not one.answer.done():
            one.answer.set_exception(error)
