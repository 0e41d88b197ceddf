"""Runs the browser's half under Node: ``node --test tests/js/*.test.js``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def node() -> str:
    """Node as ``./yui test`` puts it on the path."""
    found = shutil.which("node")
    assert found, "Node is missing: ./yui test installs it"
    return found


def test_the_browsers_half_under_node() -> None:
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/js").glob("*.test.js"))
    assert files
    run = subprocess.run([node(), "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
