"""A failure at each step of an append, in both flavours: not done, and done but reported failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from app.errors import ServiceError
from app.installation import Installation
from app.keystore import PrivacyKeys
from app.sequencer import writing
from app.sequencer.batch import Batch
from app.sequencer.guard import Guard
from app.sequencer.lane import Lane
from app.sequencer.publication import Publisher
from app.storage.embedded import Server
from ledger.compose import Private
from tests.app.sequencer.audit import audit
from tests.app.sequencer.books import BOOKS
from tests.app.sequencer.house import House, founded, settings

STEPS = [
    (Batch, "fold"),
    (Batch, "write"),
    (PrivacyKeys, "seal"),
    (writing, "insert"),
    (Transaction, "_Transaction__commit"),
    (Publisher, "sign"),
    (Guard, "advance"),
    (Publisher, "remember"),
    (Publisher, "publish"),
    (Lane, "_answer"),
]
LOST = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
DEAD = RuntimeError("the process ends here")


@contextmanager
def failing(owner: Any, name: str, error: Exception, *, done: bool) -> Iterator[list[int]]:
    """Have the next call fail, before it does anything or after it has done everything; the list counts failures."""
    true: Callable[..., Any] = getattr(owner, name)
    failures: list[int] = []

    def once(*args: Any, **keywords: Any) -> Any:
        if failures:
            return true(*args, **keywords)
        failures.append(1)
        if asyncio.iscoroutinefunction(true):
            return awaited(*args, **keywords)
        if done:
            true(*args, **keywords)
        raise error

    async def awaited(*args: Any, **keywords: Any) -> Any:
        if done:
            await true(*args, **keywords)
        raise error

    with patch.object(owner, name, once):
        yield failures


async def check(house: House) -> list[bytes]:
    async with house.installation.database.pool.acquire() as connection:
        leaves = await audit(connection, house.ledger, BOOKS)
    published = await house.installation.log.published(house.ledger)
    assert published.size == len(leaves)
    return leaves


@pytest.mark.parametrize("done", [False, True], ids=["not-done", "done-but-failed"])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
async def test_a_lost_connection_is_survived_without_the_sender_noticing(
    house: House, owner: Any, name: str, *, done: bool
) -> None:
    before = await house.submit(house.word(house.hanako, 1, text=Private("一")))
    words = [house.word(house.hanako, number, text=Private("二")) for number in (2, 3)]
    with failing(owner, name, LOST, done=done) as failures:
        receipts = await asyncio.gather(*(house.submit(word) for word in words))
    assert failures
    assert [receipt.index for receipt in receipts] == [2, 3]
    leaves = await check(house)
    assert len(leaves) == 4
    assert leaves[1] == before.leaf


@pytest.mark.parametrize("done", [False, True], ids=["not-done", "done-but-failed"])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
async def test_a_death_loses_nothing_acknowledged(
    migrated: Server, tmp_path: Path, owner: Any, name: str, *, done: bool
) -> None:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        acknowledged = await house.submit(house.word(house.hanako, 1))
        word = house.word(house.hanako, 2, text=Private("二"))
        # Whoever waits is told of the failure, or has had the answer just before it.
        with failing(owner, name, DEAD, done=done) as failures, suppress(ServiceError):
            await house.installation.submit(house.ledger, word)
            assert (name, done) == ("_answer", True)
        assert failures
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        other = await house.submit(house.word(house.taro, 9))
        again = await house.submit(word)
        assert {other.index, again.index} == {2, 3}
        leaves = await check(house)
        assert leaves[1] == acknowledged.leaf
        assert len(leaves) == 4


async def test_readers_never_see_what_is_not_published(migrated: Server, tmp_path: Path) -> None:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        word = house.word(house.hanako, 1)
        with failing(Publisher, "publish", DEAD, done=False), pytest.raises(ServiceError):
            await house.installation.submit(house.ledger, word)
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        log, ledger = installation.log, await installation.ledger("words")
        assert (await log.published(ledger)).size == 1
        assert await log.entry(ledger, 1) is None
        assert await log.find(ledger, word.id) is None


async def test_founding_that_was_cut_off_is_taken_up_again(migrated: Server, tmp_path: Path) -> None:
    for owner, name in STEPS:
        if owner is PrivacyKeys:
            continue
        async with Installation.open(settings(migrated, tmp_path)) as installation:
            with failing(owner, name, DEAD, done=False):
                try:
                    await founded(installation)
                except (ServiceError, RuntimeError):
                    continue
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        house = await founded(installation)
        assert len(await check(house)) == 1
