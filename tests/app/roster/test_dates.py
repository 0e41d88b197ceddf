"""Days as rosters write them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster import dates
from app.roster.dates import DateFault, read


@pytest.mark.parametrize(
    "text",
    [
        *(
            "令和8年4月1日",
            "令和\uff18年\uff14月\uff11日",
            "令和 8年 4月 1日",
            "R8.4.1",
            "\uff328.4.1",
            "r08/04/01",
            "令8.4.1",
        ),
        *("2026/4/1", "2026-04-01", "2026.4.1", "2026年4月1日", "2026年4月1日(水)", "20260401", "46113", "46113.5"),
        *("2026/4/1 0:00", "2026-04-01T09:00:00", "\uff12\uff10\uff12\uff16/\uff14/\uff11", "2026\uff0f4\uff0f1"),
    ],
)
def test_one_day_in_many_spellings(text: str) -> None:
    assert read(text) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S39.10.10", date(1964, 10, 10)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("M33/1/1", date(1900, 1, 1)),
    ],
)
def test_eras(text: str, day: date) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("平成31年5月1日", "era"),
        ("令和元年4月30日", "era"),
        ("昭和64年1月8日", "era"),
        ("令和8年2月29日", "no_such_day"),
        ("2026/13/1", "no_such_day"),
        ("20260230", "no_such_day"),
        ("1600-01-01", "no_such_day"),
        ("4/1/26", "ambiguous"),
        ("26/4/1", "ambiguous"),
        ("4/1/2026", "ambiguous"),
        ("2026/4", "unread"),
        ("不明", "unread"),
        ("", "unread"),
    ],
)
def test_what_is_no_day_says_why(text: str, reason: str) -> None:
    with pytest.raises(DateFault) as caught:
        read(text)
    assert caught.value.reason == reason


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_in_its_era_is_read_back(day: date) -> None:
    name, era = next((name, era) for name, era in dates.ERAS.items() if era.begins <= day <= era.ends)
    assert read(f"{name}{day.year - era.begins.year + 1}年{day.month}月{day.day}日") == day
    assert read(day.isoformat()) == read(f"{day:%Y%m%d}") == read(f"{day.year}/{day.month}/{day.day}") == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(DateFault):
        assert read(text) >= date(1868, 10, 23)
