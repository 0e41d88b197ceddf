"""The clerk brings due things about in a quiet ledger, and two clerks do it once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.announcements import Announcement
from app.clerk import Clerk
from app.clock import Clock
from app.growing import Grown, Watch
from app.installation import Installation
from app.storage.embedded import Server
from app.storage.ledgers import Ledger
from ledger import fold, ids
from ledger.state import Due, State
from ledger.statement import parse_leaf
from tests.app.sequencer.books import Word
from tests.app.sequencer.house import House, founded, settings


@pytest.fixture
async def house(migrated: Server, tmp_path: Path) -> AsyncIterator[House]:
    async with Installation.open(settings(migrated, tmp_path)) as installation:
        yield await founded(installation)


async def test_nothing_due_nothing_said(house: House) -> None:
    await house.submit(house.word(house.hanako, 1, expires=3_600_000))
    await Clerk(house.installation).look_around()
    assert house.tree[0] == 2


async def test_a_tick_brings_about_what_is_due(house: House) -> None:
    await house.submit(house.word(house.hanako, 1, expires=1))
    await asyncio.sleep(0.01)
    await Clerk(house.installation).look_around()
    entry = await house.installation.log.entry(house.ledger, 2)
    assert entry is not None
    statement = parse_leaf(entry.leaf).statement
    assert (statement.type, statement.author) == (fold.TICK, ids.CLERK)

    def question(state: State) -> tuple[list[bool], int]:
        return [word.live for word in state.children(Word, house.hanako.id)], len(state.children(Due))

    assert await house.installation.ask(house.ledger, question) == ([False], 0)
    await Clerk(house.installation).look_around()
    assert house.tree[0] == 3


class SetBack(Clock):
    """A clock that is behind where moments of receipt are taken."""

    behind = 0

    def check(self, database: int) -> int:
        return super().check(database) - self.behind


async def test_a_tick_before_a_clock_is_put_back_is_said_again(migrated: Server, tmp_path: Path) -> None:
    clock = SetBack()
    async with Installation.open(settings(migrated, tmp_path, clock=clock)) as installation:
        house = await founded(installation)
        await house.submit(house.word(house.hanako, 1, expires=1))
        await asyncio.sleep(0.01)
        clock.behind = 3_000
        clerk = Clerk(installation)
        await clerk.look_around()
        assert (house.tree[0], len(await dues(house))) == (3, 1)
        clock.behind = 0
        await clerk.look_around()
        assert (house.tree[0], len(await dues(house))) == (4, 0)


async def dues(house: House) -> list[Due]:
    return await house.installation.ask(house.ledger, lambda state: state.children(Due))


async def test_two_clerks_tick_once(house: House) -> None:
    await house.submit(house.word(house.hanako, 1, expires=1))
    await asyncio.sleep(0.01)
    await asyncio.gather(*(Clerk(house.installation).look_around() for _ in range(3)))
    assert house.tree[0] == 3


async def test_an_announcement_is_made_once_for_its_cause(house: House) -> None:
    asked: list[Ledger] = []

    async def announcer(_installation: Installation, ledger: Ledger) -> list[Announcement]:
        asked.append(ledger)
        return [Announcement(fold.TICK, {}, "the roll of prop_x")]

    clerks = [Clerk(house.installation, (announcer,)) for _ in range(2)]
    await asyncio.gather(*(clerk.look_around() for clerk in clerks))
    for clerk in clerks:
        await clerk.look_around()
        await clerk.look_around()
    assert house.tree[0] == 2
    before = len(asked)
    await clerks[0].look_around()
    assert len(asked) == before, "it looked at a ledger that had not grown"


async def test_a_mistake_about_one_ledger_keeps_nothing_from_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Ledger] = []

    async def announcer(_installation: Installation, ledger: Ledger) -> list[Announcement]:
        asked.append(ledger)
        if len(asked) == 1:
            raise RuntimeError("asks without end")
        return []

    clerk, grown = Clerk(house.installation, (announcer,)), Watch.grown

    async def twice(watch: Watch) -> list[Grown]:
        return 2 * await grown(watch)

    monkeypatch.setattr(Watch, "grown", twice)
    await clerk.look_around()
    assert len(asked) == 2


async def test_a_running_clerk_survives_trouble(house: House) -> None:
    async def broken(_installation: Installation, _ledger: Ledger) -> list[Announcement]:
        raise OSError("no chain")

    running = asyncio.create_task(Clerk(house.installation, (broken,)).run())
    await house.submit(house.word(house.hanako, 1, expires=1))
    async with asyncio.timeout(20):
        while house.tree[0] < 3:  # noqa: ASYNC110  (a file changes, nothing tells)
            await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()
