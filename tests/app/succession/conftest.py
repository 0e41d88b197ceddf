"""A co-op whose database goes back to an old backup, while the guard, the keys and other people's copies do not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from app import exports
from app.audit.copies import FolderCopy
from app.clock import Clock
from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from ledger.verify.private import Scope
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.town import Town

SLUG = "owase"


class Lost:
    """An installation whose database can be set back: ``begin`` founds a co-op, ``back`` restores the backup."""

    def __init__(self, postgres: Server, migrated: Server, data: Path, clock: Clock) -> None:
        self.postgres, self.now, self.data, self.clock = postgres, migrated, data, clock
        self.town = Town(SLUG)
        self.backup = Server(
            migrated.owner_dsn.to(f"{migrated.owner_dsn.database}_old"),
            migrated.service_dsn.to(f"{migrated.owner_dsn.database}_old"),
        )
        self.empty: Server | None = None

    @asynccontextmanager
    async def house(self, database: Server | None = None) -> AsyncIterator[Coop]:
        """The service over that database."""
        settings = Settings(self.data, (database or self.now).service_dsn.url, BOOKS, self.clock)
        async with Installation.open(settings) as installation:
            yield Coop(create_app(installation, web()), installation, self.town)

    async def keep_backup(self) -> None:
        await self.as_owner(f"CREATE DATABASE {self.backup.owner_dsn.database} TEMPLATE {self.now.owner_dsn.database}")

    async def as_owner(self, statement: str) -> None:
        connection = await asyncpg.connect(**self.postgres.owner_dsn.keywords())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture
def clock() -> Travelling:
    return Travelling()


@pytest.fixture
async def lost(postgres: Server, migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Lost]:
    """Hanako has founded; Jiro and Taro have joined; then came the backup, and after it Saburo and more."""
    lost = Lost(postgres, migrated, tmp_path, clock)
    async with lost.house() as coop:
        await coop.found("Hanako")
        for name in ("Jiro", "Taro"):
            await coop.join(name)
        await coop.appoint("Jiro", "facilitator")
    await lost.keep_backup()
    try:
        async with lost.house() as coop:
            await coop.join("Saburo")
            await coop.say("Hanako", "role.give/1", {"member": coop.town.id("Saburo"), "role": "steward"})
        yield lost
    finally:
        await lost.as_owner(f"DROP DATABASE IF EXISTS {lost.backup.owner_dsn.database} WITH (FORCE)")


@pytest.fixture
def export(lost: Lost) -> Callable[[str, Scope | None], Awaitable[FolderCopy]]:
    """A copy of all that there was, as somebody else has it."""

    async def write(name: str = "copy", scope: Scope | None = None) -> FolderCopy:
        async with lost.house() as coop:
            ledger = await coop.installation.ledger(SLUG)
            await exports.write(coop.installation, ledger, lost.data / name, scope)
        return FolderCopy(lost.data / name)

    return write
