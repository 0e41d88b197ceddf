"""The migrations make the tables that the code knows, once, whoever runs them and however many at a time."""

from __future__ import annotations

import asyncio

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from app.storage.embedded import Server
from app.storage.migrate import migrate
from app.storage.tables import metadata


async def test_migrations_and_tables_agree(database: Server) -> None:
    await migrate(database.owner_dsn.url)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(database.owner_dsn.url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_many_at_once_and_again(database: Server) -> None:
    await asyncio.gather(*(migrate(database.owner_dsn.url) for _ in range(4)))
    await migrate(database.owner_dsn.url)


async def test_every_ledger_table_is_keyed_by_its_ledger() -> None:
    for table in metadata.sorted_tables:
        first = next(iter(table.primary_key.columns)).name
        assert first == "ledger_id" or table.name in {"ledger", "founding"}, table.name  # no ledger's own


async def test_without_a_service_role_nothing_is_granted(database: Server) -> None:
    await migrate(database.owner_dsn.url, "nobody_of_that_name")
    connection = await asyncpg.connect(**database.service_dsn.keywords())
    try:
        assert not await connection.fetchval("SELECT has_table_privilege('entry', 'SELECT')")
    finally:
        await connection.close()
