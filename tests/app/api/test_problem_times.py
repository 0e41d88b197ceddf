"""Times among the facts of a refusal are told as people write them, by the co-op's own clock."""

from __future__ import annotations

import pytest

from app.api import problems
from app.texts import Catalogue

EARLIEST = {"earliest": "2026-12-03T02:39:57.445Z", "proposal": "prop_a"}


@pytest.fixture(scope="module")
def texts() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize(
    ("lang", "offset", "told"),
    [
        ("ja", 540, "2026年12月3日(木) 11:40"),
        ("en", 540, "Thu 3 December 2026, 11:40"),
        ("ja", 0, "2026年12月3日(木) 02:40"),
    ],
)
def test_the_earliest_moment_is_told_to_a_whole_minute_that_is_not_too_early(
    texts: Catalogue, lang: str, offset: int, told: str
) -> None:
    sentence = problems.sentence(texts, lang, "meeting.notice", EARLIEST, offset)
    assert told in sentence
    assert "Z" not in sentence


def test_other_moments_are_not_moved(texts: Catalogue) -> None:
    latest = {"latest": "2026-12-03T02:39:57.445Z"}
    assert "11:39" in problems.sentence(texts, "ja", "meeting.starts", latest, 540)


def test_what_only_looks_like_a_fact_stays_as_it_is(texts: Catalogue) -> None:
    assert "第3版" in problems.sentence(texts, "ja", "minutes.version", {"latest": 3}, 540)
