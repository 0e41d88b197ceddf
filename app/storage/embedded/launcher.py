"""The launcher: lock, cluster, socket directory, server; and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app.storage.embedded.account import Account
from app.storage.embedded.binaries import Binaries
from app.storage.embedded.cluster import DATABASE, OWNER, SERVICE, Cluster
from app.storage.embedded.dsn import Dsn, Server
from app.storage.embedded.errors import from_os_error
from app.storage.embedded.place import Lock, make_socket_directory, remove_socket_directory
from app.storage.embedded.postmaster import PORT, Postmaster


class Stage(StrEnum):
    """What a start is doing when it takes longer than people expect; none of them has a time limit."""

    CREATING = "creating"  # a new database is being made
    WAITING = "waiting"  # for the server of a launcher that was killed
    RECOVERING = "recovering"  # the last server was killed; its write-ahead log is being replayed


class EmbeddedPostgres:
    """A PostgreSQL of our own for one data directory; an async context manager.

    Inside ``async with`` a server that dies (out of memory, kill −9) is started again; plain ``start`` and ``stop``
    leave that to the caller, and may be called from different event loops of one thread. That thread must live as long
    as the server shall: the kernel ends the server with the thread that started it.

    ``progress`` is told of stages that may last. Every error is an ``EmbeddedError``.
    """

    def __init__(self, data: Path, progress: Callable[[Stage], None] = lambda _: None) -> None:
        self._data = data
        self._progress = progress
        self._held = AsyncExitStack()  # what stop gives back, last first
        self._running: tuple[Server, Postmaster] | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def owner_dsn(self) -> Dsn:
        """The role that owns the schema and runs migrations, once started."""
        return self._started()[0].owner_dsn

    @property
    def service_dsn(self) -> Dsn:
        """The role of the running service, once started."""
        return self._started()[0].service_dsn

    @property
    def pid(self) -> int | None:
        """The process id of the server's postmaster while it runs."""
        return None if self._running is None else self._running[1].pid

    def _started(self) -> tuple[Server, Postmaster]:
        if self._running is None:
            raise RuntimeError("the embedded PostgreSQL has not been started")
        return self._running

    async def __aenter__(self) -> Self:
        await self.start()
        self._keeper = asyncio.create_task(self._started()[1].keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._keeper is not None:
                self._keeper.cancel()
                await asyncio.wait([self._keeper])
        finally:
            self._keeper = None
            await self.stop()

    async def start(self) -> Server:
        """Makes the database if there is none, starts the server, and waits until it is ready, however long."""
        if self._running is not None:
            raise RuntimeError("the embedded PostgreSQL has been started already")
        try:
            self._running = await self._start()
        except OSError as error:
            await self.stop()
            raise from_os_error(error, self._data) from error
        except BaseException:
            await self.stop()
            raise
        return self._running[0]

    async def stop(self) -> None:
        """Ends the server (fast, then immediately, then by force) and gives everything back. May be repeated."""
        self._running = None
        await self._held.aclose()

    async def _start(self) -> tuple[Server, Postmaster]:
        data = self._data.absolute()
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = Lock(data)
        self._held.callback(lock.release)
        account = Account.for_cluster(data / "postgres")
        binaries = Binaries.find(account)
        remove_socket_directory(lock.last_socket_directory, account)

        cluster = Cluster(data, binaries, account)
        waiting, creating, recovering = (
            partial(self._progress, stage) for stage in (Stage.WAITING, Stage.CREATING, Stage.RECOVERING)
        )
        await cluster.until_free(waiting)
        passwords = await cluster.prepare(creating)

        sockets = make_socket_directory(account)
        self._held.callback(remove_socket_directory, str(sockets), account)
        lock.note(str(sockets))
        postmaster = Postmaster(cluster, binaries, account, sockets)
        self._held.push_async_callback(postmaster.end)
        await postmaster.launch(waiting, recovering)
        owner, service = (Dsn(role, passwords[role], str(sockets), PORT, DATABASE) for role in (OWNER, SERVICE))
        return Server(owner, service), postmaster
