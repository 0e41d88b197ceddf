"""Lists of proposals say "you can vote" to those who can."""

from __future__ import annotations

import pytest

from app import stream
from app.sequencer import state as cache
from tests.app.decided.conftest import Deciding

CAN, OPEN, DONE = "投票できます", "投票中", "投票ずみ"


async def test_who_is_not_on_the_roll_is_not_told_to_vote(coop: Deciding) -> None:
    proposal = await coop.call(await coop.draft())
    await coop.join("Mio")
    for place in ("", "proposals", "proposals?q=草刈り"):
        before, late = await coop.page("Taro", place), await coop.page("Mio", place)
        assert CAN in before
        assert CAN not in late
        assert OPEN in late
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    after = await coop.page("Taro", "proposals")
    assert DONE in after
    assert CAN not in after


async def test_who_voted_how_is_no_news_for_everybody(coop: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = await coop.call(await coop.draft())
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    for who in ("Taro", "Hanako"):
        home, ledger = await coop.page(who, ""), await coop.page(who, "ledger")
        assert "賛成 と投票する" in ledger
        assert "賛成 と投票する" not in home
        assert "始めるよう呼びかける" in home
    monkeypatch.setattr(stream, "_NEWEST", 1)
    assert "始めるよう呼びかける" not in await coop.page("Hanako", "")


async def test_as_many_votes_as_there_may_be_stop_no_page(coop: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether one is on the roll is asked about all of them at once: a page is no more for every vote that is open."""
    for _ in range(12):
        await coop.call(await coop.draft("admit"))
    monkeypatch.setattr(cache, "_MAX_FETCHES", 15)
    assert (await coop.page("Hanako", "proposals")).count(CAN) == 12
    assert CAN not in await coop.page("Taro", "proposals")
    assert CAN in await coop.page("Hanako", "")
