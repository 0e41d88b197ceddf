"""A database of their own, for tests that break things."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.migrate import migrate


@pytest.fixture(scope="session")
def faulty(quick: Path) -> Iterator[Server]:
    """A migrated database that other tests have nothing to do with."""
    launcher = EmbeddedPostgres(quick / "database")
    server = asyncio.run(launcher.start())
    asyncio.run(migrate(server.owner_dsn.url))
    yield server
    asyncio.run(launcher.stop())
