"""The compiled contract, as committed: what is deployed and called, and the code that must stand at its address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("CheckpointAnchor.json")
_ARTEFACT: Final[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))

CREATION: Final = bytes.fromhex(_ARTEFACT["bytecode"])
"""What a deploying transaction carries."""
RUNTIME: Final = bytes.fromhex(_ARTEFACT["deployed_bytecode"])
"""What then stands at the address, on every chain and to the last byte: the contract has no immutable values."""
EVENT: Final = "Anchored(address,bytes32)"
_SELECTOR: Final = bytes.fromhex(_ARTEFACT["selectors"]["anchor(bytes32)"])


def call(root: bytes) -> bytes:
    """The data of a transaction that anchors ``root``."""
    return _SELECTOR + root
