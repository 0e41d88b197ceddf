"""Fails every step of a path in every way, and says what came of it."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import NamedTuple

from app.installation import Installation
from tests.faults.acts import PATHS, told
from tests.faults.ground import Ground
from tests.faults.injector import Step, Way, failing
from tests.faults.mortal import Host

_AFTERWARDS = 5.0
"""Seconds to wait for a step that comes after the answer."""


class Outcome(NamedTuple):
    """What whoever asked was told (nothing, where the process was killed), and what there was then."""

    told: str
    stands: str

    @property
    def text(self) -> str:
        """A cell of the table."""
        return self.stands if not self.told else f"{self.told}; {self.stands}"


async def row(make: type[Ground], number: int, installation: Installation, host: Host, folder: Path) -> list[Outcome]:
    """One step in each of the ways. Afterwards the same act again, and a check of everything."""
    step = PATHS[make.path][0][number]
    found, ground = [], make(installation, number, folder)
    for way in Way:
        await ground.prepare(step.name)
        try:
            found.append(await _fail(ground, number, way, host))
            answer = await PATHS[make.path][1](installation, **ground.arguments)
            await ground.check(answer)
        except Exception as error:
            raise AssertionError(f"{make.path}: {step.name}: {way.value}") from error
    return found


async def _fail(ground: Ground, number: int, way: Way, host: Host) -> Outcome:
    steps, act = PATHS[ground.path]
    if way.deadly:
        assert await host.end(ground.path, number, way, ground.arguments) == signal.SIGKILL, "the step never came"
        return Outcome("", await ground.stands())
    with failing(steps[number], way) as hit:
        said, _ = await told(act(ground.installation, **ground.arguments))
        await _until_hit(steps[number], hit)
    return Outcome(f"`{said}`" if said != "done" else "answered", await ground.stands())


async def _until_hit(step: Step, hit: list[str]) -> None:
    try:
        async with asyncio.timeout(_AFTERWARDS):
            while not hit:  # noqa: ASYNC110 - what is hit knows of no events
                await asyncio.sleep(0.01)
    except TimeoutError as error:
        raise AssertionError(f"{step.name}: the step never came") from error
