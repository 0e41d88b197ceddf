"""Meetings as iCalendar: the rules of RFC 5545 and 5546, held by a reader of our own and by the library's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from app.post.calendar import Occasion, Person, cancel, publish, request
from ledger.errors import FormatError

OFFICE = Person("結の里", "yui@coops.example")
TARO = Person("浜辺 太郎", "taro@people.example")
STARTS = 1_790_000_000_000
NAME = re.compile(
    r'(?:BEGIN|END|[A-Z-]+)(?:;[A-Z-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*:', re.DOTALL
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def occasion(**changes: Any) -> Occasion:
    plain = Occasion(
        id="meet_" + "a" * 26,
        origin="coops.example/owase",
        version=3,
        stamp=STARTS - 10**9,
        starts=STARTS,
        ends=STARTS + 2 * 3_600_000,
        utc_offset=540,
        title="臨時総会",
    )
    return plain._replace(**changes)


def lines(data: bytes) -> list[str]:
    """Content lines, after everything that RFC 5545 section 3.1 asks of how they are written."""
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    assert b"\n" not in b"".join(physical)
    assert b"\r" not in b"".join(physical)
    assert all(len(line) <= 75 for line in physical)
    for line in physical:
        line.decode()  # never folded within a character
    return re.sub(r"\r\n[ \t]", "", data[:-2].decode()).split("\r\n")


def check(data: bytes) -> list[str]:
    found = lines(data)
    assert all(NAME.match(line) for line in found), [line for line in found if not NAME.match(line)]
    assert not any(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line) for line in found)
    open_: list[str] = []
    for line in found:
        if line.startswith("BEGIN:"):
            open_.append(line[6:])
        elif line.startswith("END:"):
            assert open_.pop() == line[4:]
    assert not open_
    return found


def event(data: bytes) -> Event:
    (only,) = Calendar.from_ical(data).events
    return only


def names(found: list[str]) -> list[str]:
    """Of the event's own properties."""
    inside = found[found.index("BEGIN:VEVENT") + 1 : found.index("END:VEVENT")]
    if "BEGIN:VALARM" in inside:
        del inside[inside.index("BEGIN:VALARM") : inside.index("END:VALARM") + 1]
    return [re.split("[;:]", line)[0] for line in inside]


def test_a_request_is_what_rfc_5546_asks_for() -> None:
    found = check(request(occasion(), OFFICE, TARO))
    assert found[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Yui//Yui//JA", "METHOD:REQUEST"]
    assert {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "SUMMARY", "ORGANIZER", "ATTENDEE"} <= set(names(found))
    assert f"UID:meet_{'a' * 26}@coops.example/owase" in found
    assert "SEQUENCE:3" in found
    assert "DTSTART;TZID=Asia/Tokyo:20260921T231320" in found
    assert "TZOFFSETTO:+0900" in found
    assert "TRIGGER:-P1D" in found
    assert 'ATTENDEE;CN="浜辺 太郎";RSVP=FALSE:mailto:taro@people.example' in found


def test_what_is_published_asks_nobody_and_what_is_cancelled_rings_no_alarm() -> None:
    published, gone = check(publish(occasion(), OFFICE)), check(cancel(occasion(version=4), OFFICE, TARO))
    assert "ATTENDEE" not in names(published)
    assert "BEGIN:VALARM" in published
    assert "METHOD:CANCEL" in gone
    assert "STATUS:CANCELLED" in gone
    assert "BEGIN:VALARM" not in gone
    assert [line for line in published if line.startswith("UID")] == [line for line in gone if line.startswith("UID")]


@pytest.mark.parametrize(("offset", "name"), [(540, "Asia/Tokyo"), (0, "Yui/UTC+0000"), (-570, "Yui/UTC-0930")])
def test_times_are_the_co_ops_own(offset: int, name: str) -> None:
    data = publish(occasion(utc_offset=offset), OFFICE)
    assert f"TZID:{name}" in check(data)
    read = event(data)
    local = datetime.fromtimestamp(STARTS // 1000, UTC) + timedelta(minutes=offset)
    assert f"DTSTART;TZID={name}:{local:%Y%m%dT%H%M%S}" in lines(data)
    assert isinstance(read.start, datetime)
    assert read.start.utcoffset() == timedelta(minutes=offset)
    assert read.end - read.start == timedelta(hours=2)


def test_papers_are_links() -> None:
    papers = ("https://coops.example/a.pdf?x=1;2,3", "https://coops.example/b.pdf")
    data = publish(occasion(documents=papers, url="https://coops.example/m"), OFFICE)
    wanted = {"URL:https://coops.example/m", *(f"ATTACH:{paper}" for paper in papers)}
    assert {line for line in check(data) if line.startswith(("ATTACH", "URL"))} == wanted
    with pytest.raises(FormatError, match=r"mail\.link"):
        publish(occasion(documents=("https://x.example/\r\nATTENDEE:mailto:x@y.example",)), OFFICE)


@given(title=TEXT, text=TEXT, place=TEXT, name=TEXT)
@example(title="総会\r\nATTENDEE:mailto:x@y.example", text=";,\\n\\", place='"', name='a"\r\nX:b;c:d,^n')
@example(title="あ" * 100, text="\u2028\x85\x00\t", place="結" * 25 + "a", name="^'^n")
def test_whatever_is_typed_it_stays_within_its_property(title: str, text: str, place: str, name: str) -> None:
    data = request(occasion(title=title, text=text, place=place), OFFICE, Person(name, "taro@people.example"))
    found = check(data)
    wanted = ["SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "STATUS", "ORGANIZER", "ATTENDEE"]
    wanted += ["DESCRIPTION"] * bool(text) + ["LOCATION"] * bool(place)
    assert sorted(names(found)) == sorted(wanted)
    read = event(data)

    def plain(typed: str) -> str:
        typed = typed.replace("\r\n", "\n").replace("\r", "\n")
        return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", typed)

    assert str(read["SUMMARY"]) == plain(title)
    assert str(read.get("DESCRIPTION", "")) == plain(text)
    assert str(read.get("LOCATION", "")) == plain(place)
