"""Puts entries back, or founds a successor, in a process of its own that ends by SIGKILL at a named point.

``python -m tests.app.succession.killed DATA DATABASE_URL POINT replay COPY`` or ``… succeed ENVELOPE``. ``POINT`` is
the name of a step and whether it is killed before or after it: ``commit:before``, which is that of what was written.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg.transaction

from app.audit.copies import FolderCopy
from app.installation import Installation, Settings
from app.sequencer.batch import Batch
from app.sequencer.guard import Guard
from app.sequencer.publication import Publisher
from app.sequencer.submission import parse
from app.succession.founding import succeed
from app.succession.replay import replay
from governance.all_books import BOOKS
from tests.app.succession.conftest import SLUG

NEW = "owase-2"
STEPS: dict[str, tuple[Any, str]] = {
    "begin": (Publisher, "begin"),
    "write": (Batch, "write"),
    "shut": (Guard, "succeed"),
    "commit": (asyncpg.transaction.Transaction, "_Transaction__commit"),
    "advance": (Guard, "advance"),
}


def arm(point: str) -> None:
    step, _, when = point.partition(":")
    owner, name = STEPS[step]
    whole, written = getattr(owner, name), list[bool]()

    def die() -> None:
        if step != "commit" or written:
            os.kill(os.getpid(), signal.SIGKILL)

    def now(*args: Any, **more: Any) -> Any:
        if when == "before":
            die()
        done = whole(*args, **more)
        die()
        return done

    async def later(*args: Any, **more: Any) -> Any:
        if when == "before":
            die()
        done = await whole(*args, **more)
        die()
        return done

    write = Batch.write

    async def writing(*args: Any) -> None:
        await write(*args)
        written.append(True)

    if step == "commit":
        setattr(Batch, "write", writing)  # noqa: B010  (a method by another)
    setattr(owner, name, later if asyncio.iscoroutinefunction(whole) else now)


async def main(data: str, url: str, point: str, what: str, file: str) -> None:
    given = await asyncio.to_thread(Path(file).read_bytes) if what == "succeed" else b""
    async with Installation.open(Settings(Path(data), url, BOOKS)) as installation:
        act: Callable[[], Any]
        if what == "replay":
            act = lambda: replay(installation, SLUG, FolderCopy(Path(file)))  # noqa: E731
        else:
            submission = parse(given)
            act = lambda: succeed(installation, SLUG, NEW, submission)  # noqa: E731
        arm(point)
        await act()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
