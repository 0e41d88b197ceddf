"""Telling people of a meeting: letters through a real mail server, what is recorded of it, and the list on paper."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from app.reading import reading_of
from governance.books.notices import Notice
from ledger import canonical, ids
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling, create_app, web
from tests.app.meetings.conftest import Convene
from tests.app.meetings.test_papers import printed
from tests.app.post.conftest import office
from tests.app.post.desk import Desk
from tests.app.post.office import Office

__all__ = ["office"]

SENDER = "yui@coops.example"


@pytest.fixture
async def mailing(coop: Coop) -> Coop:
    """The same co-op where letters can be sent. Jiro and Taro have an address, Ume and Hanako have none."""
    for name, contact in (("Jiro", "090-0000-0000 jiro@people.example"), ("Taro", "taro@people.example")):
        profile = {"name": Private(name), "contact": Private(contact)}
        await coop.say("Hanako", "member.profile/1", {"member": coop.town.id(name), "profile": profile})
    return Coop(create_app(coop.installation, web(mail_from=SENDER)), coop.installation, coop.town)


async def page(coop: Coop, meeting: str, who: str = "Hanako", **headers: str) -> str:
    client = await coop.signed_in(who)
    answer = await client.get(f"/c/owase/meetings/{meeting}/notices", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def send(coop: Coop, meeting: str, who: str = "Hanako", which: str = "mail") -> httpx.Response:
    """Press the button."""
    client = await coop.signed_in(who)
    shown = (await client.get("/c/owase/me")).text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown)
    assert token is not None
    return await client.post(f"/c/owase/meetings/{meeting}/notices/{which}", data={"_csrf_token": token[1]})


def forms(shown: str) -> list[dict[str, Any]]:
    """What the forms about letters would say on the ledger."""
    found = []
    for form in re.findall(r'<form class="stack" data-statement="meeting.notified/1">(.*?)</form>', shown, re.DOTALL):
        fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form)
        body: dict[str, Any] = {name: value for name, value in fields if name != "members[]"}
        found.append(body | {"members": [value for name, value in fields if name == "members[]"]})
    return [body for body in found if body.get("by") == "mail"]


async def desk(coop: Coop, office: Office) -> Desk:
    return Desk(coop.installation, await coop.installation.ledger(coop.town.slug), office)


async def test_no_title_writes_a_header_or_a_paragraph_of_the_letter(
    mailing: Coop, convene: Convene, office: Office
) -> None:
    """Whoever drafts writes the title that goes out in the co-op's name."""
    title = "屋根を直す\n\n組合からのお知らせ\x07: 会費は下の口座へ\r\nBcc: everybody@people.example"
    body = {"kind": "ordinary", "title": Private(title), "text": Private("雨がもる。")}
    drafted = ids.object_id("prop", (await mailing.say("Taro", "proposal.draft/1", body)).id)
    meeting = await convene(drafted, title=Private("第3回\x07通常\r\n総会\u2028"))
    assert (await send(mailing, meeting)).status_code == 303
    await (await desk(mailing, office)).send()
    line = "第1号議案 屋根を直す 組合からのお知らせ : 会費は下の口座へ Bcc: everybody@people.example"
    assert len(office.taken) == 2
    for one in office.taken:
        assert one.message["subject"] == "第3回 通常 総会 招集のご通知"
        assert one.message["bcc"] is None
        text = one.message.get_body(("plain",))
        assert text is not None
        assert line in text.get_content().splitlines()
        (part,) = [part for part in one.message.walk() if part.get_content_type() == "text/calendar"]
        (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
        assert line.removeprefix("第1号議案 ") in str(event["description"])


async def test_one_meetings_invitations_go_out_and_are_recorded(
    mailing: Coop, convene: Convene, proposal: str, office: Office, clock: Travelling
) -> None:
    meeting = await convene(proposal, documents=[Private("決算書\nhttps://coops.example/kessan.pdf")])
    shown = await page(mailing, meeting)
    assert "招集される4名のうち2名に、メールアドレスがあります" in shown
    assert "2名に招集通知を送る" in shown

    assert (await send(mailing, meeting)).status_code == 303
    shown = await page(mailing, meeting, **{"HX-Request": "true"})
    assert "送信済み0、待ち2、届かず0" in shown
    assert 'hx-trigger="every 3s"' in shown
    assert forms(shown) == []

    await (await desk(mailing, office)).send()
    letters = {one.recipient: one.message for one in office.taken}
    assert letters.keys() == {"jiro@people.example", "taro@people.example"}
    letter = letters["taro@people.example"]
    assert letter["subject"] == "第3回通常総会 招集のご通知"
    assert letter["from"].addresses[0].addr_spec == SENDER
    text = letter.get_body(("plain",))
    assert text is not None
    for said in (
        "Taro 様",
        "場所: みかん会館",
        "オンライン: 会議のページから出席できます",
        "招集者 Hanako",
        "第1号議案 直売所の屋根を直す",
        f"/c/owase/meetings/{meeting}",
        "決算書 https://coops.example/kessan.pdf",
        "「自分あての招集通知(PDF)」の用紙を、",
    ):
        assert said in text.get_content()
    (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    read = Calendar.from_ical(part.get_content())
    (event,) = read.walk("VEVENT")
    assert (read["method"], event["attendee"]) == ("REQUEST", "mailto:taro@people.example")

    shown = await page(mailing, meeting)
    assert "送信済み2、待ち0、届かず0" in shown
    (body,) = forms(shown)
    assert set(body["members"]) == {mailing.town.id("Jiro"), mailing.town.id("Taro")}
    clock.ahead += 1000
    await mailing.say("Hanako", "meeting.notified/1", body)
    shown = await page(mailing, meeting)
    assert forms(shown) == []
    kept = await (await reading_of(mailing.installation, "owase")).children(Notice, meeting)
    assert {(one.member, one.by, one.came) for one in kept} == {
        (mailing.town.id(name), "mail", "sent") for name in ("Jiro", "Taro")
    }


async def test_nothing_is_sent_twice_but_a_new_version_is(
    mailing: Coop, convene: Convene, office: Office, clock: Travelling
) -> None:
    meeting = await convene()
    for _ in range(2):
        assert (await send(mailing, meeting)).status_code == 303
        await (await desk(mailing, office)).send()
    assert len(office.taken) == 2
    found = await (await reading_of(mailing.installation, "owase")).pool.fetchval(
        "SELECT data->>'statement' FROM record WHERE kind = 'meeting' AND id = $1", meeting
    )
    starts = canonical.format_time(clock.now() + 3_600_000)
    body = {"meeting": meeting, "mode": "both", "title": Private("延びた総会"), "starts_at": starts}
    await mailing.say("Hanako", "meeting.amend/1", body, replaces=found)
    await send(mailing, meeting)
    await (await desk(mailing, office)).send()
    assert len(office.taken) == 4
    assert str(office.taken[-1].message["subject"]).startswith("【変更】延びた総会")


async def test_what_the_server_refuses_is_said_and_recorded_as_failed(
    mailing: Coop, convene: Convene, office: Office
) -> None:
    meeting = await convene()
    await send(mailing, meeting)
    office.rcpt.extend(["550 5.1.1 nobody here"])
    await (await desk(mailing, office)).send()
    shown = await page(mailing, meeting)
    assert "送信済み1、待ち0、届かず1" in shown
    assert "1通は送れませんでした" in shown
    assert sorted(body["came"] for body in forms(shown)) == ["failed", "sent"]
    (first, *_) = await printed(mailing, "Hanako", f"{meeting}/notices/record.pdf")
    assert "不達" in first
    assert "5505.1.1" in first


async def test_what_failed_is_sent_again_where_people_are_found_now_and_nothing_else_is(
    mailing: Coop, convene: Convene, office: Office
) -> None:
    meeting = await convene()
    await send(mailing, meeting)
    again = "notices/mail/again"
    assert again not in await page(mailing, meeting)
    office.rcpt.extend(["550 5.1.1 nobody here"])
    await (await desk(mailing, office)).send()
    assert "送れなかった1名に、もう一度送る" in await page(mailing, meeting)
    (first,) = office.taken
    (failed,) = {"jiro@people.example", "taro@people.example"} - {first.recipient}
    name = failed.partition("@")[0].title()
    profile = {"name": Private(name), "contact": Private(f"{name}.new@people.example")}
    await mailing.say("Hanako", "member.profile/1", {"member": mailing.town.id(name), "profile": profile})

    await mailing.appoint("Ume", "concierge")
    assert (await send(mailing, meeting, "Ume", "mail/again")).status_code == 403
    for _ in range(2):
        assert (await send(mailing, meeting, which="mail/again")).status_code == 303
        await (await desk(mailing, office)).send()
    assert [one.recipient for one in office.taken] == [first.recipient, f"{name}.new@people.example"]
    shown = await page(mailing, meeting)
    assert "送信済み2、待ち0、届かず0" in shown
    assert again not in shown


async def test_what_may_have_arrived_is_not_sent_again(mailing: Coop, convene: Convene, office: Office) -> None:
    meeting = await convene()
    await send(mailing, meeting)
    await (await reading_of(mailing.installation, "owase")).pool.execute("UPDATE outbox SET state = 'unknown'")
    assert "notices/mail/again" not in await page(mailing, meeting)
    assert (await send(mailing, meeting, which="mail/again")).status_code == 303
    await (await desk(mailing, office)).send()
    assert office.taken == []


async def test_the_list_says_who_was_told_in_which_way_and_who_was_not(
    mailing: Coop, convene: Convene, clock: Travelling
) -> None:
    meeting = await convene()
    at = canonical.format_time(clock.now())
    clock.ahead += 1000
    said = {"meeting": meeting, "by": "post", "came": "sent", "at": at, "members": [mailing.town.id("Ume")]}
    await mailing.say("Hanako", "meeting.notified/1", said)
    shown = await page(mailing, meeting)
    assert "1 / 4" in shown
    assert f'value="{mailing.town.id("Taro")}"' in shown
    assert f'value="{mailing.town.id("Ume")}"' not in shown
    (sheet,) = await printed(mailing, "Hanako", f"{meeting}/notices/record.pdf")
    assert "Ume郵便" in sheet
    assert "Taroまだ" in sheet
    assert "期限までに送られていない通知が3件あります" in sheet


async def test_who_may_not_record_may_not_send(mailing: Coop, convene: Convene, office: Office) -> None:
    meeting = await convene()
    await mailing.appoint("Ume", "concierge")
    assert "名に招集通知を送る" not in await page(mailing, meeting, "Ume")
    assert (await send(mailing, meeting, "Ume")).status_code == 403
    assert (await send(mailing, meeting, "Taro")).status_code == 403


async def test_where_no_mail_is_sent_the_page_says_so(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    assert "この設置ではメールを送りません" in await page(coop, meeting)
    assert (await send(coop, meeting)).status_code == 409
