"""A process that lives until a step kills it: ``python -m tests.faults.mortal``.

An order is the database's URL, the data directory, path, number of the step, way, the act's arguments. The child opens
the installation and acts; it says what it was told. Without a step it is just another process of the installation, or,
with a data directory of its own, another host.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

from app.installation import Installation, Settings
from governance.all_books import BOOKS
from tests.faults.acts import PATHS, told
from tests.faults.forks import Forks, serve
from tests.faults.injector import Way, failing

_AFTERWARDS = 5.0
"""Seconds that a child waits for a step that comes after the answer."""


class Host(NamedTuple):
    """Where processes of an installation are made."""

    mortals: Mortals
    url: str
    data: Path

    async def end(self, path: str, step: int, way: Way, arguments: dict[str, Any]) -> int:
        """Do the act in a process that is killed at that step; the signal that ended it, 0 for none."""
        return (await self.mortals.order(self.url, str(self.data), path, step, way.name, arguments))[0]

    async def act(self, path: str, arguments: dict[str, Any]) -> str:
        """Do the act in a process that lives; what it was told."""
        return (await self.mortals.order(self.url, str(self.data), path, None, None, arguments))[1]


class Mortals(Forks):
    """Makes processes, each living until its step kills it."""

    def __init__(self) -> None:
        super().__init__("tests.faults.mortal")

    def on(self, url: str, data: Path) -> Host:
        """Processes of the installation with that database and that data directory."""
        return Host(self, url, data)


async def live(url: str, data: str, path: str, step: int | None, way: str | None, arguments: dict[str, Any]) -> str:
    """What becomes of an order; what whoever asked was told."""
    steps, act = PATHS[path]
    async with Installation.open(Settings(Path(data), url, BOOKS)) as installation:
        if step is None or way is None:
            return (await told(act(installation, **arguments)))[0]
        with failing(steps[step], Way[way]) as hit:
            said, _ = await told(act(installation, **arguments))
            if not hit:
                await asyncio.sleep(_AFTERWARDS)
        return said


if __name__ == "__main__":
    serve(live)
