"""Whoever holds a proxy is told so where they come and where they vote, and results say which votes came by proxy."""

from __future__ import annotations

from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page

HELD = "Umeさんから委任状を受けています。"


async def test_the_holder_is_told_until_it_is_taken_back(coop: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    places = (f"meetings/{meeting}", f"proposals/{proposal}")
    for place in places:
        assert "委任状を受けています" not in await page(coop, "Jiro", place)
    await coop.say("Ume", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Jiro")})
    for place in places:
        assert HELD in await page(coop, "Jiro", place)
        assert "委任状を受けています" not in await page(coop, "Taro", place)
    await coop.say("Ume", "proxy.revoke/1", {"meeting": meeting})
    for place in places:
        assert "委任状を受けています" not in await page(coop, "Jiro", place)


async def test_the_result_tells_votes_by_proxy(coop: Coop, convene: Convene, proposal: str, clock: Travelling) -> None:
    meeting = await convene(proposal)
    await coop.say("Ume", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Jiro")})
    await coop.say("Jiro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
    clock.ahead += 10
    await coop.say("Taro", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")})
    assert "自分の票 1、おまかせや代理による票 1。" in await page(coop, "Taro", f"proposals/{proposal}")


async def test_the_chair_is_told_that_hands_count_no_proxies(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    told = "委任状を預かっている人には、端末か書面で投票してもらってください。"
    assert told not in await page(coop, "Hanako", f"meetings/{meeting}")
    await coop.say("Ume", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Jiro")})
    assert told in await page(coop, "Hanako", f"meetings/{meeting}")
