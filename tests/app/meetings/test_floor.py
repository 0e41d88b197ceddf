"""Motions from the floor by members without a device: entered by one official, countersigned by another."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_pages import page

ROOM: dict[str, Any] = {"for_": "Taro", "via": "room", "cosigners": ("Jiro",)}
MOTION = {"kind": "special", "title": Private("議事の順を変える"), "text": Private("先に役員を選ぶ。")}


@pytest.fixture
async def opened(coop: Coop, convene: Convene, clock: Travelling) -> str:
    """A running meeting, with Taro checked in and Jiro to countersign."""
    await coop.appoint("Jiro", "facilitator")
    meeting = await convene()
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    await coop.say("Hanako", "meeting.attend/1", {"meeting": meeting, "how": "room"}, **ROOM)
    return meeting


async def floor(coop: Coop, meeting: str, member: str = "Taro") -> str:
    return await page(coop, "Hanako", f"meetings/{meeting}/floor/{coop.town.id(member)}")


async def test_a_motion_is_written_down_and_put_for_a_member_without_a_device(coop: Coop, opened: str) -> None:
    taro = coop.town.id("Taro")
    assert f"meetings/{opened}/floor/{taro}" in await page(coop, "Hanako", f"meetings/{opened}/reception")
    shown = await floor(coop, opened)
    assert f'data-statement="proposal.draft/1" data-for="{taro}" data-via="room"' in shown
    assert 'name="kind" value="special"' in shown  # the one kind whose rule takes motions
    assert "meeting.motion/1" not in shown
    waiting = coop.town.says("Hanako", "proposal.draft/1", MOTION, missing=("Jiro",), **ROOM)
    assert (await coop.post(waiting, "pending")).status_code in (200, 201)
    shown = await floor(coop, opened)
    assert "書きとった動議が、連署を待っています" in shown
    assert "proposal.draft/1" not in shown

    proposal = ids.object_id("prop", (await coop.say("Hanako", "proposal.draft/1", MOTION, **ROOM)).id)
    shown = await floor(coop, opened)
    assert f'data-statement="meeting.motion/1" data-for="{taro}" data-via="room"' in shown
    assert f'value="{proposal}"' in shown
    await coop.say("Hanako", "meeting.motion/1", {"meeting": opened, "proposal": proposal}, **ROOM)
    assert "議事の順を変える" in await page(coop, "Ume", f"meetings/{opened}")
    assert "meeting.motion/1" not in await floor(coop, opened)


async def test_only_of_somebody_else_who_is_there(coop: Coop, opened: str) -> None:
    absent = await floor(coop, opened, "Ume")
    assert "受付がすんでいません" in absent
    own = await floor(coop, opened, "Hanako")
    assert "自分で出します" in own
    assert "proposal.draft/1" not in absent + own


async def test_only_officials_and_only_while_it_goes_on(coop: Coop, opened: str) -> None:
    path = f"/c/owase/meetings/{opened}/floor/{coop.town.id('Taro')}"
    assert (await (await coop.signed_in("Ume")).get(path)).status_code == 403
    assert (await (await coop.signed_in("Jiro")).get(f"{path}x")).status_code == 404
    await coop.say("Hanako", "meeting.close/1", {"meeting": opened})
    assert (await (await coop.signed_in("Jiro")).get(path)).status_code == 409
