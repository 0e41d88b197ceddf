"""Elections with ranked ballots that other people's packages bring along.

pref_voting brings small ones that somebody found difficult. The real ones are what votekit keeps for its own tests.

Minneapolis elected its mayor in 2013 by instant runoff with up to three ranks; Portland (Oregon) three council
members per district in 2024 by the single transferable vote with up to six; Na Hearadh agus Ceann a Deas nan Loch
(Eilean Siar) three councillors in 2012 by the Scottish rules.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from tests.conformance.sdists import Distribution
from tests.governance.rankings import Profile

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


def difficult() -> Iterator[Election]:
    """The smallest in which some method does not elect who beats everybody else. Rankings are full."""
    package = find_spec("pref_voting")
    assert package is not None
    assert package.origin is not None
    for file in sorted((Path(package.origin).parent / "data/examples/condorcet_winner").glob("*.soc")):
        lines = [line.partition(":") for line in file.read_text().splitlines() if not line.startswith("#")]
        ballots: Counter[str] = Counter()
        for votes, _, ranking in lines:
            ballots[">".join(str(int(name) + 1) for name in ranking.split(","))] += int(votes)
        names = {number for text in ballots for number in text.split(">")}
        yield Election(dict(ballots), 1, tuple(sorted(names, key=int)))


def minneapolis(file: Distribution) -> Election:
    """Mayor, 2013."""
    return _columns(file.text("tests/data/csv/mn_2013_cast_vote_record.csv"), ("rank1", "Rank2", "rank3"), seats=1)


def portland(file: Distribution, district: int) -> Election:
    """Council, 2024; district 1 or 3."""
    text = file.text(f"tests/data/csv/Portland_D{district}_Condensed.csv")
    return _columns(text, [f"rank{place}" for place in range(1, 7)], seats=3)


def eilean_siar(file: Distribution) -> Election:
    """Ward 3, 2012: a line of candidates and seats, then ``count,first,second,…``, then the candidates."""
    rows = [
        [cell for cell in row if cell]
        for row in csv.reader(io.StringIO(file.text("notebooks/eilean_siar_2012_ward3.csv")))
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
