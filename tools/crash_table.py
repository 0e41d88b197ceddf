"""The page of what may fail at any moment, from a run: ``python -m tools.crash_table``, as root: disks are filled."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.migrate import migrate
from tests.faults.mortal import Mortals
from tests.faults.surroundings import SCENARIOS, surrounded
from tests.faults.table import FILE, HEAD, SURROUNDINGS, TITLES, line, run, section


async def steps(folder: Path) -> str:
    """The tables of all paths."""
    async with EmbeddedPostgres(folder / "database") as postgres:
        await migrate(postgres.owner_dsn.url)
        server = Server(postgres.owner_dsn, postgres.service_dsn)
        with Mortals() as mortals:
            return "".join([section(path, await run(server, mortals, folder, path, _say)) for path in TITLES])


async def surroundings(folder: Path) -> str:
    """The table of what surrounds the service."""
    lines = []
    async with surrounded(folder) as around:
        for scenario in SCENARIOS:
            _say(str(scenario.__doc__))
            lines.append(line(scenario, await scenario(around)))
    return SURROUNDINGS + "".join(lines)


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory(prefix="yui-faults-") as name:
        tables = asyncio.run(steps(Path(name))) + asyncio.run(surroundings(Path(name) / "around"))
    FILE.write_text(HEAD + tables, encoding="utf-8")


if __name__ == "__main__":
    main()
