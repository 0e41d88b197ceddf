"""The Solidity compiler that package-lock.json pins."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

MODULES: Final = Path(__file__).parents[1] / "node_modules"
SOLC: Final = MODULES / "solc"
_PINNED: Final = re.compile(r"^pragma solidity =?(0\.8\.\d+);", re.MULTILINE)
_IMPORT: Final = re.compile(r'^import\b[^"]*"([^"]+)";', re.MULTILINE)


def version() -> str:
    """The pinned compiler's version."""
    found: str = json.loads((SOLC / "package.json").read_text(encoding="utf-8"))["version"]
    return found


def compile_files(files: Iterable[Path], settings: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The compiler's answer about those files, each by its name, and all they import from each other and from npm.

    ``outputs``: of which contracts what is wanted. SystemExit without Node, and with the compiler's own words where
    there is an error; what it only warns of stands in the answer.
    """
    sources: dict[str, Any] = {}
    for path in files:
        _gather(path.name, path, sources)
    question = {
        "language": "Solidity",
        "settings": {**settings, "outputSelection": outputs},
        "sources": sources,
    }
    found = _ask(json.dumps(question))
    errors = [error["formattedMessage"] for error in found.get("errors", ()) if error["severity"] == "error"]
    if errors:
        raise SystemExit("\n".join(errors))
    return found


def _gather(name: str, path: Path, sources: dict[str, Any]) -> None:
    if name in sources:
        return
    text = path.read_text(encoding="utf-8")
    if path.is_relative_to(MODULES):
        # Some pin one old compiler. Within 0.8 a newer one means the same by the same source.
        text = _PINNED.sub(r"pragma solidity ^\1;", text)
    sources[name] = {"content": text}
    for imported in _IMPORT.findall(text):
        if imported.startswith("."):
            beside = Path(os.path.normpath(path.parent / imported))
            inner = beside.relative_to(MODULES).as_posix() if beside.is_relative_to(MODULES) else beside.name
            _gather(inner, beside, sources)
        else:
            _gather(imported, MODULES / imported, sources)


def _ask(question: str) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        raise SystemExit("Node is needed to run solc: `./yui test` brings it.")
    # Through files: solc.js ends before a pipe has taken the whole of a long answer.
    with tempfile.TemporaryFile("w+") as asked, tempfile.TemporaryFile("w+") as answered:
        asked.write(question)
        asked.seek(0)
        subprocess.run([node, SOLC / "solc.js", "--standard-json"], stdin=asked, stdout=answered, check=True)
        answered.seek(0)
        answer = answered.read()
    # solc.js greets on the line before the JSON when it waits for its input.
    found: dict[str, Any] = json.loads(answer[answer.index("{") :])
    return found
