"""Amounts that ballots give to options, added up: what score, weighted and quadratic voting have in common."""

from __future__ import annotations

from governance.count import Count, Paper, Sorted, option
from governance.modules.method import marks


def add_up(ballots: Sorted, paper: Paper) -> dict[str, Count]:
    """For every option the heads that name it, and the sum of what they give it, each times the ballot's weight."""
    heads = [0] * (paper.options + 1)
    weight = [0] * (paper.options + 1)
    for mark, count in marks.tally(ballots.marks).items():
        number, amount = marks.split(mark)
        heads[number] += count.heads
        weight[number] += count.weight * amount
    return {option(number): Count(heads[number], weight[number]) for number in range(1, paper.options + 1)}
