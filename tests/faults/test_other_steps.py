"""Every step of founding, witnessing, copying and erasing fails in every way, and the page says what came of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.storage.embedded import Server
from tests.faults.mortal import Mortals
from tests.faults.table import TITLES, missing, run, section


def test_the_other_paths(faulty: Server, quick: Path) -> None:
    async def tables() -> list[str]:
        with Mortals() as mortals:
            others = [path for path in TITLES if path != "append"]
            return [section(path, await run(faulty, mortals, quick, path)) for path in others]

    assert missing("".join(asyncio.run(tables()))) == []
