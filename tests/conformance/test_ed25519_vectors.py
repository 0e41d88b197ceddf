"""Ed25519 against Wycheproof (shared/vectors): all 151 as marked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.errors import SignatureFault
from ledger.keys import verify_ed25519

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "ed25519" / "wycheproof_ed25519_test.json"

pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="../shared/vectors is not beside this checkout")


def test_all_as_marked() -> None:
    wrong, count = [], 0
    for group in json.loads(VECTORS.read_text())["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            count += 1
            try:
                verify_ed25519(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
                result = "valid"
            except SignatureFault:
                result = "invalid"
            if result != case["result"]:
                wrong.append((case["tcId"], case["comment"], case["result"]))
    assert wrong == []
    assert count == 151
