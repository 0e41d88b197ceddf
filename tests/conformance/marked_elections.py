"""Elections with approvals and scores that other people's packages keep for their own tests.

abcvoting has what three parts of Łódź decided about their budgets in 2020; starvote has polls held at star.vote, with
the sums that it makes of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import Final, NamedTuple

from tests.conformance.sdists import Distribution
from tests.governance.cardinal_oracle import Projects, Votes

PARTS: Final = ("mileszki", "nad-nerem", "nowosolna")
POLLS: Final = (
    *("2020_libertarian_party_presidential_nomination", "2020_presidential_election_all_contenders_all_parties"),
    *("best_akali_skins", "eurovision_song_contest_2023", "libertarian_party_2020_presidential_nomination_may"),
    *("presidential_candidates", "presidential_poll_july_2020", "updated_2020_libertarian_presidential_candidate"),
    "wa_governor_2020_republican_party_straw_poll",
)
_SUM: Final = re.compile(r"-- +(\d+) \(average")


class Budget(NamedTuple):
    """Who approved what, what that costs, and what was funded."""

    votes: Votes
    projects: Projects
    funded: frozenset[int]


class Poll(NamedTuple):
    """Scores up to five, and the sums that are printed of them, highest first."""

    votes: Votes
    sums: list[int]


def lodz(file: Distribution, part: str) -> Budget:
    """That part of the city; projects by their place in the list."""
    text = file.text(f"tests/data/poland_lodz_2020_{part}.pb")
    meta, _, rest = text.partition("PROJECTS\n")
    projects, _, votes = rest.partition("VOTES\n")
    listed = list(csv.DictReader(io.StringIO(projects), delimiter=";"))
    numbers = {project["project_id"]: number for number, project in enumerate(listed, 1)}
    ballots = Counter(
        frozenset(numbers[name] for name in voter["vote"].split(","))
        for voter in csv.DictReader(io.StringIO(votes), delimiter=";")
    )
    said = dict(line.split(";") for line in meta.splitlines() if ";" in line)
    assert ballots.total() == int(said["num_votes"])
    return Budget(
        Votes([(dict.fromkeys(ballot, 1), weight) for ballot, weight in ballots.items()], len(listed)),
        Projects(tuple(int(project["cost"]) for project in listed), int(said["budget"])),
        frozenset(number for number, project in enumerate(listed, 1) if project["selected"] == "1"),
    )


def star(file: Distribution, poll: str) -> Poll:
    """That poll: after three columns about the voter, one for each option. Who gives nothing to anyone is left out."""
    name = f"test_elections/starvote_ballots_{poll}"
    first, *voters = csv.reader(io.StringIO(file.text(f"{name}.csv")))
    ballots = Counter(scores for voter in voters if any(scores := tuple(map(int, voter[3:]))))
    scored = [
        ({number: score for number, score in enumerate(ballot, 1) if score}, weight)
        for ballot, weight in ballots.items()
    ]
    told = file.text(f"{name}.txt").partition("Automatic Runoff")[0]
    return Poll(Votes(scored, len(first) - 3), [int(found) for found in _SUM.findall(told)])
