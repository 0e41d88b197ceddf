"""Compiles ``contracts/CheckpointAnchor.sol`` with the solc that package-lock.json pins, and writes the artefact.

    python -m tools.contract

The same source, compiler and settings give the same bytes everywhere: no metadata is appended, which would carry the
hash of paths. A test holds the committed artefact against a fresh run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tools import solc

ROOT: Final = Path(__file__).parents[1]
NAME: Final = "CheckpointAnchor"
SOURCE: Final = ROOT / "contracts" / f"{NAME}.sol"
ARTEFACT: Final = ROOT / "contracts" / f"{NAME}.json"
SETTINGS: Final = {
    # The oldest rules that today's chains all keep: no PUSH0, which some of them still lack.
    "evmVersion": "paris",
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "optimizer": {"enabled": True, "runs": 1_000_000},  # deployed once, called for ever
}


def main() -> None:
    """Write the artefact."""
    ARTEFACT.write_bytes(build())


def build() -> bytes:
    """The artefact's bytes, from the source as it stands."""
    contract = _compile()
    artefact = {
        "abi": contract["abi"],
        "bytecode": contract["evm"]["bytecode"]["object"],
        "compiler": f"solc {solc.version()}",
        "deployed_bytecode": contract["evm"]["deployedBytecode"]["object"],
        "selectors": contract["evm"]["methodIdentifiers"],
        "settings": SETTINGS,
    }
    return (json.dumps(artefact, indent=1, sort_keys=True) + "\n").encode()


def _compile() -> dict[str, Any]:
    outputs = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.methodIdentifiers"]
    found = solc.compile_files([SOURCE], SETTINGS, {"*": {NAME: outputs}})
    if found.get("errors"):
        raise SystemExit("\n".join(error["formattedMessage"] for error in found["errors"]))
    contract: dict[str, Any] = found["contracts"][SOURCE.name][NAME]
    return contract


if __name__ == "__main__":
    main()
