"""Meetings as members see them: the list, and one as people come to it."""

from __future__ import annotations

import re

from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene


async def page(coop: Coop, who: str, path: str) -> str:
    """A page as a member sees it."""
    client = await coop.signed_in(who)
    answer = await client.get(f"/c/{coop.town.slug}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_without_a_meeting_the_list_says_so(coop: Coop) -> None:
    assert "予定されている会議はありません" in await page(coop, "Taro", "meetings")
    assert "終わった会議はまだありません" in await page(coop, "Taro", "meetings?view=past")


async def test_what_is_convened_is_on_the_list_and_once_over_among_the_past(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert f'href="/c/owase/meetings/{meeting}"' in await page(coop, "Taro", "meetings")
    assert meeting not in await page(coop, "Taro", "meetings?view=past")
    await coop.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    assert meeting not in await page(coop, "Taro", "meetings")
    assert meeting in await page(coop, "Taro", "meetings?view=past")
    assert "この会議は開かれません" in await page(coop, "Taro", f"meetings/{meeting}")


async def test_a_meeting_says_when_where_what_and_who(coop: Coop, convene: Convene, proposal: str) -> None:
    shown = await page(coop, "Taro", f"meetings/{await convene(proposal)}")
    for said in (
        "第3回通常総会",
        "みかん会館",
        "この一年の活動",
        "第1号議案 直売所の屋根を直す",
        "Jiroさん",
        "Umeさん",
    ):
        assert said in shown
    assert f'href="/c/owase/proposals/{proposal}"' in shown


async def test_each_open_item_leads_those_with_a_vote_to_their_ballot(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    ballot = f'href="/c/owase/proposals/{proposal}#vote"'
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert ballot in shown
    assert "<span>投票する</span>" in shown
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    shown = await page(coop, "Taro", f"meetings/{meeting}")
    assert ballot in shown
    assert "<span>票を選び直す</span>" in shown
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
    assert ballot not in await page(coop, "Taro", f"meetings/{meeting}")


async def test_nobody_outside_sees_a_meeting(coop: Coop, convene: Convene) -> None:
    answer = await coop.stranger.get(f"/c/owase/meetings/{await convene()}", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "みかん会館" not in answer.text


async def test_what_is_no_meeting_is_not_found(coop: Coop) -> None:
    client = await coop.signed_in("Taro")
    assert (await client.get("/c/owase/meetings/mtg_x")).status_code == 404


def turnout(shown: str) -> list[int]:
    """Of an item: voters, present, in the room, online, by proxy, in writing."""
    found = re.search(r"議決権のある .*?<", shown)
    assert found is not None
    return [int(number) for number in re.findall(r"\d+", found[0])]


async def test_the_quorum_follows_whoever_comes_goes_is_represented_or_votes(
    coop: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    assert turnout(await page(coop, "Ume", f"meetings/{meeting}")) == [4, 1, 0, 0, 0, 1]
    await coop.say("Ume", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Jiro")})
    assert turnout(await page(coop, "Ume", f"meetings/{meeting}")) == [4, 1, 0, 0, 0, 1]
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    shown = await page(coop, "Ume", f"meetings/{meeting}")
    assert turnout(shown) == [4, 3, 0, 1, 1, 1]
    assert "3 / 4" in shown
    await coop.say("Jiro", "meeting.leave/1", {"meeting": meeting})
    assert turnout(await page(coop, "Ume", f"meetings/{meeting}")) == [4, 1, 0, 0, 0, 1]


async def test_the_turnout_of_a_closed_item_stays_as_it_was(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    await coop.say("Jiro", "meeting.attend/1", {"meeting": meeting, "how": "online"})
    await coop.say("Taro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
    clock.ahead += 10
    await coop.say("Jiro", "meeting.leave/1", {"meeting": meeting})
    assert turnout(await page(coop, "Ume", f"meetings/{meeting}")) == [4, 2, 0, 1, 0, 1]


async def test_what_has_changed_comes_without_the_frame(coop: Coop, convene: Convene) -> None:
    client = await coop.signed_in("Taro")
    answer = await client.get(f"/c/owase/meetings/{await convene()}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "みかん会館" in answer.text
