"""Who published what: one NOTIFY connection and one LISTEN connection per process, for events across processes.

NOTIFY takes a lock that is shared by the whole database server when its transaction commits, so it never runs inside
a batch, and what happens while one is being sent is sent as one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from app.storage.database import AWAY

CHANNEL: Final = "yui_published"
_RETRY: Final = 1.0
_log = logging.getLogger("yui.bulletin")


class Bulletin:
    """Tells all processes of a database which sizes were published. A hint to look again, never the truth itself."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._news: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._readers: dict[int, set[asyncio.Queue[int]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to send and to listen."""
        self._tasks = [asyncio.create_task(self._forever(work)) for work in (self._send, self._listen)]

    async def stop(self) -> None:
        """End both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def announce(self, ledger_id: int, size: int) -> None:
        """A checkpoint of that size was published by this process."""
        self._news[ledger_id] = max(size, self._news.get(ledger_id, 0))
        self._wake.set()

    @asynccontextmanager
    async def follow(self, ledger_id: int) -> AsyncIterator[asyncio.Queue[int]]:
        """A queue that receives newly published sizes of a ledger, whichever process published them.

        It holds one size at most: a slow reader misses the ones in between, never the last. After a lost connection it
        receives 0: look again.
        """
        queue: asyncio.Queue[int] = asyncio.Queue(1)
        self._readers.setdefault(ledger_id, set()).add(queue)
        try:
            yield queue
        finally:
            self._readers[ledger_id].discard(queue)
            if not self._readers[ledger_id]:
                del self._readers[ledger_id]

    async def _forever(self, work: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
        while True:
            try:
                connection = await self._connect()
            except AWAY:
                await asyncio.sleep(_RETRY)
                continue
            try:
                await work(connection)
            except AWAY as error:
                _log.warning("connection lost: %s", error)
                self._wake.set()
                await asyncio.sleep(_RETRY)
            finally:
                connection.terminate()

    async def _send(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._news:
                ledger_id, size = next(iter(self._news.items()))
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, f"{ledger_id} {size}")
                if self._news.get(ledger_id) == size:
                    del self._news[ledger_id]

    async def _listen(self, connection: asyncpg.Connection) -> None:
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        await connection.add_listener(CHANNEL, self._hear)
        for ledger_id in list(self._readers):
            self._tell(ledger_id, 0)
        await closed.wait()
        raise asyncpg.InterfaceError("the listening connection was closed")

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        ledger_id, size = str(payload).split(" ")
        self._tell(int(ledger_id), int(size))

    def _tell(self, ledger_id: int, size: int) -> None:
        for queue in self._readers.get(ledger_id, ()):
            with suppress(asyncio.QueueEmpty):
                queue.get_nowait()
            queue.put_nowait(size)
