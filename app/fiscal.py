"""Fiscal years: named by the calendar year they begin in, counted on the co-op's own clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

from app.reading import Reading
from ledger.books.coop import Coop


class Year(NamedTuple):
    """One fiscal year: its first and last day."""

    number: int
    first: date
    last: date


class Range(NamedTuple):
    """Entries of the ledger by number, the first and the last of them."""

    first: int
    last: int


def year_of(coop: Coop, number: int) -> Year:
    """The year that begins in that calendar year."""
    first, after = (date(one, coop.fiscal_month, 1) for one in (number, number + 1))
    return Year(number, first, after - timedelta(days=1))


def last_over(coop: Coop, now: int) -> int:
    """The last year that is over (``now`` in ms), as the book of audits has it."""
    today = datetime.fromtimestamp(now // 1000, _zone(coop)).date()
    return today.year - (1 if today.month >= coop.fiscal_month else 2)


async def founded(reading: Reading, coop: Coop) -> int:
    """The year in which the ledger begins."""
    query = "SELECT received FROM entry WHERE ledger_id = $1 AND index = 0"
    return last_over(coop, await reading.pool.fetchval(query, reading.ledger_id)) + 1


async def entries_of(reading: Reading, coop: Coop, year: Year, size: int) -> Range | None:
    """The entries among the first ``size`` that were received in that year; None without any."""
    first, after = (
        int(datetime.combine(day, time(), _zone(coop)).timestamp() * 1000)
        for day in (year.first, year.last + timedelta(days=1))
    )
    begin, end = await _first_at(reading, size, first), await _first_at(reading, size, after)
    return Range(begin, end - 1) if begin < end else None


async def _first_at(reading: Reading, size: int, moment: int) -> int:
    """The number of the first entry received then or later: they never go back in time, so halving finds it."""
    low, high = 0, size
    query = "SELECT received FROM entry WHERE ledger_id = $1 AND index = $2"
    while low < high:
        middle = (low + high) // 2
        received = await reading.pool.fetchval(query, reading.ledger_id, middle)
        low, high = (middle + 1, high) if received < moment else (low, middle)
    return low


def _zone(coop: Coop) -> timezone:
    return timezone(timedelta(minutes=coop.utc_offset))
