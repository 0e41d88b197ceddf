"""When a calendar thing is free: slots of a day from opening hours and from what is taken."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from app.reading import Reading
from ledger.books import slots
from ledger.books.bookings import MAX_AHEAD
from ledger.books.slots import MINUTE, Day, Taken
from ledger.books.terms import DAY_MINUTES, Calendar

WEEK: Final = 7
WEEKS_AHEAD: Final = 52
"""How far the calendar can be turned."""


class Slot(NamedTuple):
    """From ``starts`` to ``ends`` (ms), written ``opens``–``closes`` (minutes of the day); ``free`` places left.

    ``follows``: how many slots from this one on can be booked in one go.
    """

    starts: int
    ends: int
    opens: int
    closes: int
    free: int
    past: bool
    follows: int = 1


class DaySlots(NamedTuple):
    """One local day and its slots; none where it is closed."""

    day: date
    slots: list[Slot]


def today(offset: int, now: int) -> date:
    """The co-op's local day (``offset`` in minutes) at a moment (ms)."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now, minutes=offset)).date()


def moment(offset: int, day: date, minute: int) -> int:
    """The moment (ms) of a minute of a local day."""
    return ((day - date(1970, 1, 1)).days * DAY_MINUTES + minute - offset) * MINUTE


async def taken_between(reading: Reading, resource: str, first: date, last: date) -> list[Taken]:
    """What is taken of a resource on those days; a booking over midnight stands under both, and once here."""
    span = (last - first).days + 1
    days = await reading.find_many(Day, [f"{resource}/{first + timedelta(days=n)}" for n in range(span)])
    return list({taken.booking: taken for day in days.values() for taken in day.taken}.values())


async def week(
    reading: Reading, resource: str, calendar: Calendar, first: date, offset: int, now: int
) -> list[DaySlots]:
    """Seven days from ``first`` on."""
    # The buffer after a day's last slot may reach into the next day.
    taken = await taken_between(reading, resource, first, first + timedelta(days=WEEK))
    return [_day(calendar, first + timedelta(days=n), offset, now, taken) for n in range(WEEK)]


def _day(calendar: Calendar, day: date, offset: int, now: int, taken: list[Taken]) -> DaySlots:
    found: list[Slot] = []
    for hours in calendar.opening:
        if hours.weekday != day.weekday():
            continue
        row = [
            _slot(calendar, day, offset, now, taken, opens)
            for opens in range(hours.opens, hours.closes - calendar.slot + 1, calendar.slot)
        ]
        found += [_with_follows(calendar, row, position, taken) for position in range(len(row))]
    return DaySlots(day, found)


def _slot(calendar: Calendar, day: date, offset: int, now: int, taken: list[Taken], opens: int) -> Slot:
    starts, ends = moment(offset, day, opens), moment(offset, day, opens + calendar.slot)
    free = calendar.capacity - slots.peak(taken, starts, ends + calendar.buffer * MINUTE)
    past = starts < now or starts > now + MAX_AHEAD
    return Slot(starts, ends, opens, opens + calendar.slot, max(0, free), past)


def _with_follows(calendar: Calendar, row: list[Slot], position: int, taken: list[Taken]) -> Slot:
    follows = 0
    for slot in row[position:]:
        until = slot.ends + calendar.buffer * MINUTE
        if slots.peak(taken, row[position].starts, until) >= calendar.capacity:
            break
        follows += 1
    return row[position]._replace(follows=follows)
