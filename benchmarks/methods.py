"""Counts of a million different ballots: approvals, scores, grades, splits, and budgets of ten thousand projects.

    python -m benchmarks.methods [--ballots 1000000] [--runs 3] [--only equal_shares/1] [--growing]

Ballots name 3 to 15 options, some far more often than others. Projects cost 100,000 to 5,000,000; the budget is a tenth
of what all cost. ``--growing``: equal shares with growing shares too, which is some forty counts one after the other.
Prints processor seconds; the count alone, from what ballots say to the result.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import statistics
import time
from collections.abc import Callable
from typing import Final

from benchmarks import measure
from governance.count import MAX_OPTIONS, MAX_PROJECTS, Count, Paper, Tally
from governance.modules.method.approval import Approval
from governance.modules.method.equal_shares import EqualShares
from governance.modules.method.greedy_budget import GreedyBudget
from governance.modules.method.majority_judgement import MajorityJudgement
from governance.modules.method.quadratic import Quadratic
from governance.modules.method.score import Score
from governance.modules.method.weighted import Weighted
from governance.modules.questions import Method

Write = Callable[[list[int], random.Random], str]
POINTS: Final = 100


def approve(named: list[int], _: random.Random) -> str:
    """``1,5,9``"""
    return ",".join(map(str, named))


def give(named: list[int], chance: random.Random) -> str:
    """``1:2,5:1``"""
    return ",".join(f"{one}:{chance.randint(1, 5)}" for one in named)


def split(named: list[int], chance: random.Random) -> str:
    """All points, at least one for each."""
    cuts = [0, *sorted(chance.sample(range(1, POINTS), len(named) - 1)), POINTS]
    return ",".join(
        f"{one}:{after - before}" for one, (before, after) in zip(named, itertools.pairwise(cuts), strict=True)
    )


def profile(ballots: int, options: int, write: Write) -> Tally:
    """That many ballots, hardly any two of them alike."""
    chance = random.Random(1)  # noqa: S311
    numbers = chance.sample(range(1, options + 1), options)
    sought = list(itertools.accumulate(1 / (place + 10) for place in range(options)))
    found: dict[str, Count] = {}
    for _ in range(ballots):
        named = sorted(set(chance.choices(numbers, cum_weights=sought, k=chance.randint(3, 15))))
        text = write(named, chance)
        found[text] = found.get(text, Count()) + Count(1, 1)
    return found


def budget() -> Paper:
    """Ten thousand projects."""
    chance = random.Random(2)  # noqa: S311
    costs = tuple(chance.randint(100_000, 5_000_000) for _ in range(MAX_PROJECTS))
    return Paper(MAX_PROJECTS, 1, costs, sum(costs) // 10)


def row(method: Method, paper: Paper, tally: Tally, runs: int) -> tuple[str, ...]:
    """What the table says of it."""
    took = []
    for _ in range(runs):
        gc.collect()
        begun = time.process_time()
        counted = method.count(tally, paper)
        took.append(time.process_time() - begun)
    name = f"{method.NAME} {getattr(method, 'completion', getattr(method, 'by', ''))}".strip()
    return name, f"{len(tally):,}", f"{paper.options:,}", f"{len(counted.winners):,}", f"{statistics.median(took):.2f}"


def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("Counts of different ballots")
    completions = ("none", "greedy", "add1") if args.growing else ("none", "greedy")
    plan: tuple[tuple[Paper, Write, tuple[Method, ...]], ...] = (
        (Paper(MAX_OPTIONS, 9), approve, (Approval(None),)),
        (Paper(MAX_OPTIONS), give, (Score(5), MajorityJudgement(6), Quadratic(1000))),
        (Paper(MAX_OPTIONS, 9), split, (Weighted(POINTS),)),
        (
            budget(),
            approve,
            (
                *(GreedyBudget(15, "votes"), GreedyBudget(15, "votes_per_cost")),
                *(EqualShares(15, completion) for completion in completions),  # type: ignore[arg-type]
            ),
        ),
    )
    rows = []
    for paper, write, methods in plan:
        wanted = [method for method in methods if args.only in (None, method.NAME)]
        tally = profile(args.ballots, paper.options, write) if wanted else {}
        rows += [row(method, paper, tally, args.runs) for method in wanted]
    measure.table(("method", "different ballots", "options", "winners", "median s"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--ballots", type=int, default=1_000_000, help="ballots")
    parser.add_argument("--runs", type=int, default=3, help="counts of each kind")
    parser.add_argument("--only", help="one method, by its name")
    parser.add_argument("--growing", action="store_true", help="with shares that grow, too")
    main(parser.parse_args())
