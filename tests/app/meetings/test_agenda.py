"""The agenda as many see it at once: found out once for each entry, and each is told of their own vote."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.installation import Installation
from app.meetings.agenda import Item, agenda
from app.reading import Reading, reading_of
from governance.books.meetings import Meeting
from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop
from tests.app.meetings.conftest import Convene


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ledgers whose state was asked."""
    found: list[str] = []
    ask = Installation.ask

    async def counted(self: Installation, ledger: Any, question: Any) -> Any:
        found.append(ledger.slug)
        return await ask(self, ledger, question)

    monkeypatch.setattr(Installation, "ask", counted)
    return found


async def seen(coop: Coop, meeting: str, *names: str) -> list[list[Item]]:
    """The agenda, asked for by all of them at once."""
    reading: Reading = await reading_of(coop.installation, coop.town.slug)
    found = await reading.find(Meeting, meeting)
    assert found is not None
    size = await reading.size()
    looks = (agenda(coop.installation, reading, found, coop.town.id(name), size) for name in names)
    return await asyncio.gather(*looks)


async def test_what_all_see_alike_is_found_out_once_until_something_happens(
    coop: Coop, convene: Convene, proposal: str, asked: list[str]
) -> None:
    meeting = await convene(proposal)
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    first = await seen(coop, meeting, "Hanako", "Jiro", "Ume", "Taro")
    assert len(asked) == 1
    assert {items[0].turnout for items in first} == {first[0][0].turnout}
    await seen(coop, meeting, "Taro")
    assert len(asked) == 1
    await coop.say("Ume", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    [[item]] = await seen(coop, meeting, "Taro")
    assert len(asked) == 2
    assert item.turnout is not None
    assert item.turnout.online == 2


async def test_each_reader_is_told_whether_they_have_a_vote(coop: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    body = {"cls": "member", "profile": {"name": Private("Matsu")}, "type": "person"}
    coop.town.ids["Matsu"] = ids.object_id("mem", (await coop.say("Hanako", "member.enter/1", body)).id)
    found = await seen(coop, meeting, "Taro", "Matsu")
    # Matsu came when the vote was open already.
    assert [items[0].mine for items in found] == [True, False]


async def test_a_look_that_failed_is_not_kept(
    coop: Coop, convene: Convene, proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await convene(proposal)
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})

    async def down(*_: Any) -> Any:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(Installation, "ask", down)
        with pytest.raises(ConnectionError):
            await seen(coop, meeting, "Taro")
    [[item]] = await seen(coop, meeting, "Taro")
    assert item.turnout is not None


async def test_who_goes_away_does_not_take_the_answer_with_them(
    coop: Coop, convene: Convene, proposal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await convene(proposal)
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    ask, looking, goes_on = Installation.ask, asyncio.Event(), asyncio.Event()

    async def slow(self: Installation, *asked: Any) -> Any:
        looking.set()
        await goes_on.wait()
        return await ask(self, *asked)

    monkeypatch.setattr(Installation, "ask", slow)
    gone = asyncio.create_task(seen(coop, meeting, "Taro"))
    await looking.wait()
    stays = asyncio.create_task(seen(coop, meeting, "Ume"))
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    goes_on.set()
    [[item]] = await stays
    assert item.turnout is not None
