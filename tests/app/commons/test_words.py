"""Quantities, terms and charts in words and integers, without any database."""

from __future__ import annotations

import re
from functools import partial

import pytest

from app.commons.chart import HEIGHT, WIDTH, Point, chart
from app.commons.people import folded
from app.commons.telling import Telling
from app.texts import Catalogue
from app.texts.formats import Formats
from ledger.books.commons_policy import UNITS, parse
from ledger.books.terms import Cancellation
from tests.simulator import commons_policy

TEXTS = Catalogue.load()


def telling(lang: str) -> Telling:
    t = partial(TEXTS.t, lang)
    kinds = {"cleaning": "草刈り", "vegetables": "野菜"}
    return Telling(TEXTS, lang, t, Formats(lang, t), "結", parse(commons_policy()), kinds)


@pytest.mark.parametrize(
    ("unit", "smallest", "ja", "en"),
    [
        ("hour", 90, "1時間30分", "1 hour 30 min"),
        ("hour", 0, "0分", "0 min"),
        ("hour", 60, "1時間", "1 hour"),
        ("kg", 2500, "2.5kg", "2.5 kg"),
        ("kg", 1, "0.001kg", "0.001 kg"),
        ("session", 1, "1回", "1 time"),
        ("box", 1200, "1,200箱", "1,200 boxes"),
    ],
)
def test_quantities_are_told_in_natural_units(unit: str, smallest: int, ja: str, en: str) -> None:
    assert telling("ja").quantity(unit, smallest) == ja
    assert telling("en").quantity(unit, smallest) == en


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_unit_has_words(lang: str) -> None:
    assert all(telling(lang).units(unit, 2) for unit in UNITS)


def test_what_a_kind_earns() -> None:
    assert telling("ja").rate("cleaning") == "1時間につき 10 結"
    assert telling("en").rate("vegetables") == "2 結 for 1 kg"


@pytest.mark.parametrize(
    ("cancellation", "stock", "said"),
    [
        (Cancellation(), False, "始まるまで、いつでもかかりません"),
        (Cancellation(), True, "受け取るまで、いつでもかかりません"),
        (Cancellation(24, 1, 2), False, "始まりの 1日 前まではかかりません。そのあとは必要な分の2分の1がかかります"),
        (Cancellation(0, 2, 2), False, "確定したあとは、必要な分の全部がかかります"),
    ],
)
def test_cancelling_in_words(cancellation: Cancellation, stock: bool, said: str) -> None:  # noqa: FBT001
    assert telling("ja").cancelling(cancellation, stock=stock) == said


def test_searches_do_not_mind_kana_width_case_and_spaces() -> None:
    assert folded("タナカ Tarō ABC") == folded("たなか tarōabc")


def test_a_chart_stays_in_its_box_and_ends_at_the_last_total() -> None:
    found = chart([Point(0, 0), Point(10, 30), Point(50, 5)], 100)
    assert found is not None
    xs = [int(x) for x in re.findall(r"H(\d+)", found.path)]
    ys = [int(y) for y in re.findall(r"V(\d+)", found.path)]
    assert xs == [100, 500, WIDTH]
    assert found.ticks == [(240, 0), (180, 10), (120, 20), (60, 30), (0, 40)]
    assert ys == [HEIGHT - 30 * HEIGHT // 40, HEIGHT - 5 * HEIGHT // 40]
    assert chart([Point(0, 0)], 100) is None
    assert chart([], 100) is None
