"""How to connect: as the role that owns the schema, and as the role of the service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote


@dataclass(frozen=True)
class Dsn:
    """How to connect as one role. ``repr`` hides the password."""

    user: str
    password: str
    host: str  # the socket directory, or a server's name
    port: int  # of a socket, only a part of its name
    database: str

    def __repr__(self) -> str:
        return f"Dsn({self.user}@{self.host}:{self.port}/{self.database})"

    def keywords(self) -> dict[str, str | int]:
        """The arguments of ``asyncpg.connect`` and ``asyncpg.create_pool``."""
        names = ("user", "password", "host", "port", "database")
        return {name: getattr(self, name) for name in names}

    @property
    def url(self) -> str:
        """The URL for SQLAlchemy, and the form of ``YUI_DATABASE_URL``."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql+asyncpg://{login}@/{quote(self.database, safe='')}?host={quote(self.host)}&port={self.port}"

    def to(self, database: str) -> Dsn:
        """The same login to another database."""
        return replace(self, database=database)


@dataclass(frozen=True)
class Server:
    """A server that accepts connections. Its addresses hold until the launcher stops, restarts included."""

    owner_dsn: Dsn
    service_dsn: Dsn
