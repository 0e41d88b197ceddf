"""A count by transfers from beginning to end, along every way out of a tie that nothing decides.

Where the method's own rule and the order leave open who is next, what follows is counted for each of them. If all
ways elect the same options, that is the result, and of the ways the one with the weakest support for them is shown.
If not, those elected on every way have won and those elected on some are tied, as of the round of the first tie;
only then the order is asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from governance.count import ABSTAIN, INVALID, NOBODY, Count, Counted, Paper, Sorted, Tally, option, sort_out
from governance.modules.method.transfers import Election, Stage, Turn, elect, first_stage, next_turn, take

_MAX_STAGES: Final = 4_000
"""So many stages are counted to explore ties; what is left open then is called tied. Ties among several options
with a handful of votes take tens; a tie among very many small ones can have more ways than atoms."""
_MAX_PAPERS: Final = 6_000_000
"""And so many papers moved, so that a million ballots take seconds."""

Winners = frozenset[str]


class _TooManyError(Exception):
    """The bound was reached. It depends on the ballots alone: either all ways are followed or none counts."""


class _Bounds:
    """How much has been counted to explore ties."""

    def __init__(self) -> None:
        self._stages = self._papers = 0

    def note(self, stage: Stage, turn: Turn) -> None:
        self._stages += 1
        self._papers += sum(len(pile.papers) for name in turn.candidates for pile in stage.piles.get(name, ()))
        if self._stages > _MAX_STAGES or self._papers > _MAX_PAPERS:
            raise _TooManyError


class _Result(NamedTuple):
    """``stage``: the last, or that of the first open tie. ``winners``: certain ones; ``tied``: those who may win."""

    stage: Stage
    winners: tuple[str, ...]
    tied: tuple[str, ...] = ()


def count_transfers(
    profile: Tally, paper: Paper, order: Sequence[str], *, unit: int = 1, quota: int | None = None
) -> Counted:
    """Elect as many as there are seats; ``quota`` in whole votes, None: more than half of what still counts.

    ``tally``: heads whose first preference an option is, and what it had when it was elected or excluded.
    """
    ballots = sort_out(profile)
    rankings = {ranking: count.weight for ranking, count in ballots.marks.items() if count.weight}
    votes = ballots.expressed.weight * unit
    election = Election(paper.seats, unit, votes, None if quota is None else quota * unit, {})
    first = first_stage(rankings, paper.options, election)
    result = _run(first, election)
    if result.tied and order:
        standing = {name.removeprefix("option_"): place for place, name in enumerate(order)}
        result = _run(first, election._replace(standing=standing))._replace(tied=result.tied)
    return _counted(result, ballots, paper, unit)


def _run(stage: Stage, election: Election) -> _Result:
    stage, turn = _follow(stage, election)
    if turn is None:
        return _Result(stage, stage.elected)
    try:
        ways = _explore(stage, turn, election, {}, _Bounds())
    except _TooManyError:
        return _Result(stage, stage.elected, stage.continuing)
    chosen = _choose(list(ways), election.standing)
    if chosen is not None:
        return _Result(ways[chosen], ways[chosen].elected)
    certain, possible = frozenset.intersection(*ways), frozenset.union(*ways)
    later = sorted(certain.difference(stage.elected), key=lambda name: -stage.places[name])
    tied = tuple(name for name in stage.continuing if name in possible - certain)
    return _Result(stage, (*stage.elected, *later), tied)


def _follow(stage: Stage, election: Election) -> tuple[Stage, Turn | None]:
    """To the end, or to the first tie that nothing decides."""
    while True:
        stage = elect(stage, election)
        turn = _next(stage, election)
        if turn is None or (len(turn.candidates) > 1 and not turn.together):
            return stage, turn
        stage = take(stage, turn, turn.candidates[0], election)


def _next(stage: Stage, election: Election) -> Turn | None:
    """Whose turn it is; where that is a tie among the hopeless, all of those together.

    Hopeless are the weakest who have less between them than whoever comes next: whatever their votes do, all of them
    go before anybody else. In which order they do can only matter for later ties: there must be none, and nobody
    may come to be elected in between.
    """
    turn = next_turn(stage, election)
    if turn is None or turn.passes or turn.together or len(turn.candidates) == 1:
        return turn
    rising = sorted(stage.continuing, key=lambda name: stage.amounts[name])
    sums = list(itertools.accumulate(stage.amounts[name] for name in rising))
    gone = next((n for n in range(len(turn.candidates), len(rising)) if sums[n - 1] < stage.amounts[rising[n]]), 0)
    if not gone or len(rising) - gone < election.seats - len(stage.elected):
        return turn
    if election.quota is not None and sums[gone - 1] + stage.amounts[rising[-1]] >= election.quota:
        return turn
    together = Turn(tuple(sorted(rising[:gone], key=int)), together=True)
    after = take(stage, together, together.candidates[0], election)
    left = [after.amounts[name] for name in after.continuing]
    return together if len(set(left)) == len(left) else turn


def _explore(
    stage: Stage, turn: Turn | None, election: Election, seen: dict[object, dict[Winners, Stage]], bounds: _Bounds
) -> dict[Winners, Stage]:
    """Who may be elected from here, and for each such set the way that gives its weakest member the least.

    Most ties are among the weakest, and whoever of them goes first, all are gone soon: ways that met are one.
    """
    if turn is None:
        return {frozenset(stage.elected): stage._replace(piles={})}
    known = (stage.taken, tuple(sorted(stage.places.items())))
    if known in seen:
        return seen[known]
    found: dict[Winners, Stage] = {}
    for name in turn.candidates[:1] if turn.together else turn.candidates:
        only = turn if turn.together else turn._replace(candidates=(name,))
        bounds.note(stage, only)
        after = elect(take(stage, only, name, election), election)
        for winners, way in _explore(after, _next(after, election), election, seen, bounds).items():
            if winners not in found or _support(way) < _support(found[winners]):
                found[winners] = way
    seen[known] = found
    return found


def _support(stage: Stage) -> int:
    return min((stage.decided[name] for name in stage.elected), default=0)


def _choose(sets: Sequence[Winners], standing: Mapping[str, int]) -> Winners | None:
    """The only set of winners; of several the one that the order prefers, so that a casting vote can name a winner."""
    ranks = [sorted(standing.get(name, len(standing)) for name in winners) for winners in sets]
    best = [winners for winners, rank in zip(sets, ranks, strict=True) if rank == min(ranks)]
    return best[0] if len(best) == 1 else None


def _counted(result: _Result, ballots: Sorted, paper: Paper, unit: int) -> Counted:
    nothing = {str(number): 0 for number in range(1, paper.options + 1)}
    first, last = dict(nothing), {**nothing, **result.stage.amounts, **result.stage.decided}
    for ranking, count in ballots.marks.items():
        first[ranking.partition(">")[0]] += count.heads
    tally = {option(int(name)): Count(first[name], last[name]) for name in nothing}
    winners = tuple(option(int(name)) for name in result.winners)
    by_strength = sorted(tally.items(), key=lambda item: (-item[1].weight, -item[1].heads))
    won = [count for name, count in by_strength if name in winners]
    lost = [count for name, count in by_strength if name not in winners]
    return Counted(
        tally={**tally, ABSTAIN: ballots.abstained, INVALID: ballots.invalid},
        winners=winners,
        support=won[-1] if won else lost[0],
        rival=lost[0] if won and lost else lost[1] if len(lost) > 1 else NOBODY,
        cast=ballots.expressed + ballots.abstained,
        abstained=ballots.abstained,
        tied=tuple(option(int(name)) for name in result.tied),
        unit=unit,
        rounds=result.stage.rounds if ballots.expressed.weight else (),
    )
