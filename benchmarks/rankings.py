"""Counts of ranked ballots, hardly any two of them alike.

    python -m benchmarks.rankings [--ballots 1000000] [--runs 3] [--only stv/1]

Three kinds of elections: twenty options of which a ballot ranks about six; two hundred of which it ranks about ten; and
a tenth as many ballots that rank all of two hundred. Some options are far more popular. Five seats where there are any.
Prints processor seconds; the count alone, from what ballots say to the result.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import time
from typing import Final

from benchmarks import measure
from governance.count import MAX_OPTIONS, Count, Paper, Tally
from governance.modules.method.borda import Borda
from governance.modules.method.copeland import Copeland
from governance.modules.method.irv import InstantRunoff
from governance.modules.method.schulze import Schulze
from governance.modules.method.stv import SingleTransferableVote

METHODS: Final = (
    InstantRunoff(),
    SingleTransferableVote(),
    Schulze(equal=True),
    Copeland(equal=True),
    Borda(equal=True),
)
SEATS: Final = 5


def profile(ballots: int, options: int, named: int) -> Tally:
    """That many ballots, each of which ranks about ``named`` options."""
    chance = random.Random(1)  # noqa: S311
    numbers = [str(number) for number in chance.sample(range(1, options + 1), options)]
    sought = list(itertools.accumulate(1 / (place + 1) for place in range(options)))
    found: dict[str, Count] = {}
    for _ in range(ballots):
        if named == options:
            chance.shuffle(numbers)
            text = ">".join(numbers)
        else:
            drawn = chance.choices(numbers, cum_weights=sought, k=3 * named)
            text = ">".join(list(dict.fromkeys(drawn))[: chance.randint(named // 2, named + named // 2)])
        found[text] = found.get(text, Count()) + Count(1, 1)
    return found


def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("Counts of ranked ballots")
    rows = []
    for ballots, options, named in (
        (args.ballots, 20, 6),
        (args.ballots, MAX_OPTIONS, 10),
        (args.ballots // 10, MAX_OPTIONS, MAX_OPTIONS),
    ):
        tally = profile(ballots, options, named)
        for method in METHODS:
            if args.only in ("", method.NAME):
                paper, took = Paper(options, SEATS if method.SEATS else 1), []
                for _ in range(args.runs):
                    gc.collect()
                    begun = time.process_time()
                    counted = method.count(tally, paper)
                    took.append(time.process_time() - begun)
                rounds = str(len(counted.rounds) or "–")
                row = (f"{ballots:,}", f"{len(tally):,}", f"{options} ({named})", rounds, measure.spread(took, 2))
                rows.append((method.NAME, *row))
    heads = ("method", "ballots", "different ones", "options (ranked)", "rounds", "processor seconds, median (range)")
    measure.table(heads, rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--ballots", type=int, default=1_000_000, help="how many")
    parser.add_argument("--runs", type=int, default=3, help="of each count")
    parser.add_argument("--only", default="", help="this method alone")
    main(parser.parse_args())
