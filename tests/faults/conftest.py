"""A database and a data directory of their own, in memory where there is room: no disk is what fails here."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.migrate import migrate

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM = 1 << 30


@pytest.fixture(scope="session")
def quick() -> Iterator[Path]:
    """A folder where fsync costs nothing, where there is such a thing."""
    fast = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    with tempfile.TemporaryDirectory(prefix="yui-faults-", dir=_MEMORY if fast else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def faulty(quick: Path) -> Iterator[Server]:
    """A migrated database that other tests have nothing to do with."""
    launcher = EmbeddedPostgres(quick / "database")
    server = asyncio.run(launcher.start())
    asyncio.run(migrate(server.owner_dsn.url))
    yield server
    asyncio.run(launcher.stop())
