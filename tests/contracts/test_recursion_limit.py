"""Ethereum's libraries raise the recursion limit; in a service that anchors it must stay where it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = "import sys; before = sys.getrecursionlimit(); import contracts, web3, eth_account; "


def test_the_recursion_limit_stays() -> None:
    said = "print(sys.getrecursionlimit() - before)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", PROGRAM + said], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
