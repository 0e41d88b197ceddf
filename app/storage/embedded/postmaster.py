"""One server process after another on one cluster and one socket directory."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.storage.embedded.account import Account
from app.storage.embedded.binaries import Binaries
from app.storage.embedded.cluster import Cluster
from app.storage.embedded.errors import EmbeddedError, from_words
from app.storage.embedded.place import empty_sockets
from app.storage.embedded.process import Child, data_argument, read_pid_file

PORT = 5432  # only a part of the socket's name: nothing listens on TCP
_POLL = 0.02  # seconds between looks at the server: while it starts …
_WATCH = 0.1  # … and while it runs
_PAUSES = (0.0, 1.0, 5.0, 30.0)  # seconds before the first, second … attempt to start it again

_log = logging.getLogger("yui.postgres")

# What the promises of the service rest on: given on the command line, where no file can change it.
_PROMISES = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "cluster_name": "yui",
    # A week of logs in postgres/log, a file for each day of the week.
    "logging_collector": "on",
    "log_destination": "stderr",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}


class Postmaster:
    """PostgreSQL's first process, our direct child."""

    def __init__(self, cluster: Cluster, binaries: Binaries, account: Account | None, sockets: Path) -> None:
        self._cluster = cluster
        self._account = account
        self._sockets = sockets
        settings = _PROMISES | {"unix_socket_directories": str(sockets)}
        self._argv = [binaries.program("postgres"), "-D", data_argument(cluster.directory)]
        self._argv += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return None if self._child is None or self._child.ended() is not None else self._child.pid

    async def launch(
        self, waiting: Callable[[], None] = lambda: None, recovering: Callable[[], None] = lambda: None
    ) -> None:
        """Starts the server and returns once it accepts connections; there is no time limit on recovery.

        The lock is held and nothing of PostgreSQL runs in the directory any more, so a pid file is stale. It has to go:
        the process that it names may be anybody's by now, and the server would not start beside it.

        Raises ``database.disk_full`` and ``database.failed``.
        """
        await self._cluster.until_free(waiting)
        (self._cluster.directory / "postmaster.pid").unlink(missing_ok=True)
        empty_sockets(self._sockets)
        if self._cluster.needs_recovery():
            recovering()
        logs_before = self._logs()
        with tempfile.TemporaryFile() as stderr:
            self._child = Child(self._argv, self._cluster.directory, self._account, stdin=None, stderr=stderr)
            while not self._ready():
                if self._child.ended() is not None:
                    raise from_words(self._last_words(stderr, logs_before), self._cluster.data)
                await asyncio.sleep(_POLL)

    async def keep(self) -> None:
        """Starts the server again whenever it has ended unasked, until this is cancelled."""
        failures = 0
        while True:
            await asyncio.sleep(_WATCH)
            if self.pid is not None:
                failures = 0
                continue
            _log.warning("PostgreSQL ended unasked and is started again")
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
            try:
                await self.launch()
            except (EmbeddedError, OSError) as error:
                failures += 1
                _log.error("PostgreSQL could not be started again: %s", error)

    async def end(self) -> None:
        """Ends the server and whatever of it outlived a kill."""
        if self._child is not None:
            await self._child.end()
            await self._cluster.until_free()

    def _ready(self) -> bool:
        """What ``pg_ctl start --wait`` goes by: the eighth line of the pid file."""
        pid, lines = read_pid_file(self._cluster.directory)
        return self._child is not None and pid == self._child.pid and lines[7:8] == ["ready"]

    def _logs(self) -> dict[Path, int]:
        return {log: log.stat().st_size for log in (self._cluster.directory / "log").glob("*.log")}

    def _last_words(self, stderr: IO[bytes], logs_before: dict[Path, int]) -> str:
        """Before the log collector runs, words go to ``stderr``; afterwards to the log."""
        stderr.seek(0)
        words = stderr.read()
        for log in self._logs():
            with log.open("rb") as file:
                file.seek(logs_before.get(log, 0))
                words += file.read()
        return words.decode("utf-8", "replace")
