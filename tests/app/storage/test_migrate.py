"""The migrations make the tables that the code knows, once, whoever runs them and however many at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, TextClause
from sqlalchemy.ext.asyncio import create_async_engine

from app.cli.main import main
from app.errors import DatabaseUnavailable
from app.storage.embedded import Server
from app.storage.migrate import _require_version, migrate
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
    connection = await asyncpg.connect(**database.owner_dsn.keywords())
    try:
        assert await connection.fetchval("SELECT count(*) FROM alembic_version") == 1
        assert await connection.fetchval("SELECT count(*) FROM ledger") == 0
    finally:
        await connection.close()


async def test_every_ledger_table_is_keyed_by_its_ledger() -> None:
    for table in metadata.sorted_tables:
        first = next(iter(table.primary_key.columns)).name
        owned = table.name in {"ledger", "founding", "watermark"} or table.name.startswith("anchor_")  # by no ledger
        assert first == "ledger_id" or owned, table.name


async def test_without_a_service_role_nothing_is_granted(database: Server) -> None:
    await migrate(database.owner_dsn.url, "nobody_of_that_name")
    connection = await asyncpg.connect(**database.service_dsn.keywords())
    try:
        assert not await connection.fetchval("SELECT has_table_privilege('entry', 'SELECT')")
    finally:
        await connection.close()


async def test_an_old_server_is_refused_before_anything_is_done(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.migrate.OLDEST", 99)
    with pytest.raises(DatabaseUnavailable) as refused:
        await migrate(database.owner_dsn.url)
    assert (refused.value.code, refused.value.params["needed"]) == ("database.too_old", 99)
    connection = await asyncpg.connect(**database.owner_dsn.keywords())
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    finally:
        await connection.close()


class _Server:
    """Answers as a server of that version does."""

    def __init__(self, number: str) -> None:
        self._number = number

    async def execute(self, question: TextClause) -> _Server:
        assert str(question) == "SHOW server_version_num"
        return self

    def scalar_one(self) -> str:
        return self._number


async def test_which_server_is_old() -> None:
    await _require_version(_Server("150000"))  # type: ignore[arg-type]
    with pytest.raises(DatabaseUnavailable) as refused:
        await _require_version(_Server("140019"))  # type: ignore[arg-type]
    assert refused.value.params == {"found": "14.19", "needed": 15}


def test_the_command_says_so_in_one_sentence(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.storage.migrate.OLDEST", 99)
    monkeypatch.setenv("YUI_DATABASE_URL", postgres.owner_dsn.url)
    assert main(["migrate", "--data", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2
    assert "needs 99 or newer" in said
