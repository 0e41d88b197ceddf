"""Golden ledgers, one per release, fold to the same records for ever."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.audit.run import Options, audit
from governance.all_books import BOOKS
from tests.golden.story import every_type, said, whole_story

FOLDER = Path(__file__).parent

RECORDS = {
    "0.1.0": "33bbaf445be09b3ac451724eb708baaccb2e1b26aa923462de729bd2337988ca",
}
"""SHA-256 of ``records.jsonl`` by release. A line here never changes once its release is out."""


def test_each_has_its_line() -> None:
    assert {path.stem for path in FOLDER.glob("*.zip")} == set(RECORDS)


@pytest.mark.parametrize("release", RECORDS)
def test_the_fold_still_gives_the_same_records(release: str) -> None:
    with ExitStack() as stack:
        (audited,) = audit(str(FOLDER / f"{release}.zip"), Options(), stack, lambda _done, _size: None)
        assert audited.report.findings == []
        assert audited.report.step(10).status == "ok"
        assert hashlib.sha256(audited.copy.read("records.jsonl")).hexdigest() == RECORDS[release]


def test_the_story_leaves_nothing_unsaid() -> None:
    """A new statement type is told too, so that the next release's golden ledger remembers it."""
    assert said(whole_story()) == every_type(BOOKS)
