"""Reception list, labels, circulation sheet, record of notices."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from app.papers.labels import SHEETS, Labels
from app.papers.notified import Notice
from app.papers.reception import Expected, Reception
from tests.app.papers import contents
from tests.app.papers.contents import DAY, STARTS, household
from tests.app.papers.reading_back import bare, pages, read

READINGS = {
    "あおき": "あ", "アオタ": "あ", "ｱｵﾉ": "あ", "かが": "か", "ガガワ": "か", "かがわ": "か", "きょうだ": "か",
    "きようた": "か", "ぱーと": "は", "はあと": "は", "ゑの": "わ", "んだ": "わ", "ヴェラ": "あ",
}  # fmt: skip


def listed(*expected: Expected) -> list[dict[str, Any]]:
    said = replace(contents.reception(), expected=expected).said(contents.fmt("ja"))
    groups: list[dict[str, Any]] = said["groups"]
    return groups


def order(*readings: str) -> list[str]:
    found = listed(*(Expected(number="", name=reading, kana=reading) for reading in readings))
    return [row["kana"] for group in found for row in group["rows"]]


@pytest.mark.parametrize(("reading", "line"), READINGS.items())
def test_everyone_is_found_under_their_line(reading: str, line: str) -> None:
    assert [group["head"] for group in listed(Expected(number="1", name="名", kana=reading))] == [line]


def test_readings_are_sorted_whatever_they_are_typed_in() -> None:
    sorted_ = ["アオキ", "あおた", "ｱｵﾉ", "かか", "かが", "ガガ", "かがみ", "はやし", "ばやし", "わだ"]
    assert order(*reversed(sorted_)) == sorted_
    assert order(*sorted_) == sorted_


def test_names_in_other_letters_come_last_under_one_head() -> None:
    found = listed(
        Expected(number="1", name="Zoé"), Expected(number="2", name="わ"), Expected(number="3", name="adam"),
        Expected(number="4", name="山"), Expected(number="5", name=""),
    )  # fmt: skip
    assert [(group["head"], [row["number"] for row in group["rows"]]) for group in found] == [
        ("わ", ["2"]),
        ("他", ["5", "3", "1", "4"]),
    ]


def test_five_hundred_are_all_on_the_list() -> None:
    people = tuple(Expected(number=f"{at:04}", name=f"会員 {at}号", kana="かいいん") for at in range(500))
    found = pages(replace(contents.reception(), expected=people))
    together = "".join(found)
    assert all(f"会員{at}号" in together for at in range(500))
    assert "500名" in found[0]
    assert all("本人委任書面" in text for text in found[:-1])


def test_what_came_in_before_is_ticked() -> None:
    def ticks(reception: Reception) -> int:
        return "".join(pages(reception)).count("✓")

    assert ticks(contents.reception()) == 2
    assert ticks(replace(contents.reception(), expected=contents.reception().expected[:1])) == 0


@pytest.mark.parametrize("per_sheet", [12, 24])
def test_labels_lie_where_the_sheet_has_them(per_sheet: Any) -> None:
    sheet = SHEETS[per_sheet]
    households = tuple(household(at, f"宛名{at}") for at in range(per_sheet + 1))
    reader = read(Labels(dated=STARTS, households=households, per_sheet=per_sheet))
    assert len(reader.pages) == 2
    places: dict[str, tuple[float, float]] = {}

    def visit(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if "宛名" in text:
            places[bare(text).removesuffix("様")] = (_cm[0] * matrix[4] + _cm[4], _cm[3] * matrix[5] + _cm[5])

    reader.pages[0].extract_text(visitor_text=visit)
    point = 720 / 254 / 10  # of a tenth of a millimetre
    left, top = (2100 - sheet.columns * sheet.width) / 2, (2970 - sheet.rows * sheet.height) / 2
    assert len(places) == per_sheet
    for at in range(per_sheet):
        x, y = places[f"宛名{at}"]
        column, row = at % sheet.columns, at // sheet.columns
        assert 0 < x / point - left - column * sheet.width < sheet.width
        assert 0 < (842 - y) / point - top - row * sheet.height < sheet.height


@pytest.mark.parametrize("per_sheet", [12, 24])
def test_the_longest_names_stay_on_their_label(per_sheet: Any) -> None:
    households = tuple(
        household(at, *names) for at, names in enumerate((("寿限無" * 33,), ("W" * 100,), ("佐藤",) * 6))
    )
    found = pages(Labels(dated=STARTS, households=households * 8, per_sheet=per_sheet))
    assert len(found) == 24 // per_sheet
    assert "寿限無" * 33 + "様" in found[0]
    assert "W" * 100 + "様" in found[0]


def test_a_long_round_goes_in_two_columns_in_order() -> None:
    names = tuple(f"{at}軒目" for at in range(1, 61))
    found = pages(replace(contents.circulation(), households=names))
    places = ["".join(found).index(f"{at}{at}軒目") for at in range(1, 61)]
    assert places == sorted(places)  # also from one page to the next
    assert len(found) == 2


def notice(at: int | None) -> Notice:
    return Notice(number="1", name="山田", how="post", at=at, came="sent")


@pytest.mark.parametrize(("at", "late"), [(0, False), (-1, False), (1, True), (None, True)])
def test_a_notice_is_late_after_the_day_it_was_due(*, at: int | None, late: bool) -> None:
    due = STARTS - 10 * DAY
    (text,) = pages(replace(contents.notified(), due=due, notices=(notice(None if at is None else due + at),)))
    assert ("期限までに送られていない通知が1件" in text) is late
    assert ("すべての通知が期限までに" in text) is not late
    assert ("▲" in text.replace("(表の▲)", "")) is late


def test_notices_are_counted_by_way_and_outcome() -> None:
    counts = replace(contents.notified(), notices=(notice(1), notice(1), *contents.notified().notices)).said(
        contents.fmt("ja")
    )["counts"]
    assert [(row["how"], row["came"], row["count"]) for row in counts] == [
        ("手渡し", "不明", "1"),
        ("電子メール", "送付済み", "1"),
        ("郵便", "不達", "1"),
        ("郵便", "送付済み", "2"),
    ]
