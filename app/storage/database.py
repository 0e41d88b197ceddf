"""Connections to PostgreSQL: SQLAlchemy's engine for pages, a plain asyncpg pool for appending and proving."""

from __future__ import annotations

from itertools import count
from types import TracebackType
from typing import Any, Final, Self

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.errors import DatabaseUnavailable, ServiceError

_SETTINGS: Final = {
    "application_name": "yui",
    # A process that hangs while it holds a head row must not stop the others for longer than this.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",
    # A peer that has vanished is noticed within seconds (no effect on a Unix socket).
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
_COMMAND_TIMEOUT: Final = 30.0
PATIENCE: Final = 10.0
"""Seconds that somebody waits for a free connection: better told than left hanging."""
_CONNECT_TIMEOUT: Final = 10.0
_POOL_SIZE: Final = 8
_STATEMENTS: Final = 300
"""Prepared statements per connection: multi-row statements come in several lengths each."""
AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises while the database is away; the last where a connection is closed just as it is used."""
TROUBLE: Final = (ServiceError, *AWAY)
"""What goes wrong without anybody's mistake where the database is away or busy: later it may succeed."""


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """One that can be told from every other one of this process: the server's own numbers for them come again."""

    _numbers = count(1)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.number = next(self._numbers)


class _Pool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """Connections that nobody waits for without end: DatabaseUnavailable ``database.busy`` where all are in use."""

    def acquire(self, *, timeout: float | None = None) -> Any:
        return super().acquire(timeout=PATIENCE if timeout is None else timeout)

    async def _acquire(self, timeout: float | None) -> Any:  # noqa: ASYNC109 - asyncpg's own
        try:
            return await super()._acquire(timeout)
        except TimeoutError as error:
            # Where a connection could not be made in time, that is the database's doing, and trying again may help.
            if self.get_size() < self.get_max_size() or self.get_idle_size():
                raise
            raise DatabaseUnavailable("database.busy") from error


async def _as_it_is(_connection: asyncpg.Connection) -> None:
    """Nothing is undone when a connection goes back to the pool, beyond a transaction that was left open.

    Nobody here leaves settings, cursors or session locks behind, and asking the database to make sure would be one
    more round trip for each and every query.
    """


class Database:
    """A database as one role sees it; an async context manager."""

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.engine: AsyncEngine = create_async_engine(
            self.url, pool_pre_ping=True, connect_args={"server_settings": _SETTINGS, "timeout": _CONNECT_TIMEOUT}
        )
        self._pool: asyncpg.Pool | None = None

    @property
    def pool(self) -> asyncpg.Pool:
        """Plain connections; there once the database is open."""
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    async def __aenter__(self) -> Self:
        self._pool = await _Pool(
            **keywords(self.url),
            min_size=0,
            max_size=_POOL_SIZE,
            max_queries=50_000,
            max_inactive_connection_lifetime=300.0,
            loop=None,
            connection_class=Connection,
            record_class=asyncpg.Record,
            reset=_as_it_is,
            server_settings=_SETTINGS,
            timeout=_CONNECT_TIMEOUT,
            command_timeout=_COMMAND_TIMEOUT,
            statement_cache_size=_STATEMENTS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.engine.dispose()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def connect(self) -> asyncpg.Connection:
        """A connection outside the pool, for what keeps it: LISTEN and NOTIFY."""
        return await asyncpg.connect(**keywords(self.url), server_settings=_SETTINGS, timeout=_CONNECT_TIMEOUT)


def parse_url(url: str) -> URL:
    """The URL with asyncpg named as its driver (a bare ``postgresql://`` would mean another one)."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def keywords(url: URL) -> dict[str, Any]:
    """The arguments of ``asyncpg.connect`` that a URL stands for."""
    query = dict(url.query)
    found = {
        "host": url.host or query.get("host"),
        "port": url.port or query.get("port"),
        "user": url.username,
        "password": url.password,
        "database": url.database,
        "ssl": query.get("ssl"),
    }
    if found["port"] is not None:
        found["port"] = int(str(found["port"]))
    return {name: value for name, value in found.items() if value is not None}
