"""The day of joining, as rosters write days: Japanese eras, slashes, dashes, dots, plain digits, spreadsheet numbers.

What could be read in two ways (4/1/26) is refused, and so is a day that no calendar has.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final, NamedTuple


class Era(NamedTuple):
    """A Japanese era: first and last day."""

    begins: date
    ends: date


ERAS: Final = {
    "令和": Era(date(2019, 5, 1), date(9999, 12, 31)),
    "平成": Era(date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": Era(date(1926, 12, 25), date(1989, 1, 7)),
    "大正": Era(date(1912, 7, 30), date(1926, 12, 24)),
    "明治": Era(date(1868, 10, 23), date(1912, 7, 29)),
}
_SHORT: Final = {"令": "令和", "平": "平成", "昭": "昭和", "大": "大正", "明": "明治",
                 "r": "令和", "h": "平成", "s": "昭和", "t": "大正", "m": "明治"}  # fmt: skip
_AFTER: Final = r"(?:t?\d{1,2}:\d{2}(?::\d{2})?)?\Z"
"""A time of day behind the day, which spreadsheets like to add."""
_ERA: Final = re.compile(
    r"(令和|平成|昭和|大正|明治|[令平昭大明rhstm])\.?(\d{1,2}|元)[年./-](\d{1,2})[月./-](\d{1,2})日?" + _AFTER
)
_YEAR: Final = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?" + _AFTER)
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?\Z")
_WEEKDAY: Final = re.compile(r"\(?[月火水木金土日](?:曜日?)?\)\Z|\([a-z]{3}\.?\)\Z")
_SERIAL_ZERO: Final = date(1899, 12, 30)
_EARLIEST: Final = date(1868, 10, 23)


class DateFault(ValueError):
    """A text is no day. ``reason``: ``unread``, ``ambiguous``, ``no_such_day`` or ``era``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(text: str) -> date:
    """The day that a text means; DateFault otherwise."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = _WEEKDAY.sub("", plain)
    era = _ERA.match(plain)
    if era:
        return _in_era(*era.groups())
    western = _YEAR.match(plain) or _DIGITS.match(plain)
    if western:
        return _plausible(_day(*(int(part) for part in western.groups())))
    serial = _SERIAL.match(plain)
    if serial:
        return _plausible(_SERIAL_ZERO + timedelta(days=int(serial.group(1))))
    raise DateFault("ambiguous" if re.match(r"\d{1,2}[./-]\d{1,2}[./-]\d{1,4}\Z", plain) else "unread")


def _in_era(name: str, year: str, month: str, day: str) -> date:
    era = ERAS[_SHORT.get(name, name)]
    found = _day(era.begins.year + (1 if year == "元" else int(year)) - 1, int(month), int(day))
    if not era.begins <= found <= era.ends:
        raise DateFault("era")
    return found


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateFault("no_such_day") from error


def _plausible(day: date) -> date:
    if day < _EARLIEST:
        raise DateFault("no_such_day")
    return day
