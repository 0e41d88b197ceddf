"""Server-sent events: what one process appends, a page at another one hears of."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.storage.embedded import Server
from tests.e2e.conftest import free_port
from tests.town import Town

ROOT = Path(__file__).parents[3]
SOON = 2.0
"""Seconds within which an append has to be visible elsewhere."""


@asynccontextmanager
async def serving(database: Server, data: Path) -> AsyncIterator[str]:
    """A process of its own over that database."""
    port = free_port()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "YUI_DATABASE_URL": database.service_dsn.url,
        "YUI_DATABASE_OWNER_URL": database.owner_dsn.url,
    }
    command = [sys.executable, "-P", "-m", "app.cli", "serve", "--port", str(port), "--data", str(data)]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            while b"http://" not in await process.stdout.readline():
                assert process.returncode is None
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await process.wait() == 0


async def heads(lines: AsyncIterator[str]) -> AsyncIterator[int]:
    async for line in lines:
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))["size"]


@pytest.fixture
async def two(database: Server, tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serving(database, tmp_path))
        second = await stack.enter_async_context(serving(database, tmp_path))
        yield first, second


async def test_an_append_through_one_process_is_told_at_the_other(two: tuple[str, str]) -> None:
    here, there = two
    town = Town(f"coop-{secrets.token_hex(4)}")
    async with httpx.AsyncClient(base_url=there) as client:
        prepared = await client.post("/api/v1/foundings/prepare", json={"slug": town.slug})
        genesis = town.genesis(prepared.json(), "Hanako")
        answer = await client.post("/api/v1/ledgers", params={"slug": town.slug}, content=genesis.json())
        town.saw(answer.json()["checkpoint"])
        listening = httpx.AsyncClient(base_url=here, timeout=30)
        async with listening, listening.stream("GET", f"/api/v1/ledgers/{town.slug}/events") as page:
            assert page.headers["content-type"].startswith("text/event-stream")
            sizes = heads(page.aiter_lines())
            assert await anext(sizes) == 1
            for size in (2, 3):
                said = town.invitation("Taro", "Hanako")
                answer = await client.post(f"/api/v1/ledgers/{town.slug}/statements", content=said.json())
                assert answer.status_code == 201, answer.text
                async with asyncio.timeout(SOON):
                    assert await anext(sizes) == size
