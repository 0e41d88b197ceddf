"""News of what was published reaches every process, and outlives a lost connection."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.installation import Installation, Settings
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import House


async def hear(queue: asyncio.Queue[int], wanted: int) -> None:
    async with asyncio.timeout(20):
        while await queue.get() != wanted:
            pass


async def test_an_append_through_one_process_is_heard_in_another(house: House, tmp_path: Path) -> None:
    url = house.installation.database.url.render_as_string(hide_password=False)
    async with (
        Installation.open(Settings(tmp_path, url, BOOKS)) as other,
        other.bulletin.follow(house.ledger.id) as news,
        other.bulletin.follow(house.ledger.id + 1) as elsewhere,
    ):
        await hear(news, 0)  # it listens now
        await house.submit(house.word(house.hanako, 1))
        await hear(news, 2)
        # A slow reader is told the last of many.
        for number in range(2, 8):
            await house.submit(house.word(house.hanako, number))
        await hear(news, 8)
        assert set(_drain(elsewhere)) <= {0}


async def test_a_lost_connection_is_made_again(house: House) -> None:
    pool = house.installation.database.pool
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = $1"
    async with house.installation.bulletin.follow(house.ledger.id) as news, asyncio.timeout(20):
        while not await pool.fetch(query, house.installation.database.url.database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await hear(news, 0)
        await house.submit(house.word(house.hanako, 1))
        await hear(news, 2)


def _drain(queue: asyncio.Queue[int]) -> list[int]:
    return [queue.get_nowait() for _ in range(queue.qsize())]
