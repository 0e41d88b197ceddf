"""Several processes on one ledger, and what is left when they, or PostgreSQL, are killed at any moment."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from app.installation import Installation
from app.storage.embedded import EmbeddedPostgres, Server
from app.storage.log import Receipt
from app.storage.migrate import migrate
from ledger import checkpoint, merkle
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import ORIGIN, check_receipt, founded, settings
from tests.app.sequencer.writer import Line

ROOT = Path(__file__).parents[3]
PATIENCE = 120


class Writer:
    """A writing process and what it was told."""

    def __init__(self, url: str, data: Path, name: str, count: int) -> None:
        self._arguments = (url, str(data), name, str(count))
        self.receipts: list[Receipt] = []
        self._told = asyncio.Condition()

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.app.sequencer.writer", *self._arguments),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._ended = False
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if line.endswith(b"\n"):  # a killed process may leave half a line
                told = msgspec.json.decode(line, type=Line)
                async with self._told:
                    self.receipts.append(Receipt(told.index, told.leaf, told.path, told.note))
                    self._told.notify_all()
        async with self._told:
            self._ended = True
            self._told.notify_all()

    async def kill(self) -> bool:
        """Whether it was killed: it may have been through before."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        code = await self._process.wait()
        await self._reading
        assert code in {0, -signal.SIGKILL}
        return code != 0

    async def finish(self) -> None:
        assert await asyncio.wait_for(self._process.wait(), PATIENCE) == 0
        await self._reading

    async def grow_by(self, count: int) -> None:
        """Wait until it has been given that many more receipts."""
        goal = len(self.receipts) + count
        async with asyncio.timeout(PATIENCE):
            async with self._told:
                await self._told.wait_for(lambda: len(self.receipts) >= goal or self._ended)


async def check(installation: Installation, receipts: list[Receipt], expected: int) -> None:
    """No gap, no fork, nothing acknowledged lost, nothing twice, every receipt provable for ever."""
    house = await founded(installation)
    await house.submit(house.word(house.taro, 1_000_000))
    async with installation.database.pool.acquire() as connection:
        leaves = await audit(connection, house.ledger, BOOKS)
    assert len(leaves) == expected + 2
    key = installation.keys.verifier(ORIGIN)
    published = await installation.log.published(house.ledger)
    for receipt in receipts:
        check_receipt(receipt, key)
        assert leaves[receipt.index] == receipt.leaf
    for note in {receipt.note for receipt in receipts}:
        tree = checkpoint.verify(note, key)
        path = await installation.log.consistency(house.ledger, tree.size, published.size)
        merkle.check_consistency(tree.size, published.size, path, tree.root, published.root)


async def test_two_processes_append_to_one_ledger(migrated: Server, tmp_path: Path) -> None:
    writers = [Writer(migrated.service_dsn.url, tmp_path, name, 250) for name in ("Ichiro", "Jiro")]
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        await founded(installation)
        for writer in writers:
            await writer.start()
        for writer in writers:
            await writer.finish()
        assert [len(writer.receipts) for writer in writers] == [250, 250]
        both = [receipt.index for writer in writers for receipt in writer.receipts]
        assert len(set(both)) == 500
        first = [receipt.index for receipt in writers[0].receipts]
        second = [receipt.index for receipt in writers[1].receipts]
        assert min(second) < max(first), "they did not run at the same time"
        assert min(first) < max(second), "they did not run at the same time"
        await check(installation, writers[0].receipts + writers[1].receipts, 500)


async def test_killed_services_lose_nothing_they_acknowledged(migrated: Server, tmp_path: Path) -> None:
    dice = random.Random(20261122)
    writers = [Writer(migrated.service_dsn.url, tmp_path, name, 300) for name in ("Ichiro", "Jiro")]
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        await founded(installation)
        for _ in range(3):
            for writer in writers:
                await writer.start()
            await writers[0].grow_by(dice.randrange(1, 60))
            await asyncio.sleep(dice.random() / 50)
            assert any([await writer.kill() for writer in writers]), "both were through before they were killed"
        for writer in writers:
            await writer.start()
        for writer in writers:
            await writer.finish()
        receipts = [receipt for writer in writers for receipt in writer.receipts]
        assert len({receipt.index for receipt in receipts}) == 600
        await check(installation, receipts, 600)


@pytest.mark.slow
async def test_a_killed_postgresql_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    dice = random.Random(20261123)
    async with EmbeddedPostgres(tmp_path / "database") as postgres:
        server = Server(postgres.owner_dsn, postgres.service_dsn)
        await migrate(server.owner_dsn.url)
        writer = Writer(server.service_dsn.url, tmp_path / "data", "Ichiro", 400)
        async with Installation.open(settings(server, tmp_path / "data")) as installation:
            await founded(installation)
        await writer.start()
        for _ in range(3):
            await writer.grow_by(dice.randrange(1, 80))
            await asyncio.sleep(dice.random() / 50)
            assert postgres.pid is not None
            assert len(writer.receipts) < 400, "it had ended before PostgreSQL was killed"
            os.kill(postgres.pid, signal.SIGKILL)
        await writer.finish()
        assert len(writer.receipts) == 400
        async with Installation.open(settings(server, tmp_path / "data")) as installation:
            await check(installation, writer.receipts, 400)
