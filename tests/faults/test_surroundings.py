"""What surrounds the service fails for real, and the page says what comes of it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.faults.surroundings import NOT_HERE, SCENARIOS, surrounded
from tests.faults.table import FILE, SURROUNDINGS, line


def test_what_surrounds_the_service(quick: Path) -> None:
    async def run() -> dict[str, str]:
        with tempfile.TemporaryDirectory(dir=quick) as name:
            async with surrounded(Path(name)) as around:
                return {line(one, came): came for one in SCENARIOS if (came := await one(around))}

    written = FILE.read_text()
    assert written.count("\n| ") == written.count("\n| ", 0, written.index(SURROUNDINGS)) + len(SCENARIOS) + 2
    for row, came in asyncio.run(run()).items():
        assert came == NOT_HERE or row in written
