"""A public chain to try things on, beside the demo: Foundry's anvil, a real node, of which everything is known.

Its accounts, their keys and their wealth are the same in the whole world; nothing here is a secret. Blocks come while
a batch is under way, so that the chain stays small; what it holds lies beside the village and outlives both.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import platform
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx

from app.anchors.settings import Anchoring
from app.cli import test_tools
from app.cli.failures import CommandError
from app.installation import Installation
from app.storage.database import AWAY

KEY: Final = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
"""Of the first account."""
LISTENING: Final = re.compile(r"Listening on \S+:(\d+)")
CHAIN_ID: Final = 31337
CONFIRMATIONS: Final = 4
BLOCK: Final = 3.0
"""Seconds between two blocks."""
EVERY: Final = 60_000
_PAUSE: Final = 1.0
_MAX_FEE: Final = 100 * 10**9
_STARTING: Final = 30.0
_STOPPING: Final = 10.0
_PARENT_DIES: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_TROUBLE: Final = (httpx.HTTPError, *AWAY)


def program() -> str | None:
    """The anvil that package-lock.json pins, where npm has one for this machine; else whatever the machine has."""
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return str(test_tools.ROOT / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil")
    return shutil.which("anvil")


def bring() -> str:
    """The program, installed where it is missing. CommandError ``demo.anvil`` where that can't be done."""
    found = program()
    if found is None:
        raise CommandError("demo.anvil", reason=f"{platform.system()} {platform.machine()}")
    try:
        if not Path(found).is_file():
            test_tools.prepare_npm(dict(os.environ))
    except (test_tools.Missing, OSError) as error:
        raise CommandError("demo.anvil", reason=error) from error
    return found


@contextlib.asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[Anchoring]:
    """A chain with the contract on it, for as long as this lasts, and the settings to anchor there."""
    anvil = await asyncio.to_thread(bring)
    await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(anvil, "--port", "0", "--no-mining", "--threads", "1"),
        *("--state", str(folder / "chain.json"), "--state-interval", "5"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    draining = None
    try:
        rpc = f"http://127.0.0.1:{await _port(process)}"
        draining = asyncio.create_task(_drain(process))
        os.environ["YUI_ANCHOR_KEY"] = KEY
        contract = await asyncio.to_thread(_contract, rpc)
        yield Anchoring(rpc, CHAIN_ID, contract, None, CONFIRMATIONS, _MAX_FEE, EVERY, _PAUSE)
    finally:
        if draining is not None:
            draining.cancel()
        await _end(process)


@contextlib.asynccontextmanager
async def making_blocks(installation: Installation, anchoring: Anchoring) -> AsyncIterator[None]:
    """One after the other while a batch is under way, for as long as this lasts."""
    task = asyncio.create_task(_make_blocks(installation, anchoring))
    try:
        yield
    finally:
        task.cancel()


async def _make_blocks(installation: Installation, anchoring: Anchoring) -> None:
    query = "SELECT count(*) FROM anchor_batch WHERE state IN ('pending', 'confirmed')"
    while True:
        await asyncio.sleep(BLOCK)
        with contextlib.suppress(*_TROUBLE):
            if await installation.database.pool.fetchval(query):
                await asyncio.to_thread(_mine, anchoring.rpc)


def _contract(rpc: str) -> str:
    """The contract's address: on a chain of our own always the same, for it is the account's first transaction."""
    from contracts import artefact
    from contracts.chain import RpcNode
    from contracts.deploy import deploy
    from contracts.key import Signer

    node = RpcNode(rpc)
    try:
        known = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
        if node.code(known) == artefact.RUNTIME:
            return known
        transaction = deploy(node, Signer(bytes.fromhex(KEY), "anvil"), _MAX_FEE)
        _mine(rpc)
        made = node.created(transaction)
    finally:
        node.close()
    if made is None:
        raise CommandError("demo.anvil", reason=transaction)
    return made


def _mine(rpc: str) -> None:
    httpx.post(rpc, json={"id": 1, "jsonrpc": "2.0", "method": "anvil_mine", "params": ["0x1"]}).raise_for_status()


async def _port(process: asyncio.subprocess.Process) -> int:
    said = b""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_STARTING):
            async for line in process.stdout:
                said += line
                found = LISTENING.search(line.decode(errors="replace"))
                if found:
                    return int(found[1])
    raise CommandError("demo.anvil", reason=said.decode(errors="replace").strip()[-300:])


async def _drain(process: asyncio.subprocess.Process) -> None:
    """It writes down every question, and would stop when nobody reads."""
    assert process.stdout is not None  # noqa: S101
    while await process.stdout.read(65_536):
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    """It keeps the chain's state as it goes."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), _STOPPING)
        except TimeoutError:
            process.kill()
            await process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGTERM)
