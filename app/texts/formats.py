"""Times, numbers and fractions as people write them.

Every time on a ledger is in milliseconds since 1970 (UTC). Pages show it in the co-op's own UTC offset, fixed at
founding, so that a month or a deadline means the same to all its members wherever they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal

JAPAN = 540
"""Minutes that Japan is ahead of UTC."""

JUST_NOW = 45_000
"""Milliseconds within which a time is simply now."""

_FIRST, _LAST = -62_135_510_400_000, 253_402_214_399_999
"""The times of the calendar, a day less at each end: what a ledger says of times beyond is not to break a page."""

_FEW_DAYS, _WEEKS = timedelta(days=2), timedelta(days=14)
_NAMED = {Fraction(1, 2): "half", Fraction(1, 3): "third", Fraction(2, 3): "two_thirds", Fraction(1, 4): "quarter",
          Fraction(3, 4): "three_quarters", Fraction(1): "all"}  # fmt: skip
_DAY = {"ja": "y年M月d日(EEE)", "en": "EEE d MMMM y"}
_MONTH = {"ja": "y年M月", "en": "MMMM y"}
_JOIN = {"ja": " ", "en": ", "}


@dataclass(frozen=True)
class Formats:
    """The manner of writing for one reader: a language, a co-op's UTC offset in minutes, and the words for fractions.

    `t` is the reader's catalogue: `t(key, **params)`.
    """

    lang: str
    t: Callable[..., str]
    utc_offset: int = JAPAN

    def local(self, ms: int) -> datetime:
        """The co-op's wall clock at that millisecond."""
        zone = timezone(timedelta(minutes=self.utc_offset))
        shown = max(_FIRST, min(ms, _LAST))
        return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=shown)).astimezone(zone)

    def iso(self, ms: int) -> str:
        """For machines: `2026-04-01T18:00:00+09:00`."""
        return self.local(ms).isoformat(timespec="seconds")

    def moment(self, ms: int) -> str:
        """`2026年4月1日(水) 18:00`, `Wed 1 April 2026, 18:00`."""
        return _JOIN[self.lang].join((self.day(ms), self.clock(ms)))

    def clock(self, ms: int) -> str:
        """`18:00`, on 24 hours in both languages."""
        return format_time(self.local(ms), "HH:mm", locale=self.lang)

    def day(self, when: int | date) -> str:
        """`2026年4月1日(水)`, `Wed 1 April 2026`; of a millisecond or of a calendar day."""
        return format_date(self._date(when), _DAY[self.lang], locale=self.lang)

    def through(self, ms: int) -> str:
        """The last day of what ends then: a term until the midnight of 1 April lasts through 31 March."""
        return self.day(ms - 1)

    def month(self, when: int | date) -> str:
        """`2026年4月`, `April 2026`."""
        return format_date(self._date(when), _MONTH[self.lang], locale=self.lang)

    def since(self, ms: int, now: int) -> str:
        """How far a time lies from now: `3時間前`, `in 2 days`."""
        if abs(ms - now) < JUST_NOW:
            return self.t("common.time.now")
        away = timedelta(milliseconds=ms - now)
        # Ten days are no week, and of notices and terms each day counts.
        threshold = 2 if _FEW_DAYS <= abs(away) < _WEEKS else 1
        words = format_timedelta(away, add_direction=True, threshold=threshold, locale=self.lang)
        return words.replace(" ", "") if self.lang == "ja" else words  # CLDR sets a space that people do not write

    def integer(self, number: int) -> str:
        """`1,234`."""
        return format_decimal(number, locale=self.lang)

    def amount(self, units: int, unit: str = "", decimals: int = 0) -> str:
        """A token or contribution amount kept as whole smallest units: `amount(12050, "結", 2)` is `120.50 結`."""
        places = "#,##0" + ("." + "0" * decimals if decimals else "")
        number = format_decimal(Decimal(units).scaleb(-decimals), places, locale=self.lang)
        return f"{number} {unit}".rstrip()

    def percent(self, part: int, whole: int) -> str:
        """`37.5%`, cut after one decimal, never rounded up: a missed threshold must look missed. `–` of nothing."""
        if whole == 0:
            return "–"
        tenths = part * 1000 // whole
        return format_decimal(Decimal(tenths).scaleb(-1), "#,##0.#", locale=self.lang) + "%"

    def fraction(self, value: Fraction) -> str:
        """`3分の2`, `two thirds`."""
        name = _NAMED.get(value)
        if name:
            return self.t(f"common.fraction.{name}")
        return self.t("common.fraction.other", over=value.numerator, under=value.denominator)

    def threshold(self, value: Fraction, *, strict: bool = False) -> str:
        """What is needed, in words: `3分の2以上`, `過半数` (strictly more than half), `at least two thirds`."""
        if value == Fraction(1, 2) and strict:
            return self.t("common.fraction.majority")
        if value == 1 and not strict:
            return self.fraction(value)
        return self.t("common.fraction.over" if strict else "common.fraction.at_least", fraction=self.fraction(value))

    def _date(self, when: int | date) -> date:
        return when if isinstance(when, date) else self.local(when).date()
