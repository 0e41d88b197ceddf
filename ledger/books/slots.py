"""When a calendar resource is taken: slot boundaries, opening hours, and the days' lists of what is taken.

Occupancy is kept per resource and local day (``Day``), so a request reads the days it touches and never
all bookings. A booking takes its places from its start to its end plus the buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar, Final

import msgspec

from ledger import canonical
from ledger.books.terms import DAY_MINUTES, Calendar
from ledger.errors import Refusal
from ledger.fold import Moment
from ledger.state import Record, State

MINUTE: Final = 60_000
MAX_DAYS: Final = 62
"""Longest booking, in days."""
_EPOCH: Final = date(1970, 1, 1)
_EPOCH_WEEKDAY: Final = 3  # a Thursday


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``places`` taken by a booking from ``starts`` to ``until`` (ms; the buffer included)."""

    booking: str
    starts: int
    until: int
    places: int


class Day(Record, frozen=True, kw_only=True):
    """What is taken of a resource on one local day; the id is ``resource/2026-04-01``."""

    kind: ClassVar[str] = "day"
    resource: str
    taken: tuple[Taken, ...]

    @property
    def parent(self) -> str:
        """The resource's month (``res_…/2026-04``), which is what a page shows."""
        return self.id[:-3]

    @property
    def sort(self) -> str:
        """By date."""
        return self.id[-10:]


def count(calendar: Calendar, offset: int, starts: int, ends: int) -> int:
    """How many slots lie between two moments (ms), which must be slot boundaries within opening hours.

    ``offset``: the co-op's, in minutes. A booking may run over midnight where the hours of both days meet.
    """
    if starts % MINUTE or ends % MINUTE or ends <= starts:
        raise Refusal("booking.times", starts=canonical.format_time(starts), ends=canonical.format_time(ends))
    first, last = starts // MINUTE + offset, ends // MINUTE + offset
    if last - first > MAX_DAYS * DAY_MINUTES:
        raise Refusal("booking.too_long", days=MAX_DAYS)
    slots = 0
    for day in range(first // DAY_MINUTES, (last - 1) // DAY_MINUTES + 1):
        midnight = day * DAY_MINUTES
        opens = max(first, midnight) - midnight
        closes = min(last, midnight + DAY_MINUTES) - midnight
        slots += _count_of_day(calendar, (day + _EPOCH_WEEKDAY) % 7, opens, closes)
    return slots


def take(moment: Moment, resource: str, offset: int, capacity: int, taken: Taken) -> None:
    """Write a booking's places into its days; refusal ``booking.taken`` where they are not free."""
    days = [_day(moment, resource, name) for name in _days(offset, taken.starts, taken.until)]
    others = {other.booking: other for day in days for other in day.taken}
    if peak(list(others.values()), taken.starts, taken.until) + taken.places > capacity:
        raise Refusal("booking.taken", resource=resource)
    for day in days:
        moment.state.put(msgspec.structs.replace(day, taken=(*day.taken, taken)))


def free(state: State, resource: str, offset: int, starts: int, until: int, booking: str) -> None:
    """Take a booking out of its days again. Same span as when it was taken."""
    for name in _days(offset, starts, until):
        day = state.need(Day, f"{resource}/{name}")
        state.put(msgspec.structs.replace(day, taken=tuple(t for t in day.taken if t.booking != booking)))


def midnight_before(offset: int, at: int) -> int:
    """The beginning (ms) of the local day of ``at``."""
    minute = at // MINUTE + offset
    return (minute - minute % DAY_MINUTES - offset) * MINUTE


def _count_of_day(calendar: Calendar, weekday: int, opens: int, closes: int) -> int:
    for hours in calendar.opening:
        if hours.weekday == weekday and hours.opens <= opens and closes <= hours.closes:
            if (opens - hours.opens) % calendar.slot or (closes - hours.opens) % calendar.slot:
                raise Refusal("booking.off_slot", slot=calendar.slot)
            return (closes - opens) // calendar.slot
    raise Refusal("booking.outside_hours", weekday=weekday)


def _days(offset: int, starts: int, until: int) -> Iterator[str]:
    first = (starts // MINUTE + offset) // DAY_MINUTES
    last = (until // MINUTE + offset - 1) // DAY_MINUTES
    for day in range(first, last + 1):
        yield (_EPOCH + timedelta(days=day)).isoformat()


def _day(moment: Moment, resource: str, name: str) -> Day:
    id_ = f"{resource}/{name}"
    return moment.state.find(Day, id_) or Day(id=id_, index=moment.index, resource=resource, taken=())


def peak(taken: list[Taken], starts: int, until: int) -> int:
    """Most places taken at any one time between two moments: it is reached where some booking begins."""
    times = [starts, *(other.starts for other in taken if starts < other.starts < until)]
    return max(sum(other.places for other in taken if other.starts <= time < other.until) for time in times)
