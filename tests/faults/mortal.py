"""A process that lives until a step kills it: ``python -m tests.faults.mortal``.

It has everything loaded and waits for orders, one JSON line each: the database's URL, the data directory, path, number
of the step, way, the act's arguments.
For each it forks; the child opens the installation and acts; what became of it is answered in a line: the signal that
ended it, 0 where it has lived, and what it was told. Without a step it is just another process of the installation, or,
with a data directory of its own, another host.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from app.installation import Installation, Settings
from governance.all_books import BOOKS
from tests.faults.acts import PATHS, told
from tests.faults.injector import Way, failing

ROOT = Path(__file__).parents[2]
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


class Mortals:
    """Makes processes, each living until its step kills it."""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tests.faults.mortal"),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    def on(self, url: str, data: Path) -> Host:
        """Processes of the installation with that database and that data directory."""
        return Host(self, url, data)

    async def order(self, *order: Any) -> tuple[int, str]:
        """Have it done; the signal that ended the process (0: it has lived), and what it was told."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        signal, said = json.loads(await self._process.stdout.readline())
        return signal, said


def main() -> None:
    """Fork for every order."""
    gc.freeze()
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            url, data, *order = json.loads(line)
            os.write(writing, asyncio.run(_live(Settings(Path(data), url, BOOKS), *order)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(json.dumps([-status, said]) + "\n")
        sys.stdout.flush()


async def _live(settings: Settings, path: str, step: int | None, way: str | None, arguments: dict[str, Any]) -> str:
    steps, act = PATHS[path]
    async with Installation.open(settings) as installation:
        if step is None or way is None:
            return (await told(act(installation, **arguments)))[0]
        with failing(steps[step], Way[way]) as hit:
            said, _ = await told(act(installation, **arguments))
            if not hit:
                await asyncio.sleep(_AFTERWARDS)
        return said


if __name__ == "__main__":
    main()
