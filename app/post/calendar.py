"""Meetings for people's calendars: iCalendar (RFC 5545), published, sent as a request, or taken back (RFC 5546).

A meeting keeps its UID for ever and grows in SEQUENCE, so that calendars replace what they had. Its times are of the
co-op's own clock, which is a fixed distance from UTC; the zone goes along, so that nothing has to be looked up.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard, vCalAddress, vUri

from app.post.letters import check_link
from app.texts.formats import JAPAN

_PRODUCT: Final = "-//Yui//Yui//JA"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""RFC 5545 section 3.1: TEXT has none, but for tabs and what is written as line breaks."""
_DAY_BEFORE: Final = timedelta(days=-1)


class Person(NamedTuple):
    """Who invites, or is invited: a name, and a mail address that ``letters.address_of`` gave; empty where who invites
    has none.
    """

    name: str
    address: str


class Occasion(NamedTuple):
    """A meeting. ``origin``: of the ledger when the meeting was first told of. Times in ms: ``stamp`` when this
    ``version`` was made; ``ends`` None where nobody has said; ``utc_offset`` in minutes. ``url``: its page;
    ``documents``: addresses of papers.
    """

    id: str
    origin: str
    version: int
    stamp: int
    starts: int
    ends: int | None
    utc_offset: int
    title: str
    text: str = ""
    place: str = ""
    url: str = ""
    documents: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        """What all its versions have in common."""
        return f"{self.id}@{self.origin}"


def publish(occasion: Occasion, organiser: Person) -> bytes:
    """For anyone's calendar; asks nobody to come. FormatError ``mail.link``, as all of these."""
    return _written("PUBLISH", occasion, organiser, ())


def request(occasion: Occasion, organiser: Person, guest: Person) -> bytes:
    """An invitation. No answer is asked for: who comes is entered with the co-op, not by mail."""
    return _written("REQUEST", occasion, organiser, (guest,))


def cancel(occasion: Occasion, organiser: Person, *guests: Person) -> bytes:
    """That it does not take place; the version must be larger than any that was sent."""
    return _written("CANCEL", occasion, organiser, guests)


def _written(
    method: Literal["PUBLISH", "REQUEST", "CANCEL"], occasion: Occasion, organiser: Person, guests: tuple[Person, ...]
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_zone(occasion.utc_offset))
    event = _event(occasion)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(organiser))
    for guest in guests:
        attendee = _address(guest)
        attendee.params["RSVP"] = "FALSE"
        event.add("attendee", attendee)
    if method != "CANCEL":
        event.add_component(_alarm(occasion))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(occasion: Occasion) -> Event:
    event, zone = Event(), {"TZID": _zone_name(occasion.utc_offset)}
    event.add("uid", occasion.uid)
    event.add("sequence", occasion.version)
    event.add("dtstamp", _utc(occasion.stamp))
    event.add("dtstart", _local(occasion.starts, occasion.utc_offset), parameters=zone)
    if occasion.ends is not None:
        event.add("dtend", _local(occasion.ends, occasion.utc_offset), parameters=zone)
    event.add("summary", _plain(occasion.title))
    for name, text in (("description", occasion.text), ("location", occasion.place)):
        if text:
            event.add(name, _plain(text))
    if occasion.url:
        event.add("url", vUri(check_link(occasion.url)))
    for document in occasion.documents:
        event.add("attach", vUri(check_link(document)))
    return event


def _alarm(occasion: Occasion) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _DAY_BEFORE)
    alarm.add("description", _plain(occasion.title))
    return alarm


def _zone(offset: int) -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", _zone_name(offset))
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - by the zone that this defines
    standard.add("tzoffsetfrom", timedelta(minutes=offset))
    standard.add("tzoffsetto", timedelta(minutes=offset))
    standard.add("tzname", "JST" if offset == JAPAN else _hours(offset))
    zone.add_component(standard)
    return zone


def _zone_name(offset: int) -> str:
    """Japan's by the name that every calendar knows; a name of our own where only the distance is known."""
    return "Asia/Tokyo" if offset == JAPAN else f"Yui/UTC{_hours(offset)}"


def _hours(offset: int) -> str:
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}{minutes:02d}"


def _address(person: Person) -> vCalAddress:
    # RFC 5545 section 3.3.3 wants an address of some scheme; calendars know this one as nobody's.
    address = vCalAddress(f"mailto:{person.address}" if person.address else "invalid:nomail")
    name = " ".join(_plain(person.name).split())
    if name:
        address.params["CN"] = name
    return address


def _plain(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=ms // 1000)


def _local(ms: int, offset: int) -> datetime:
    return (_utc(ms) + timedelta(minutes=offset)).replace(tzinfo=None)
