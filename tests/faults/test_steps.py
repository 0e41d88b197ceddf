"""Every step of appending and publishing fails in every way, and the page says what came of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.storage.embedded import Server
from tests.faults.mortal import Mortals
from tests.faults.table import missing, run, section


def test_appending_and_publishing(faulty: Server, quick: Path) -> None:
    async def rows() -> dict[str, list[str]]:
        with Mortals() as mortals:
            return await run(faulty, mortals, quick, "append")

    assert missing(section("append", asyncio.run(rows()))) == []
