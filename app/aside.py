"""Work on a large ledger in a process of its own: ``python -m app.aside`` reads what is to be done, and answers.

In the service's process even a thread of its own would hold up everybody else's entries: rows become objects, and
questions are worked out, under Python's one lock. Work and answer are pickled, so both are made of what modules
define.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from app.errors import DatabaseUnavailable
from app.sequencer.state import ask
from app.storage.database import keywords, parse_url
from governance.all_books import BOOKS
from ledger.state import State

T = TypeVar("T")
_COURTESY: Final = 10
"""Requests go first."""
_PATIENCE: Final = 1800.0
"""Seconds that an answer may take. The clerk looks after all ledgers; half an hour later the fold counts by itself."""
_CONNECTING, _READING = 10.0, 120.0
"""Seconds that the database may take to let it in, and for each thing that it reads: one that is gone says nothing."""


async def ask_aside(url: str, ledger_id: int, question: Callable[[State], T]) -> T:
    """What a pure question finds out about a ledger's committed state; otherwise like ``work_aside``."""
    return await work_aside(url, ledger_id, partial(_ask, question))


async def work_aside(url: str, ledger_id: int, work: Callable[[asyncpg.Connection, int], Awaitable[T]]) -> T:
    """What ``work`` comes to; ``url``: of the database, with its password, on a connection to which it is done.

    DatabaseUnavailable ``database.unavailable`` where the process ends without an answer (it has said why on stderr),
    or takes too long for one.
    """
    job = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.aside"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )
    try:
        # Not as an argument: anybody on the machine could read the password there.
        async with asyncio.timeout(_PATIENCE):
            said, _ = await job.communicate(pickle.dumps((url, ledger_id, work)))
    except TimeoutError as error:
        raise DatabaseUnavailable("database.unavailable", reason="aside: too slow") from error
    finally:
        if job.returncode is None:
            job.kill()
            await job.wait()
    if job.returncode:
        raise DatabaseUnavailable("database.unavailable", reason=f"aside: {job.returncode}")
    answer: T = pickle.loads(said)  # noqa: S301  (our own process said so)
    return answer


async def _ask(question: Callable[[State], T], connection: asyncpg.Connection, ledger_id: int) -> T:
    return await ask(connection, BOOKS, ledger_id, question)


async def _answer(url: str, ledger_id: int, work: Callable[[asyncpg.Connection, int], Awaitable[Any]]) -> Any:
    # The service's connections end when a transaction is idle for long, as this one is while it is being counted; it
    # only reads, and holds up nobody.
    settings = {"application_name": "yui aside"}
    connection = await asyncpg.connect(
        **keywords(parse_url(url)), server_settings=settings, timeout=_CONNECTING, command_timeout=_READING
    )
    try:
        return await work(connection, ledger_id)
    finally:
        await connection.close()


if __name__ == "__main__":
    os.nice(_COURTESY)
    sys.stdout.buffer.write(pickle.dumps(asyncio.run(_answer(*pickle.load(sys.stdin.buffer)))))  # noqa: S301
