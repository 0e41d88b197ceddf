"""No refusal without a test: every code that the people's books raise is awaited somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from ledger.books.keys import Key

ROOT = Path(__file__).parents[3]
BOOKS = [
    *(ROOT / "ledger/books" / f"{name}.py" for name in (
        "coop", "guardians", "keyring", "keys", "members", "members_policy", "membership", "policies", "roles",
    )),
    ROOT / "governance/founding.py",
]  # fmt: skip
TESTS = [
    *(ROOT / "tests/ledger/books" / f"test_{name}.py" for name in (
        "authenticate", "coop", "guardians", "keyring", "members", "membership", "policies", "roles",
    )),
    ROOT / "tests/governance/test_founding.py",
]  # fmt: skip
STATUSES = set(get_args(get_type_hints(Key)["status"])) - {"active"}


def raised(path: Path) -> Iterator[str]:
    """The codes of all errors made in a file; ``f"key.{key.status}"`` is one for each standing but active."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refusal", "FormatError", "SignatureFault"}:
            code = node.args[0]
            if isinstance(code, ast.Constant):
                yield str(code.value)
            else:
                assert ast.unparse(code) == "f'key.{key.status}'", f"a code that this test can't read in {path}"
                yield from (f"key.{status}" for status in STATUSES)


def awaited() -> set[str]:
    """The codes that tests name: they name codes only to await them."""
    constants = (node for path in TESTS for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Constant)
    return {node.value for node in constants if isinstance(node.value, str)}


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_code_is_provoked(path: Path) -> None:
    codes = set(raised(path))
    assert codes or path.stem == "members", f"no code found in {path.name}"
    assert codes - awaited() == set()
