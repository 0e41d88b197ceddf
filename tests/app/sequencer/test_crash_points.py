"""What is not published is not shown, and a founding that was cut off anywhere is taken up again.

Every single step, in every way: ``tests/faults`` and ``docs/crash-points.md``.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from app.errors import ServiceError
from app.installation import Installation
from app.storage.embedded import Server
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import founded, settings
from tests.faults.injector import Way, call, failing
from tests.faults.steps import FOUND


async def test_readers_never_see_what_is_not_published(migrated: Server, tmp_path: Path) -> None:
    publish = call("publish", "app.sequencer.publication:Publisher.publish")
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        word = house.word(house.hanako, 1)
        with failing(publish, Way.NOT_DONE), pytest.raises(ServiceError):
            await house.installation.submit(house.ledger, word)
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        log, ledger = installation.log, await installation.ledger("words")
        assert (await log.published(ledger)).size == 1
        assert await log.entry(ledger, 1) is None
        assert await log.find(ledger, word.id) is None


async def test_a_founding_that_is_cut_off_again_and_again_comes_about(migrated: Server, tmp_path: Path) -> None:
    for step in FOUND:
        async with Installation.open(settings(migrated, tmp_path)) as installation:
            with failing(step, Way.NOT_DONE):
                try:
                    await founded(installation)
                except (ServiceError, RuntimeError, OSError, asyncpg.PostgresError):
                    continue
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        async with installation.database.pool.acquire() as connection:
            assert len(await audit(connection, house.ledger, BOOKS)) == 1
