"""Every method counts as the vectors say, and takes the ballots that they say it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from governance.count import Count, Counted, Paper
from governance.documents import read
from governance.modules.method import MODULES
from governance.modules.questions import Method

FILE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "counts.json").read_bytes())
PAPERS = {name: Paper(**fields | {"costs": tuple(fields["costs"])}) for name, fields in FILE["papers"].items()}


def method(document: dict[str, Any]) -> Method:
    return read(document, next(one for one in MODULES if document["module"] == one.NAME), tag="module")


def test_every_method_has_vectors() -> None:
    for part in ("ballots", "counts"):
        assert {case["method"]["module"] for case in FILE[part]} == {module.NAME for module in MODULES}


@pytest.mark.parametrize("case", FILE["ballots"], ids=lambda case: case["method"]["module"])
def test_ballots_are_taken(case: dict[str, Any]) -> None:
    found, paper = method(case["method"]), PAPERS[case["paper"]]
    assert all(found.accepts(choice, paper) for choice in case["accept"])
    assert not any(found.accepts(choice, paper) for choice in case["refuse"])


@pytest.mark.parametrize("case", FILE["counts"], ids=lambda case: f"{case['method']['module']}-{case['paper']}")
def test_counts_come_to_the_same(case: dict[str, Any]) -> None:
    profile = {choice: Count(*count) for choice, count in case["profile"].items()}
    found = method(case["method"]).count(profile, PAPERS[case["paper"]], tuple(case["order"]))
    assert found == msgspec.convert(case["counted"], Counted)
