"""Brings a database to the newest schema: ``await migrate(owner_url, service_role)``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.errors import DatabaseUnavailable
from app.storage.database import parse_url

SCRIPTS: Final = Path(__file__).parents[2] / "migrations"
SERVICE_ROLE: Final = "yui_service"
OLDEST: Final = 15
"""The oldest major version of PostgreSQL that the migrations and the service are tested for."""
_LOCK: Final = 0x597569  # "Yui": any number that all our processes agree on


async def migrate(owner_url: str, service_role: str = SERVICE_ROLE) -> None:
    """Apply what is missing, as the role that owns the tables, and grant ``service_role`` what the service needs.

    Safe to run by several processes at once and again at every start: it is one transaction under one lock. Where no
    such role exists, or it owns the tables itself, nothing is granted, and only the trigger protects the log.
    DatabaseUnavailable ``database.too_old`` for a server older than OLDEST.
    """
    engine = create_async_engine(parse_url(owner_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _require_version(connection)
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_upgrade, service_role)
    finally:
        await engine.dispose()


async def _require_version(connection: AsyncConnection) -> None:
    number = int((await connection.execute(text("SHOW server_version_num"))).scalar_one())
    major, minor = divmod(number, 10_000)
    if major < OLDEST:
        raise DatabaseUnavailable("database.too_old", found=f"{major}.{minor}", needed=OLDEST)


def _upgrade(connection: Connection, service_role: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["service_role"] = service_role
    command.upgrade(config, "head")
