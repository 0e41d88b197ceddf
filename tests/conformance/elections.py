"""Real elections that votekit keeps for its own tests: in its source distribution, which is asked for once and kept.

Minneapolis elected its mayor in 2013 by instant runoff with up to three ranks; Portland (Oregon) three council
members per district in 2024 by the single transferable vote with up to six; Na Hearadh agus Ceann a Deas nan Loch
(Eilean Siar) three councillors in 2012 by the Scottish rules.
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.governance.rankings import Profile

_VERSION: Final = "3.5.0"
_SHA256: Final = "0e51d547977eff0e3029d08dc4ef16d3fac7b33bfe8c3e42db8634da2d18ca01"
_NOBODY: Final = {"", "skipped", "undervote", "overvote", "UWI"}


class Election(NamedTuple):
    """Ballots, seats, and the names of the options in order of their numbers."""

    profile: Profile
    seats: int
    names: tuple[str, ...]

    @property
    def options(self) -> int:
        """How many there are."""
        return len(self.names)

    def called(self, numbers: Iterable[int]) -> set[str]:
        """Options by name."""
        return {self.names[number - 1] for number in numbers}


def fetch(folder: Path) -> Path:
    """The source distribution; where it can't be had, the test is skipped and says so."""
    file = folder / f"votekit-{_VERSION}.tar.gz"
    if not file.exists():
        line = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "votekit"]
        done = subprocess.run(
            [*line, "--dest", str(folder), f"votekit=={_VERSION}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"votekit's source distribution can't be had: {done.stderr.strip().splitlines()[-1:]}")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == _SHA256
    return file


def minneapolis(file: Path) -> Election:
    """Mayor, 2013."""
    return _columns(_text(file, "tests/data/csv/mn_2013_cast_vote_record.csv"), ("rank1", "Rank2", "rank3"), seats=1)


def portland(file: Path, district: int) -> Election:
    """Council, 2024; district 1 or 3."""
    text = _text(file, f"tests/data/csv/Portland_D{district}_Condensed.csv")
    return _columns(text, [f"rank{place}" for place in range(1, 7)], seats=3)


def eilean_siar(file: Path) -> Election:
    """Ward 3, 2012: a line of candidates and seats, then ``count,first,second,…``, then the candidates."""
    rows = [
        [cell for cell in row if cell]
        for row in csv.reader(io.StringIO(_text(file, "notebooks/eilean_siar_2012_ward3.csv")))
    ]
    options, seats = map(int, rows[0])
    profile = {">".join(row[1:]): int(row[0]) for row in rows[1:] if row[0].isdigit()}
    names = tuple(row[1] for row in rows if row[0].startswith("Candidate"))
    assert len(names) == options
    return Election(profile, seats, names)


def _columns(text: str, ranks: Iterable[str], seats: int) -> Election:
    """One ballot a line. Skipped ranks are passed over, and of a name that stands twice the first counts."""
    ranks = list(ranks)
    numbers: dict[str, str] = {}
    ballots: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(text)):
        named = dict.fromkeys(row[rank] for rank in ranks if row[rank] not in _NOBODY)
        if named:
            ballots[">".join(numbers.setdefault(name, str(len(numbers) + 1)) for name in named)] += 1
    return Election(dict(ballots), seats, tuple(numbers))


def _text(file: Path, path: str) -> str:
    with tarfile.open(file) as archive:
        member = archive.extractfile(f"votekit-{_VERSION}/{path}")
        assert member is not None
        return member.read().decode()
