"""RFC 9162 and subtree proofs against the vectors of transparency-dev/merkle (shared/vectors)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger import merkle, subtree
from ledger.errors import ProofError

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "merkle" / "testdata"

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/vectors is not beside this checkout")

COUNTS = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}
"""How many vectors each folder holds: fewer would mean that some were not read."""


def _inclusion(case: dict[str, Any], proof: list[bytes]) -> None:
    merkle.check_inclusion(_bytes(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, _bytes(case["root"]))


def _consistency(case: dict[str, Any], proof: list[bytes]) -> None:
    merkle.check_consistency(case["size1"], case["size2"], proof, _bytes(case["root1"]), _bytes(case["root2"]))


def _subtree_inclusion(case: dict[str, Any], proof: list[bytes]) -> None:
    subtree.check_inclusion(
        _bytes(case["leafHash"]), case["leafIdx"], case["start"], case["end"], proof, _bytes(case["root"])
    )


def _subtree_consistency(case: dict[str, Any], proof: list[bytes]) -> None:
    subtree.check_consistency(
        case["start"], case["end"], case["size"], proof, _bytes(case["root1"]), _bytes(case["root2"])
    )


CHECKS: dict[str, Callable[[dict[str, Any], list[bytes]], None]] = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeinclusion": _subtree_inclusion,
    "subtreeconsistency": _subtree_consistency,
}


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("folder", CHECKS)
def test_every_proof_is_accepted_or_refused_as_the_vector_says(folder: str) -> None:
    wrong, files = [], sorted((VECTORS / folder).rglob("*.json"))
    for file in files:
        case = json.loads(file.read_text())
        try:
            CHECKS[folder](case, [_bytes(hash_) for hash_ in case["proof"] or []])
            refused = False
        except ProofError:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(f"{file.relative_to(VECTORS)}: {case['desc']}")
    assert wrong == []
    assert len(files) == COUNTS[folder]


def test_a_consistency_proof_from_nothing_is_refused() -> None:
    with pytest.raises(ProofError, match=r"proof\.range"):
        merkle.check_consistency(0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)
