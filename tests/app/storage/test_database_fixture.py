"""What other tests rely on: two roles, and a database of their own."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.storage.embedded import Server

pytestmark = pytest.mark.postgres


async def test_the_owner_makes_and_the_service_may_nothing_until_granted(database: Server) -> None:
    owner = await asyncpg.connect(**database.owner_dsn.keywords())
    service = await asyncpg.connect(**database.service_dsn.keywords())
    await owner.execute("CREATE TABLE entry (id int); INSERT INTO entry VALUES (1)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.fetch("SELECT * FROM entry")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("SET ROLE yui_owner")
    await owner.execute("GRANT SELECT ON entry TO yui_service")
    assert await service.fetchval("SELECT id FROM entry") == 1
    await owner.close()  # the service's connection is left open: the fixture's drop ends it
    service.terminate()


@pytest.mark.parametrize("role", ["owner_dsn", "service_dsn"])
async def test_the_urls_connect_through_sqlalchemy(database: Server, role: str) -> None:
    dsn = getattr(database, role)
    engine = create_async_engine(dsn.url)
    async with engine.connect() as connection:
        seen = (await connection.execute(text("SELECT current_user, current_database()"))).one()
    await engine.dispose()
    assert tuple(seen) == (dsn.user, dsn.database)
    assert dsn.password not in repr(database)


async def test_each_test_starts_empty(database: Server) -> None:
    owner = await asyncpg.connect(**database.owner_dsn.keywords())
    tables = await owner.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    encoding = await owner.fetchval("SHOW server_encoding")
    await owner.close()
    assert (tables, encoding) == (0, "UTF8")
