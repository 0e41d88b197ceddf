"""RFC 8785 against its published vectors (shared/vectors), as far as our smaller value space reaches.

Two of the six inputs hold floats, which our stricter reader refuses: ``structures.json`` (``56.0``) and
``values.json``. All six also have keys that ours are not (``"10"``, ``"péché"``, ``"\\r"``): as whole documents they
are refused, so what is held against the vectors is each value, each spelling, and the refusals.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger import canonical
from ledger.errors import FormatError

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "jcs" / "testdata"
NAMES = ("arrays", "french", "structures", "unicode", "values", "weird")
WITH_FLOATS = {"structures", "values"}

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/vectors is not beside this checkout")


def test_these_are_all_vectors() -> None:
    assert {path.stem for path in (VECTORS / "input").iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", sorted(set(NAMES) - WITH_FLOATS))
def test_values_are_spelled_as_published(name: str) -> None:
    value = json.loads((VECTORS / "input" / f"{name}.json").read_text(encoding="utf-8"))
    assert spell(value) == (VECTORS / "output" / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_floats_are_refused_in_exactly_two(name: str) -> None:
    value = json.loads((VECTORS / "input" / f"{name}.json").read_text(encoding="utf-8"))
    refused = False
    try:
        spell(value)
    except FormatError as error:
        refused = error.code == "format.value"
    assert refused == (name in WITH_FLOATS)


@pytest.mark.parametrize("name", NAMES)
def test_whole_documents_are_outside_our_key_space(name: str) -> None:
    with pytest.raises(FormatError, match=r"format\.(key|value)"):
        canonical.decode((VECTORS / "output" / f"{name}.json").read_bytes())


def spell(value: Any) -> bytes:
    """The value in RFC 8785's order, each scalar and key spelled by our encoder."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return b"{" + b",".join(canonical.encode(key) + b":" + spell(value[key]) for key in keys) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(spell(item) for item in value) + b"]"
    return canonical.encode(value)
