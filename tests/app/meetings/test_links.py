"""Where meetings are found from elsewhere: the home page with what one can do, the office with its desks."""

from __future__ import annotations

import re

from ledger import canonical
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_door import door
from tests.app.meetings.test_pages import page


async def test_the_home_page_shows_the_next_meeting_and_what_one_can_do(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    assert "これからの会議" not in await page(coop, "Taro", "")
    later = await convene(starts_at=canonical.format_time(clock.now() + 5 * 3_600_000))
    meeting = await convene(proposal)
    shown = await page(coop, "Taro", "")
    assert "これからの会議" in shown
    assert f"/c/owase/meetings/{meeting}" in shown
    assert shown.index(meeting) < shown.index(later)
    assert "これからの会議" not in (await coop.stranger.get("/c/owase")).text
    shown_buttons = re.findall(rf'href="/c/owase/meetings/{meeting}(#\w+|/door)"', shown)
    assert shown_buttons == ["#agenda", "#mine", "#mine"]
    assert "1件の議題に投票する" in shown
    assert "委任する</span>" in shown
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "door")})
    assert f"/meetings/{meeting}/door" in await page(coop, "Taro", "")
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    assert "件の議題に投票する" not in await page(coop, "Taro", "")
    await coop.say("Taro", "proxy.give/1", {"meeting": meeting, "to": "chair"})
    given = await page(coop, "Taro", "")
    assert "委任ずみ" in given
    assert "委任する</span>" not in given
    await coop.say("Taro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    there = await page(coop, "Taro", "")
    assert "受付ずみ" in there
    assert f"/meetings/{meeting}/door" not in there


async def test_a_meeting_that_is_over_is_not_the_next(coop: Coop, convene: Convene, clock: Travelling) -> None:
    meeting = await convene()
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    assert "開催中" in await page(coop, "Taro", "")
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert "これからの会議" not in await page(coop, "Taro", "")


async def test_the_office_leads_to_reception_and_to_convening(coop: Coop, convene: Convene) -> None:
    await coop.appoint("Jiro", "facilitator")
    assert "第3回通常総会の受付" not in await page(coop, "Hanako", "office")
    meeting = await convene()
    for name, convenes in (("Hanako", True), ("Jiro", False)):
        shown = await page(coop, name, "office")
        assert f'href="/c/owase/meetings/{meeting}/reception"' in shown
        assert "第3回通常総会の受付" in shown
        assert ("/c/owase/meetings/new" in shown) is convenes
