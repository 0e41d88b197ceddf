"""Each claim of the threat model names a test that there is, or says openly that there is none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
CLAIMS = [
    row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith(("| ---", "| act |", "| what "))
]
NAMED = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")


def functions_of(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("claim", CLAIMS, ids=range(len(CLAIMS)))
def test_a_claim_names_its_tests(claim: str) -> None:
    *_, shown, _ = claim.split(" |")[-3:]
    named = NAMED.findall(shown)
    assert named or shown.strip() == "–", claim
    for path, test in named:
        assert (ROOT / path).exists(), path
        if test:
            assert test in functions_of(ROOT / path), f"{path}::{test}"


def test_what_is_prevented_or_revealed_is_shown() -> None:
    """A dash is for what is possible, or not to be noticed; never for a promise."""
    dashed = [claim for claim in CLAIMS if claim.split(" |")[-2].strip() == "–"]
    assert dashed
    for claim in dashed:
        assert "**prevented**" not in claim
        assert "revealed:" not in claim
