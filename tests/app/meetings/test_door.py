"""The code in the room: who may show it, and what leads members in who have scanned it."""

from __future__ import annotations

import re
from typing import Any

from ledger import canonical
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page


def door(coop: Coop, name: str) -> str:
    """The id of a key as the poster's page makes one."""
    return coop.town.key_id(name)


async def come(coop: Coop, who: str, meeting: str, key: str) -> int:
    """The status of an answer to who scans a code and presses the button."""
    id_ = door(coop, key)
    written = coop.town.says(
        who, "meeting.attend/1", {"meeting": meeting, "how": "room"}, cosigners=(id_,), keys={id_: key}
    )
    answer = await coop.post(written)
    if answer.status_code == 201:
        coop.town.saw(answer.json()["checkpoint"])
    return answer.status_code


async def test_who_leads_or_receives_may_show_the_code(coop: Coop, convene: Convene) -> None:
    meeting = await convene(chair=coop.town.id("Taro"))
    await coop.appoint("Ume", "facilitator")
    for name in ("Hanako", "Taro", "Ume"):
        shown = await page(coop, name, f"meetings/{meeting}/code")
        assert f'/c/owase/meetings/{meeting}/door"' in shown
        assert f"/meetings/{meeting}/code" in await page(coop, name, f"meetings/{meeting}")
    client = await coop.signed_in("Jiro")
    assert (await client.get(f"/c/owase/meetings/{meeting}/code")).status_code == 403
    assert f"/meetings/{meeting}/code" not in await page(coop, "Jiro", f"meetings/{meeting}")


async def test_no_code_is_shown_where_nobody_comes_into_a_room(coop: Coop, convene: Convene) -> None:
    client = await coop.signed_in("Hanako")
    assert (await client.get(f"/c/owase/meetings/{await convene(mode='online')}/code")).status_code == 409
    over = await convene()
    await coop.say("Hanako", "meeting.cancel/1", {"meeting": over})
    assert (await client.get(f"/c/owase/meetings/{over}/code")).status_code == 409


async def test_the_poster_follows_which_code_counts_and_who_came(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert "コードがすでに出ています" not in await page(coop, "Hanako", f"meetings/{meeting}/code")
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "door")})
    assert "コードがすでに出ています" in await page(coop, "Hanako", f"meetings/{meeting}/code")
    assert await come(coop, "Taro", meeting, "door") == 201
    client = await coop.signed_in("Hanako")
    part = await client.get(f"/c/owase/meetings/{meeting}/code", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert f'data-door="{door(coop, "door")}"' in part.text
    assert "会場で受付ずみ 1 人" in part.text


async def test_with_the_code_shown_now_members_come_and_with_an_older_one_they_do_not(
    coop: Coop, convene: Convene
) -> None:
    meeting = await convene()
    path = f"meetings/{meeting}/door"
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "old")})
    assert f'data-door="{door(coop, "old")}"' in await page(coop, "Taro", path)
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "new")})
    shown = await page(coop, "Taro", path)
    assert f'data-door="{door(coop, "new")}"' in shown
    assert 'data-statement="meeting.attend/1"' in shown
    assert await come(coop, "Taro", meeting, "old") == 409
    assert await come(coop, "Taro", meeting, "new") == 201
    assert "会場で受付ずみ" in await page(coop, "Taro", path)
    assert "meeting.attend/1" not in await page(coop, "Taro", path)


async def test_who_is_not_signed_in_is_led_to_it_and_back(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    answer = await coop.stranger.get(f"/c/owase/meetings/{meeting}/door")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/c/owase/sign-in?next=%2Fc%2Fowase%2Fmeetings%2F{meeting}%2Fdoor"
    assert answer.text == ""


async def test_the_door_opens_three_hours_before(coop: Coop, convene: Convene, clock: Travelling) -> None:
    meeting = await convene(starts_at=canonical.format_time(clock.now() + 4 * 3_600_000))
    shown = await page(coop, "Taro", f"meetings/{meeting}/door")
    assert "受付は" in shown
    assert "meeting.attend/1" not in shown
    clock.ahead += 3_600_000 + SOON
    assert "meeting.attend/1" in await page(coop, "Taro", f"meetings/{meeting}/door")


async def test_members_are_offered_to_scan_while_there_is_a_code(coop: Coop, convene: Convene) -> None:
    meeting = await convene(mode="room")
    scan = re.compile(rf'href="/c/owase/meetings/{meeting}/door"')
    assert not scan.search(await page(coop, "Taro", f"meetings/{meeting}"))
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "door")})
    assert scan.search(await page(coop, "Taro", f"meetings/{meeting}"))
    assert await come(coop, "Taro", meeting, "door") == 201
    assert not scan.search(await page(coop, "Taro", f"meetings/{meeting}"))


async def test_what_the_door_has_signed_serves_once_for_one_member_at_one_meeting(
    coop: Coop, convene: Convene, clock: Travelling
) -> None:
    """Who has seen statements at the door, or the door of another meeting, is not in this room."""
    meeting, other = await convene(), await convene()
    await coop.appoint("Ume", "facilitator")
    for where, key in ((meeting, "door"), (other, "other door")):
        await coop.say("Hanako", "meeting.door/1", {"meeting": where, "door": door(coop, key)})
    assert await come(coop, "Taro", meeting, "other door") == 409
    id_, body = door(coop, "door"), {"meeting": meeting, "how": "room"}
    signed = coop.town.says("Taro", "meeting.attend/1", body, cosigners=(id_,), keys={id_: "door"})
    # The door's signature stands on Taro's own words alone.
    hers = coop.town.says("Jiro", "meeting.attend/1", body, cosigners=(id_,), keys={id_: "door"})
    hers.signatures = (hers.signatures[0], signed.signatures[1])
    assert (await coop.post(hers)).json()["code"].startswith("signature.")
    # With the code in hand nobody checks others in: that takes two officials, and a door is none.
    for who, wanted in (("Jiro", "role.required"), ("Ume", "statement.countersign")):
        more: dict[str, Any] = {"cosigners": (id_,), "for_": "Taro", "via": "room", "keys": {id_: "door"}}
        assert (await coop.post(coop.town.says(who, "meeting.attend/1", body, **more))).json()["code"] == wanted
    first = (await coop.post(signed)).json()
    coop.town.saw(first["checkpoint"])
    await coop.say("Taro", "meeting.leave/1", {"meeting": meeting})
    # Posted again it is the entry that it was, and nobody comes back by it.
    assert (await coop.post(signed)).json()["index"] == first["index"]
    shown = await page(coop, "Taro", f"meetings/{meeting}/door")
    assert 'data-statement="meeting.attend/1"' in shown
    # Nobody comes by a code that was taken down, or after the end.
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting})
    assert await come(coop, "Taro", meeting, "door") == 409
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting, "door": id_})
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert await come(coop, "Taro", meeting, "door") == 409
