"""A short run of ``benchmarks/chaos``: the whole service killed, its database alone and with it, under load."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.chaos import Chaos, Size


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_lost(tmp_path: Path) -> None:
    async def rounds() -> None:
        chaos = Chaos(tmp_path, seed=1, size=Size(statements=120, members=3))
        await chaos.start()
        try:
            for what in ("PostgreSQL killed", "both killed"):
                await chaos.round(what)
        finally:
            await chaos.service.stop()
        assert chaos.tally.rounds == 2
        assert chaos.tally.acknowledged == 240

    asyncio.run(rounds())
