"""Whoever was told of a meeting is told that it is called off."""

from __future__ import annotations

from icalendar import Calendar

from ledger import canonical
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_notices import desk, mailing, page, send
from tests.app.post.conftest import office
from tests.app.post.office import Office

__all__ = ["mailing", "office"]


async def test_whoever_was_told_is_told_once_that_it_is_called_off(
    mailing: Coop, convene: Convene, proposal: str, office: Office, clock: Travelling
) -> None:
    meeting = await convene(proposal)
    assert (await send(mailing, meeting, which="cancelled")).status_code == 409
    await send(mailing, meeting)
    await (await desk(mailing, office)).send()
    clock.ahead += 1000
    told = {"meeting": meeting, "by": "post", "came": "sent", "at": canonical.format_time(clock.now())}
    await mailing.say("Hanako", "meeting.notified/1", told | {"members": [mailing.town.id("Ume")]})
    await mailing.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    shown = await page(mailing, meeting)
    assert "2名に取りやめを知らせる" in shown
    assert "メールで知らせられない人が1名います" in shown

    office.taken.clear()
    for _ in range(2):
        assert (await send(mailing, meeting, which="cancelled")).status_code == 303
        await (await desk(mailing, office)).send()
    assert sorted(one.recipient for one in office.taken) == ["jiro@people.example", "taro@people.example"]
    letter = office.taken[0].message
    assert letter["subject"] == "【取りやめ】第3回通常総会"
    text = letter.get_body(("plain",))
    assert text is not None
    assert "は、取りやめになりました。" in text.get_content()
    assert "委任状と書面議決書は、使われません。" in text.get_content()
    (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    read = Calendar.from_ical(part.get_content())
    (event,) = read.walk("VEVENT")
    assert (read["method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 2)
    shown = await page(mailing, meeting)
    assert "取りやめを知らせる</span>" not in shown
    assert "送信済み2、待ち0、届かず0" in shown


async def test_nobody_is_told_that_what_they_never_heard_of_is_called_off(
    mailing: Coop, convene: Convene, office: Office
) -> None:
    meeting = await convene()
    await mailing.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    assert (await send(mailing, meeting, which="cancelled")).status_code == 303
    assert (await send(mailing, meeting, who="Taro", which="cancelled")).status_code == 403
    await (await desk(mailing, office)).send()
    assert office.taken == []
