"""`yui demo` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.app.test_serve import ROOT


def start_demo(*flags: str, port: int, data: Path, log: Path) -> subprocess.Popen[str]:
    """Started; what it says can be read from it, what it logs is added to ``log``."""
    line = [sys.executable, "-P", "-m", "app.cli", "demo", *flags, "--port", str(port), "--data", str(data)]
    with log.open("ab") as kept:
        return subprocess.Popen(
            line, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=kept, text=True
        )
