"""A meeting that is moved after it was called: everybody sees what, when and by whom, and is told anew."""

from __future__ import annotations

from typing import Any

import pytest

from app.reading import reading_of
from governance.books.meetings import Meeting
from ledger import canonical
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.meetings.conftest import SOON, Convene
from tests.app.meetings.test_notices import SENDER, desk, send
from tests.app.meetings.test_pages import page
from tests.app.meetings.test_papers import printed
from tests.app.post.conftest import office
from tests.app.post.office import Office

__all__ = ["office"]

DAY = 86_400_000


@pytest.fixture
async def mailing(coop: Coop) -> Coop:
    """The same co-op where letters can be sent; Taro has an address. Jiro convenes too."""
    profile = {"name": Private("Taro"), "contact": Private("taro@people.example")}
    await coop.say("Hanako", "member.profile/1", {"member": coop.town.id("Taro"), "profile": profile})
    await coop.appoint("Jiro", "administrator")
    return Coop(create_app(coop.installation, web(mail_from=SENDER)), coop.installation, coop.town)


async def moved(coop: Coop, meeting: str, who: str = "Jiro", **more: Any) -> None:
    """Another version; what is not named stays."""
    reading = await reading_of(coop.installation, "owase")
    now = await reading.find(Meeting, meeting)
    assert now is not None
    body = {
        "meeting": meeting,
        "mode": now.mode,
        "title": Private("第3回通常総会"),
        "place": Private("みかん会館"),
        "starts_at": canonical.format_time(now.starts_at),
        "reports": [Private("この一年の活動")],
        "agenda": list(now.agenda),
    }
    await coop.say(who, "meeting.amend/1", body | more, replaces=now.statement)


async def test_the_page_says_what_was_changed_when_and_by_whom(mailing: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert "招集してからの変更" not in await page(mailing, "Taro", f"meetings/{meeting}")
    await moved(mailing, meeting, place=Private("漁協の二階"))
    await moved(mailing, meeting, "Hanako", place=Private("漁協の二階"), mode="room", reports=[])
    shown = await page(mailing, "Taro", f"meetings/{meeting}")
    first, second = shown.partition('id="changes"')[2].partition("第2版")[::2]
    assert "出席のしかた: 会場でもオンラインでも → 会場で" in first
    assert "報告が変わりました" in first
    assert "Hanakoさんが" in first
    assert "場所: みかん会館 → 漁協の二階" in second
    assert "Jiroさんが" in second
    for said in ("会議の名前", "議題が変わりました"):
        assert said not in shown.partition('id="changes"')[2].partition('id="attendance"')[0]


async def test_a_change_after_the_time_for_notices_is_marked_as_such(
    mailing: Coop, convene: Convene, clock: Travelling
) -> None:
    reading = await reading_of(mailing.installation, "owase")
    meeting = await convene(starts_at=canonical.format_time(clock.now() + DAY))
    assert "通知の期限" not in await page(mailing, "Hanako", f"meetings/{meeting}/amend")
    await moved(mailing, meeting, place=Private("漁協の二階"))
    assert "通知の期限を過ぎてからの変更" not in await page(mailing, "Taro", f"meetings/{meeting}")
    # As if an item had asked for two days.
    await reading.pool.execute(
        "UPDATE record SET data = (data::jsonb || '{\"notice\": 172800000}')::json WHERE kind = 'meeting' AND id = $1",
        meeting,
    )
    assert "通知の期限を過ぎてからの変更" in await page(mailing, "Taro", f"meetings/{meeting}")
    assert "を過ぎています" in await page(mailing, "Hanako", f"meetings/{meeting}/amend")


async def test_who_was_told_before_is_told_again_by_mail_and_on_paper(
    mailing: Coop, convene: Convene, office: Office, clock: Travelling
) -> None:
    meeting = await convene()
    await send(mailing, meeting)
    await (await desk(mailing, office)).send()
    at = canonical.format_time(clock.now())
    clock.ahead += 1000
    said = {"meeting": meeting, "by": "post", "came": "sent", "at": at, "members": [mailing.town.id("Ume")]}
    await mailing.say("Hanako", "meeting.notified/1", said)
    behind = "前の内容を知らされた{}名に、この変更がまだ知らされていません"
    assert behind[:8] not in await page(mailing, "Hanako", f"meetings/{meeting}/notices")

    await moved(mailing, meeting, place=Private("漁協の二階"))
    for path in ("", "/notices"):
        assert behind.format(2) in await page(mailing, "Hanako", f"meetings/{meeting}{path}")
    assert behind[:8] not in await page(mailing, "Taro", f"meetings/{meeting}")
    (letter, *_) = await printed(mailing, "Hanako", f"{meeting}/papers/letters/1")
    assert "場所:みかん会館→漁協の二階" in letter
    await send(mailing, meeting)
    await (await desk(mailing, office)).send()
    first, second = (one.message for one in office.taken)
    assert first["subject"] == "第3回通常総会 招集のご通知"
    assert second["subject"] == "【変更】第3回通常総会 のご通知"
    text = second.get_body(("plain",))
    assert text is not None
    assert "先にお知らせした内容から、次のとおり変わりました。\n場所: みかん会館 → 漁協の二階" in "\n".join(
        text.get_content().splitlines()
    )
    assert behind.format(1) in await page(mailing, "Hanako", f"meetings/{meeting}/notices")
    clock.ahead += SOON
    await mailing.say("Hanako", "meeting.open/1", {"meeting": meeting})
    assert behind[:8] not in await page(mailing, "Hanako", f"meetings/{meeting}")
