"""What a meeting's page offers, to whom and when; what it offers is what the ledger then takes."""

from __future__ import annotations

import re

from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page


async def offered(coop: Coop, who: str, meeting: str) -> set[str]:
    """The types of statements that the page has forms for."""
    return set(re.findall(r'data-statement="([^"]+)"', await page(coop, who, f"meetings/{meeting}")))


async def test_members_come_online_and_go(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert await offered(coop, "Taro", meeting) == {"meeting.attend/1"}
    await coop.say("Taro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    assert await offered(coop, "Taro", meeting) == {"meeting.leave/1"}


async def test_a_meeting_in_a_room_is_not_attended_online(coop: Coop, convene: Convene) -> None:
    assert await offered(coop, "Taro", await convene(mode="room")) == set()


async def test_a_proxy_is_given_and_taken_back(coop: Coop, convene: Convene, proposal: str) -> None:
    meeting = await convene(proposal)
    assert "proxy.give/1" in await offered(coop, "Taro", meeting)
    assert "議長(Hanakoさん)に一任する" in await page(coop, "Taro", f"meetings/{meeting}")
    assert "に一任する" not in await page(coop, "Hanako", f"meetings/{meeting}")
    await coop.say("Taro", "proxy.give/1", {"meeting": meeting, "to": "chair"})
    assert "議長に一任しています" in await page(coop, "Taro", f"meetings/{meeting}")
    assert "proxy.give/1" not in await offered(coop, "Taro", meeting)
    await coop.say("Taro", "proxy.revoke/1", {"meeting": meeting})
    assert "proxy.give/1" in await offered(coop, "Taro", meeting)


async def test_the_chair_leads_from_opening_to_close(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    assert "meeting.open/1" not in await offered(coop, "Hanako", meeting)
    clock.ahead += SOON
    assert "meeting.open/1" in await offered(coop, "Hanako", meeting)
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    led = {"meeting.hands/1", "meeting.unopposed/1", "meeting.close_item/1", "meeting.close/1", "meeting.chair/1"}
    assert led <= await offered(coop, "Hanako", meeting)
    assert not led & await offered(coop, "Jiro", meeting)
    await coop.say("Taro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    await coop.say("Hanako", "meeting.unopposed/1", {"proposal": proposal}, cosigners=("Jiro", "Ume"))
    await coop.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
    clock.ahead += 10
    assert led & await offered(coop, "Hanako", meeting) == {"meeting.close/1", "meeting.chair/1"}
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert await offered(coop, "Hanako", meeting) == set()


async def test_hands_need_two_signers_of_the_minutes(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal, signers=[coop.town.id("Jiro")])
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    assert "meeting.hands/1" not in await offered(coop, "Hanako", meeting)
    assert "meeting.close_item/1" in await offered(coop, "Hanako", meeting)


async def test_whoever_takes_the_chair_leads(coop: Coop, convene: Convene, clock: Travelling) -> None:
    meeting = await convene()
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    body = {"meeting": meeting, "chair": coop.town.id("Jiro"), "signers": [coop.town.id("Ume")]}
    await coop.say("Hanako", "meeting.chair/1", body, cosigners=("Ume",))
    assert "meeting.close/1" in await offered(coop, "Jiro", meeting)
    assert "meeting.close/1" not in await offered(coop, "Hanako", meeting)


async def test_only_who_may_convene_calls_it_off(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert "meeting.cancel/1" in await offered(coop, "Hanako", meeting)
    assert "meeting.cancel/1" not in await offered(coop, "Jiro", meeting)
