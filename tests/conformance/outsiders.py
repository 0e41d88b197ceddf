"""Other people's code, built with Go where it is installed: the verifiers of ``go/``, and torchwood's own test data."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).parent / "go"
OLDEST: Final = (1, 26)
_WHERE: Final = ("/usr/local/go/bin/go",)
_BUILDING: Final = 600


class Outsiders:
    """The built program: ``accepts`` tells whether it takes what it is given, and what it wrote."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def ask(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run one of its commands."""
        line = [str(self._program), *map(str, arguments)]
        return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)

    def accept(self, *arguments: object) -> str:
        """What it wrote; it must have accepted."""
        done = self.ask(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuse(self, *arguments: object) -> str:
        """Why it refused; it must have, and not by falling over."""
        done = self.ask(*arguments)
        assert done.returncode == 1, done.stdout
        assert "goroutine" not in done.stderr
        return done.stderr


def build(folder: Path) -> Outsiders:
    """Build the verifiers. Without Go, or without a way to its modules, the test is skipped and says so."""
    _download()
    program = folder / "outsiders"
    line = [_go(), "build", "-o", str(program), "."]
    done = subprocess.run(
        line, cwd=SOURCE, env=_environment(), capture_output=True, text=True, timeout=_BUILDING, check=False
    )
    assert done.returncode == 0, done.stderr
    return Outsiders(program)


def module(path: str) -> Path:
    """The folder of a pinned module's source in Go's cache."""
    (row,) = (row for row in _download() if row["Path"] == path)
    return Path(row["Dir"])


@cache
def _download() -> list[dict[str, str]]:
    """All pinned modules, as go.sum has them. Which one is which follows from go.mod, never from what is newest."""
    done = subprocess.run(
        [_go(), "mod", "download", "-json"],
        cwd=SOURCE,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_BUILDING,
        check=False,
    )
    if "SECURITY ERROR" in done.stderr:
        raise AssertionError(done.stderr)
    if done.returncode:
        pytest.skip("Go's modules can't be had here: " + done.stderr[-300:])
    return [json.loads(row) for row in re.findall(r"^\{.*?^\}", done.stdout, re.DOTALL | re.MULTILINE)]


def _environment() -> dict[str, str]:
    # The pinned versions and no others; the installed Go and no other.
    return os.environ | {"GOFLAGS": "-mod=readonly -buildvcs=false", "GOTOOLCHAIN": "local"}


@cache
def _go() -> str:
    found = shutil.which("go") or next((path for path in _WHERE if Path(path).is_file()), None)
    if found is None:
        pytest.skip("Go is not installed: nobody else's verifiers are asked")
    said = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"go(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        pytest.skip(f"Go is older than {OLDEST[0]}.{OLDEST[1]}: {said.strip()}")
    return found
