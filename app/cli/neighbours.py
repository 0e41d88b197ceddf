"""Two sample villages that witness each other: a second installation as a process of its own, and who is told of whom.

Each has a data directory, a database and a port of its own, and two policy files (C2SP ``tlog-policy``) beside them
that say whose ledgers it witnesses and whom it asks. What stands in the files is what each shows the other over HTTP,
as between real neighbours, so they are written once both answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from app import files
from app.cli.failures import CommandError
from app.demo.villages import KAWAOTO, MIZUNASATO

_NOBODY: Final = "quorum none\n"
_LOOK: Final = 0.25
"""Seconds between two looks whether a neighbour answers."""
_STOPPING: Final = 60.0
"""Seconds that a neighbour has to close its database."""
_OUTSIDE: Final = ("YUI_DATABASE_URL", "YUI_DATABASE_OWNER_URL", "YUI_ADDRESS", "YUI_DATA", "YUI_TILES")
"""Settings that are for one installation alone."""


class Side(NamedTuple):
    """One of the two: where it answers, and its policy files."""

    slug: str
    address: str
    logs: Path
    policy: Path


def sides(folder: Path, address: str, host: str, port: int) -> tuple[Side, Side]:
    """The village itself and its neighbour at the next port. Their files say that nobody is known yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # People and browsers know this machine by a name; what it listens at may be a number.
    name = host if host not in ("127.0.0.1", "::1", "0.0.0.0", "::") else "localhost"  # noqa: S104
    found = []
    for slug, at in ((MIZUNASATO.slug, address), (KAWAOTO.slug, f"http://{name}:{port + 1}")):
        side = Side(slug, at, folder / f"{slug}.logs", folder / f"{slug}.policy")
        for file in (side.logs, side.policy):
            _write(file, _NOBODY)
        found.append(side)
    return found[0], found[1]


@contextlib.asynccontextmanager
async def beside(own: Side, other: Side, line: list[str], met: Callable[[], None]) -> AsyncIterator[None]:
    """The neighbour, for as long as this lasts; ``met`` is called once both have been told of each other.

    ``line``: arguments of ``yui demo`` that are for both. CommandError ``demo.neighbour`` where it ends by itself.
    """
    port = other.address.rpartition(":")[2]
    files = ["--witness-logs", str(other.logs), "--witness-policy", str(other.policy)]
    own_line = ["--village", other.slug, "--port", port, "--address", other.address, *files]
    # A session of its own, so that Ctrl-C is for this village alone, which then ends the other; should it be killed
    # without a chance to, the end of the pipe tells.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.cli", "demo", *line, *own_line, "--until-input-ends"),
        env={name: value for name, value in os.environ.items() if name not in _OUTSIDE},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            meeting = tasks.create_task(_introduce(own, other, met))
            watching = tasks.create_task(_watch(process))
            yield
            meeting.cancel()
            watching.cancel()
    except* CommandError as group:
        raise group.exceptions[0] from None
    finally:
        await _end(process)


async def until_input_ends(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do it until the standard input ends: the neighbour goes when the one that started it is gone, however it went."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    working, ended = asyncio.ensure_future(main()), asyncio.ensure_future(reader.read())
    ended.add_done_callback(lambda _: working.cancel())
    try:
        await working
    finally:
        ended.cancel()


async def _watch(process: asyncio.subprocess.Process) -> None:
    """It says itself, on the same standard error output, why it could not go on."""
    await process.wait()
    raise CommandError("demo.neighbour")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), _STOPPING)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _introduce(own: Side, other: Side, met: Callable[[], None]) -> None:
    """Lists first: whoever asks must be known by then."""
    async with httpx.AsyncClient(timeout=30) as client:
        cards = [await _card(client, side) for side in (own, other)]
    for side, card in ((own, cards[1]), (other, cards[0])):
        (ledger,) = card["ledgers"]
        _write(side.logs, "".join(f"log {vkey}\n" for vkey in ledger["vkeys"]) + _NOBODY)
    for side, card in ((own, cards[1]), (other, cards[0])):
        _write(side.policy, f"witness neighbour {card['witness']['vkey']} {card['witness']['url']}\nquorum neighbour\n")
    met()


async def _card(client: httpx.AsyncClient, side: Side) -> Any:
    """What a village's installation says of itself, once it answers and the village is there."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            answer = await client.get(f"{side.address}/.well-known/yui.json")
            if answer.status_code == httpx.codes.OK and answer.json()["ledgers"]:
                return answer.json()
        await asyncio.sleep(_LOOK)


def _write(file: Path, text: str) -> None:
    """As a whole: it is being read."""
    files.replace(file, text.encode())
