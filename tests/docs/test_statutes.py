"""docs/statutes.md has a row for every article that a preset names, with the certainty that the preset claims."""

from __future__ import annotations

from pathlib import Path

from governance import presets
from tests.governance.test_presets import read

PAGE = (Path(__file__).parents[2] / "docs" / "statutes.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in PAGE.splitlines() if row.startswith("| ")][2:]


def test_every_article_has_its_row_and_every_row_an_article() -> None:
    sources = [source for name in presets.NAMES for source in read(name).sources]
    statutes = {act for act, *_ in ROWS}
    named = {(one.act, one.article or "–", one.certainty) for one in sources if one.act in statutes}
    assert named == {(act, article, certainty) for act, article, certainty, *_ in ROWS}
    assert len(ROWS) == len(named)


def test_whoever_is_missing_is_no_statute() -> None:
    statutes = {act for act, *_ in ROWS}
    others = {one.act for name in presets.NAMES for one in read(name).sources} - statutes
    assert others <= {"", "openzeppelin", "aragon", "snapshot"}
