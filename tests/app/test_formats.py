"""Times, numbers and fractions as people write them."""

from datetime import date
from fractions import Fraction
from functools import partial

import pytest

from app.texts import Catalogue
from app.texts.formats import Formats
from ledger.canonical import parse_time

CATALOGUE = Catalogue.load()
JA, EN = (Formats(lang, partial(CATALOGUE.t, lang)) for lang in ("ja", "en"))
WHEN = 1_775_034_000_000
HOUR = 3_600_000


def test_a_moment() -> None:
    assert JA.moment(WHEN) == "2026年4月1日(水) 18:00"
    assert EN.moment(WHEN) == "Wed 1 April 2026, 18:00"
    assert JA.iso(WHEN) == "2026-04-01T18:00:00+09:00"


def test_the_co_ops_offset_moves_the_day() -> None:
    assert JA.day(WHEN + 6 * HOUR) == "2026年4月2日(木)"
    assert Formats("ja", JA.t, utc_offset=0).moment(WHEN + 6 * HOUR) == "2026年4月1日(水) 15:00"
    assert Formats("ja", JA.t, utc_offset=-210).moment(WHEN) == "2026年4月1日(水) 05:30"


def test_what_ends_at_midnight_lasts_through_the_day_before() -> None:
    assert JA.through(parse_time("2026-03-31T15:00:00.000Z")) == "2026年3月31日(火)"
    assert JA.through(parse_time("2026-03-31T15:00:00.001Z")) == "2026年4月1日(水)"


def test_days_and_months_of_the_calendar() -> None:
    assert (JA.day(date(2026, 4, 1)), EN.day(date(2026, 4, 1))) == ("2026年4月1日(水)", "Wed 1 April 2026")
    assert (JA.month(date(2026, 4, 1)), EN.month(WHEN)) == ("2026年4月", "April 2026")


@pytest.mark.parametrize(
    ("away", "ja", "en"),
    [
        (-10_000, "たったいま", "just now"),
        (-3 * HOUR, "3時間前", "3 hours ago"),
        (24 * HOUR, "1日後", "in 1 day"),
        (48 * HOUR, "2日後", "in 2 days"),
        (7 * 24 * HOUR, "7日後", "in 7 days"),
        (-10 * 24 * HOUR, "10日前", "10 days ago"),
        (21 * 24 * HOUR, "3週間後", "in 3 weeks"),
        (-60_000, "1分前", "1 minute ago"),
    ],
)
def test_relative_time(away: int, ja: str, en: str) -> None:
    assert (JA.since(WHEN + away, WHEN), EN.since(WHEN + away, WHEN)) == (ja, en)


def test_numbers() -> None:
    assert JA.integer(1_234_567) == "1,234,567"
    assert JA.amount(1280, "結") == "1,280 結"
    assert EN.amount(12_050, "yui", 2) == "120.50 yui"
    assert EN.amount(-5, decimals=1) == "-0.5"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1, 3, "33.3%"), (2, 3, "66.6%"), (1999, 2000, "99.9%"), (1, 2, "50%"), (3, 3, "100%"), (0, 0, "–")],
)
def test_a_percentage_is_never_rounded_up(part: int, whole: int, said: str) -> None:
    assert JA.percent(part, whole) == said


@pytest.mark.parametrize(
    ("value", "strict", "ja", "en"),
    [
        (Fraction(2, 3), False, "3分の2以上", "at least two thirds"),
        (Fraction(2, 3), True, "3分の2を超える", "more than two thirds"),
        (Fraction(1, 2), True, "過半数", "more than half"),
        (Fraction(1, 2), False, "2分の1以上", "at least half"),
        (Fraction(3, 4), False, "4分の3以上", "at least three quarters"),
        (Fraction(1, 5), False, "5分の1以上", "at least 1/5"),
        (Fraction(1), False, "全部", "all"),
    ],
)
def test_fractions_in_words(value: Fraction, strict: bool, ja: str, en: str) -> None:  # noqa: FBT001 – a parameter of the table
    assert (JA.threshold(value, strict=strict), EN.threshold(value, strict=strict)) == (ja, en)


@pytest.mark.parametrize("offset", [-840, 540, 840])
def test_no_time_that_a_statement_can_name_is_beyond_words(offset: int) -> None:
    formats = Formats("en", EN.t, utc_offset=offset)
    for text in ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"):
        assert formats.moment(parse_time(text))
    assert formats.iso(2**60).startswith("9999-12-3")
