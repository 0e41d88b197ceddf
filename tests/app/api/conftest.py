"""A migrated database, an installation with all books, the application over it, and a co-op in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from app.installation import Installation, Settings
from app.storage.embedded import Server
from governance.all_books import BOOKS
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.town import Town


@pytest.fixture
def clock() -> Travelling:
    return Travelling()


@pytest.fixture
async def installation(migrated: Server, tmp_path: Path, clock: Travelling) -> AsyncIterator[Installation]:
    async with Installation.open(Settings(tmp_path, migrated.service_dsn.url, BOOKS, clock)) as installation:
        yield installation


@pytest.fixture
def app(installation: Installation) -> Litestar:
    return create_app(installation, web())


@pytest.fixture
async def coop(app: Litestar, installation: Installation) -> Coop:
    """Hanako has founded it; everything is public."""
    coop = Coop(app, installation, Town())
    await coop.found("Hanako")
    return coop


@pytest.fixture
async def closed(app: Litestar, installation: Installation) -> Coop:
    """A co-op as it is by default: tiles for members, entries for auditors."""
    coop = Coop(app, installation, Town("closed", "closed"))
    await coop.found("Hanako", tiles="members", entries="auditors")
    return coop
