"""A meeting for people's calendars, as the service gives it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from app.reading import reading_of
from governance.books.meetings import Meeting
from ledger import canonical
from ledger.compose import Private
from tests.app.api.service import Coop, Travelling
from tests.app.meetings.conftest import SOON, Convene


async def entry(coop: Coop, meeting: str) -> tuple[str, Any]:
    """What a member's calendar is given: its method, and the event."""
    client = await coop.signed_in("Taro")
    answer = await client.get(f"/c/owase/meetings/{meeting}/calendar.ics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    read = Calendar.from_ical(answer.text)
    (event,) = read.walk("VEVENT")
    return str(read["method"]), event


async def test_a_meeting_comes_with_its_time_place_and_agenda(
    coop: Coop, convene: Convene, proposal: str, clock: Travelling
) -> None:
    method, event = await entry(coop, await convene(proposal))
    assert method == "PUBLISH"
    assert event["summary"] == "第3回通常総会"
    assert event["location"] == "みかん会館"
    soon = datetime.fromtimestamp((clock.now() + SOON) / 1000, UTC)
    assert abs(event["dtstart"].dt - soon) < timedelta(minutes=1)
    assert "dtend" not in event  # nobody has said when it ends
    assert "第1号議案 直売所の屋根を直す" in event["description"]
    assert "この一年の活動" in event["description"]
    assert str(event["organizer"]) == "invalid:nomail"


async def test_what_replaces_it_has_the_same_name_and_a_later_number(
    coop: Coop, convene: Convene, clock: Travelling
) -> None:
    meeting = await convene()
    _, first = await entry(coop, meeting)
    starts = canonical.format_time(clock.now() + 2 * SOON)
    ends = canonical.format_time(clock.now() + 2 * SOON + 7_200_000)
    body = {"meeting": meeting, "mode": "both", "title": Private("延びた総会"), "starts_at": starts, "ends_at": ends}
    convened = await (await reading_of(coop.installation, "owase")).find(Meeting, meeting)
    assert convened is not None
    await coop.say("Hanako", "meeting.amend/1", body, replaces=convened.statement)
    _, second = await entry(coop, meeting)
    await coop.say("Hanako", "meeting.cancel/1", {"meeting": meeting})
    method, last = await entry(coop, meeting)
    assert second["dtend"].dt - second["dtstart"].dt == timedelta(hours=2)
    assert first["uid"] == second["uid"] == last["uid"]
    assert first["sequence"] < second["sequence"] < last["sequence"]
    assert method == "CANCEL"


async def test_documents_that_have_an_address_come_along(coop: Coop, convene: Convene) -> None:
    documents = ["決算書\nhttps://coops.example/kessan.pdf", "予算書", "https://例え.example/事業.pdf"]
    _, event = await entry(coop, await convene(documents=[Private(text) for text in documents]))
    assert event["attach"] == "https://coops.example/kessan.pdf"


async def test_the_page_leads_to_it_and_strangers_are_kept_out(coop: Coop, convene: Convene) -> None:
    meeting = await convene()
    client = await coop.signed_in("Taro")
    path = f"/c/owase/meetings/{meeting}"
    assert f'href="{path}/calendar.ics"' in (await client.get(path)).text
    answer = await coop.stranger.get(f"{path}/calendar.ics", headers={"Accept": "application/json"})
    assert answer.status_code == 401
