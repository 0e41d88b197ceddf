"""A migrated database, a data directory, and a founded ledger of words in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.installation import Installation
from app.storage.embedded import Server
from tests.app.sequencer.house import House, founded, settings


@pytest.fixture
async def installation(migrated: Server, tmp_path: Path) -> AsyncIterator[Installation]:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        yield installation


@pytest.fixture
async def house(installation: Installation) -> House:
    return await founded(installation)
