"""The reception desk: whom it lists and how, and that what it offers is what the ledger then takes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from app import pending
from app.reading import reading_of
from app.sequencer import writing
from ledger import canonical
from ledger.books.roles import COOP, Role
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_door import come, door
from tests.app.meetings.test_pages import page


def lines(shown: str) -> dict[str, str]:
    """Each line of the list by member."""
    return {line[1]: line[0] for line in re.findall(r'(<li class="thing" id="(mem_\w+)">.*?</li>)', shown, re.DOTALL)}


def forms(line: str) -> dict[str, str]:
    """What a line's forms would say, by type: for whom, how, signed with whom."""
    found = re.findall(r'data-statement="([^"]+)" data-for="([^"]+)" data-via="([^"]+)" data-cosigners="([^"]*)"', line)
    return {type_: " ".join(rest) for type_, *rest in found}


async def desk(coop: Coop, meeting: str, query: str = "", who: str = "Hanako") -> dict[str, str]:
    return lines(await page(coop, who, f"meetings/{meeting}/reception{query}"))


async def enter(coop: Coop, type_: str, who: str, **body: Any) -> None:
    """Hanako at reception, countersigned by Jiro."""
    await coop.say("Hanako", type_, body, for_=who, via="room", cosigners=("Jiro",))


async def test_only_officials_sit_at_reception(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    await coop.appoint("Jiro", "facilitator")
    for name in ("Hanako", "Jiro"):
        assert f"meetings/{meeting}/reception" in await page(coop, name, f"meetings/{meeting}")
        assert len(await desk(coop, meeting, who=name)) == 4
    client = await coop.signed_in("Taro")
    assert (await client.get(f"/c/owase/meetings/{meeting}/reception")).status_code == 403
    assert "reception" not in await page(coop, "Taro", f"meetings/{meeting}")


async def test_without_a_second_official_nobody_can_be_checked_in(coop: Coop, convene: Convene) -> None:
    shown = await page(coop, "Hanako", f"meetings/{await convene()}/reception")
    assert "連署できる人がいません" in shown
    assert "meeting.attend/1" not in shown


async def test_a_member_is_checked_in_and_leaves_as_the_desk_offers_it(coop: Coop, convene: Convene) -> None:
    meeting, taro, jiro = await convene(), coop.town.id("Taro"), coop.town.id("Jiro")
    await coop.appoint("Jiro", "facilitator")
    offered = await desk(coop, meeting)
    assert forms(offered[taro]) == {"meeting.attend/1": f"{taro} room {jiro}"}
    assert f"/c/owase/meetings/{meeting}/returned/{taro}" in offered[taro]
    # Nobody is entered by themselves, nor by whoever countersigns; their lines say what to do.
    hanako = offered[coop.town.id("Hanako")]
    assert forms(hanako) == forms(offered[jiro]) == {}
    assert "自分の受付は、自分の端末" in hanako
    assert "連署をほかの人に替えると" in offered[jiro]
    assert "受付は、" not in offered[taro]
    await enter(coop, "meeting.attend/1", "Taro", meeting=meeting, how="room")
    there = (await desk(coop, meeting))[taro]
    assert "会場" in there
    assert forms(there) == {"meeting.leave/1": f"{taro} room {jiro}"}
    await enter(coop, "meeting.leave/1", "Taro", meeting=meeting)
    gone = (await desk(coop, meeting))[taro]
    assert "退席ずみ" in gone
    assert set(forms(gone)) == {"meeting.attend/1"}


async def test_who_countersigns_is_chosen_where_there_are_several(coop: Coop, convene: Convene) -> None:
    meeting, taro, ume = await convene(), coop.town.id("Taro"), coop.town.id("Ume")
    for name in ("Jiro", "Ume"):
        await coop.appoint(name, "facilitator")
    assert forms((await desk(coop, meeting))[taro]) == {}
    assert forms((await desk(coop, meeting, f"?second={ume}"))[taro]) == {"meeting.attend/1": f"{taro} room {ume}"}
    assert forms((await desk(coop, meeting, f"?second={taro}"))[taro]) == {}


async def test_what_waits_for_the_second_signature_is_not_entered_twice(coop: Coop, convene: Convene) -> None:
    meeting, taro = await convene(), coop.town.id("Taro")
    await coop.appoint("Jiro", "facilitator")
    body = {"meeting": meeting, "how": "room"}
    written = coop.town.says(
        "Hanako", "meeting.attend/1", body, for_="Taro", via="room", cosigners=("Jiro",), missing=("Jiro",)
    )
    assert (await coop.post(written, "pending")).status_code == 201
    line = (await desk(coop, meeting))[taro]
    assert "連署待ち" in line
    assert forms(line) == {}
    other = await convene()
    assert "連署待ち" not in (await desk(coop, other))[taro]


async def test_the_list_knows_who_is_represented_has_voted_or_came_with_a_phone(
    coop: Coop, convene: Convene, proposal: str
) -> None:
    meeting = await convene(proposal)
    await coop.say("Ume", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Jiro")})
    await coop.say("Hanako", "proxy.give/1", {"meeting": meeting, "to": coop.town.id("Taro")})
    await coop.say("Hanako", "proxy.revoke/1", {"meeting": meeting})
    await coop.say("Jiro", "ballot.cast/1", {"proposal": proposal, "choice": "yes"})
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "door")})
    assert await come(coop, "Taro", meeting, "door") == 201
    found = await desk(coop, meeting)
    told = {name: found[coop.town.id(name)] for name in ("Hanako", "Jiro", "Ume", "Taro")}
    assert "Jiroさん に委任" in told["Ume"]
    assert "に委任" not in told["Hanako"]
    assert "投票ずみ" in told["Jiro"]
    assert "投票ずみ" not in told["Ume"]
    assert "会場" in told["Taro"]
    here = await desk(coop, meeting, "?only=here")
    assert set(here) == {coop.town.id("Taro")}
    assert set(await desk(coop, meeting, "?only=absent")) == {coop.town.id(name) for name in ("Hanako", "Jiro", "Ume")}


async def test_people_are_found_by_name_and_by_the_code_on_their_paper(coop: Coop, convene: Convene) -> None:
    meeting, taro = await convene(), coop.town.id("Taro")
    for words in ("taro", taro, f"https://coops.example/c/owase/office/paper?member={taro}"):
        assert set(await desk(coop, meeting, f"?q={words.replace('?', '%3F').replace('=', '%3D')}")) == {taro}
    assert await desk(coop, meeting, "?q=nobody") == {}


async def test_members_stand_by_reading(coop: Coop, convene: Convene) -> None:
    for name, kana in (("渡辺", "わたなべ"), ("青木", "アオキ"), ("佐藤", "さとう")):
        body = {"cls": "member", "profile": {"name": Private(name), "kana": Private(kana)}, "type": "person"}
        await coop.say("Hanako", "member.enter/1", body)
    shown = await page(coop, "Hanako", f"meetings/{await convene()}/reception")
    order = [name for name in re.findall(r'class="thing-title">(\w+)さん', shown) if name in ("渡辺", "青木", "佐藤")]
    assert order == ["青木", "佐藤", "渡辺"]
    assert re.findall(r'class="things" aria-label="(.)"', shown) == ["あ", "さ", "わ"]


async def test_the_desk_opens_three_hours_before(coop: Coop, convene: Convene, clock: Travelling) -> None:
    await coop.appoint("Jiro", "facilitator")
    meeting = await convene(starts_at=canonical.format_time(clock.now() + 4 * 3_600_000))
    shown = await page(coop, "Hanako", f"meetings/{meeting}/reception")
    assert "に始まります" in shown
    assert "meeting.attend/1" not in shown
    clock.ahead += 3_600_000 + SOON
    assert "meeting.attend/1" in await page(coop, "Hanako", f"meetings/{meeting}/reception")


async def test_asked_for_by_htmx_only_the_list_comes(coop: Coop, convene: Convene) -> None:
    client = await coop.signed_in("Hanako")
    answer = await client.get(
        f"/c/owase/meetings/{await convene()}/reception", params={"q": "Taro"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in answer.text
    assert set(lines(answer.text)) == {coop.town.id("Taro")}


async def seat(coop: Coop, name: str, as_: str = "director") -> None:
    """A director, or another officer, as a decision makes one, without the decision."""
    member = coop.town.id(name)
    fields: dict[str, Any] = {"role": as_, "scope": COOP, "from_": 0, "until": None, "active": True}
    role = Role(id=f"{member}/{as_}/{COOP}", index=0, member=member, **fields)
    ledger = await coop.installation.ledger(coop.town.slug)
    row = (ledger.id, role.kind, role.id, role.parent, role.sort, msgspec.json.encode(role).decode(), 0)
    async with coop.installation.database.pool.acquire() as connection:
        await writing.insert(connection, writing.RECORDS, [row])


async def test_where_a_meeting_is_made_of_seats_the_list_is_of_those(coop: Coop, convene: Convene) -> None:
    board = await convene(kind="board")
    assert len(await desk(coop, board)) == 4
    await seat(coop, "Ume")
    assert set(await desk(coop, board)) == {coop.town.id("Ume")}
    assert set(await desk(coop, board, "?q=Taro")) == {coop.town.id("Taro")}
    assert len(await desk(coop, await convene())) == 4


async def test_what_nobody_has_countersigned_by_the_end_waits_no_longer(
    coop: Coop, convene: Convene, clock: Travelling
) -> None:
    meeting, taro = await convene(), coop.town.id("Taro")
    await coop.appoint("Jiro", "facilitator")
    clock.ahead += SOON
    await coop.say("Hanako", "meeting.open/1", {"meeting": meeting})
    body = {"meeting": meeting, "how": "room"}
    entered = coop.town.says(
        "Hanako", "meeting.attend/1", body, for_="Taro", via="room", cosigners=("Jiro",), missing=("Jiro",)
    )
    assert (await coop.post(entered, "pending")).status_code == 201
    reading = await reading_of(coop.installation, "owase")
    for who in ("Jiro", "Hanako"):
        assert "Taroさん" in await page(coop, who, "office/countersign")
    assert await pending.count_for(coop.installation, reading, coop.town.id("Jiro")) == 1
    await coop.say("Hanako", "meeting.close/1", {"meeting": meeting})
    for who in ("Jiro", "Hanako"):
        assert "Taroさん" not in await page(coop, who, "office/countersign")
    assert await pending.count_for(coop.installation, reading, coop.town.id("Jiro")) == 0
    assert "連署されませんでした" in (await desk(coop, meeting))[taro]


async def test_who_came_by_the_code_alone_is_told_apart_and_can_be_struck_out(
    coop: Coop, convene: Convene, clock: Travelling
) -> None:
    meeting, taro, ume = await convene(), coop.town.id("Taro"), coop.town.id("Ume")
    await coop.appoint("Jiro", "facilitator")
    await coop.say("Hanako", "meeting.door/1", {"meeting": meeting, "door": door(coop, "door")})
    assert await come(coop, "Taro", meeting, "door") == 201
    await enter(coop, "meeting.attend/1", "Ume", meeting=meeting, how="room")
    everyone = await desk(coop, meeting)
    assert "コードで受付" in everyone[taro]
    assert "コードで受付" not in everyone[ume]
    found = await desk(coop, meeting, "?only=code")
    assert set(found) == {taro}
    assert "会場に見当たらない人は" in await page(coop, "Hanako", f"meetings/{meeting}/reception?only=code")
    assert set(forms(found[taro])) == {"meeting.leave/1"}
    await enter(coop, "meeting.leave/1", "Taro", meeting=meeting)
    assert await desk(coop, meeting, "?only=code") == {}
