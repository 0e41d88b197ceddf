"""Votes that pass from option to option: the stages of a count by instant runoff or single transferable vote.

A stage is never changed: the next one is made from it and shares what stays as it was. So a count can be followed
along several ways from one stage (``ways.py``). Inside, options are called by their numbers as ballots spell them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

import msgspec

from governance.count import Round, option

Papers = Mapping[str, int]
"""What is left to read of rankings, and how much weight says so."""


class Pile(NamedTuple):
    """Papers that count alike: each unit of weight for ``value``."""

    value: int
    papers: Papers


class Election(NamedTuple):
    """What does not change in the course of a count. ``unit`` makes one vote.

    ``quota``: what it takes to be elected; None: more than half of what still counts, anew in every round.
    ``standing``: places of options in the order that breaks ties.
    """

    seats: int
    unit: int
    votes: int
    quota: int | None
    standing: Mapping[str, int]


class Stage(NamedTuple):
    """The count at the beginning of a round.

    ``piles``: of options whose papers may still move; ``amounts``: of all that are not excluded; ``places``: the
    same in order of their amounts, where those are equal of the latest round's in which they differed, and so on
    back. ``decided``: what each option had when it was elected or excluded. ``taken``: exclusions,
    then an election or what was passed on, then exclusions, and so on. Whatever the order of exclusions between two
    other events, the papers end up in the same piles.
    """

    piles: Mapping[str, tuple[Pile, ...]]
    continuing: tuple[str, ...]
    amounts: Mapping[str, int]
    places: Mapping[str, int]
    elected: tuple[str, ...] = ()
    decided: Mapping[str, int] = {}
    rounds: tuple[Round, ...] = ()
    taken: tuple[frozenset[str], ...] = (frozenset(),)


class Turn(NamedTuple):
    """What has to be done with one of ``candidates``; ``lot``: between whom the order decided.

    ``passes``: to pass on its surplus; otherwise to exclude it, or all ``together`` where that comes to the same.
    """

    candidates: tuple[str, ...]
    passes: bool = False
    together: bool = False
    lot: tuple[str, ...] = ()


def first_stage(rankings: Papers, options: int, election: Election) -> Stage:
    """Every ballot with its first preference. Options that no ballot names don't stand."""
    named: set[str] = set()
    for ranking in rankings:
        named.update(ranking.split(">"))
        if len(named) == options:
            break
    names = tuple(sorted(named, key=int))
    start = Stage({}, names, dict.fromkeys(names, 0), dict.fromkeys(names, 0))
    return _deal(start, [Pile(election.unit, rankings)])


def elect(stage: Stage, election: Election) -> Stage:
    """The stage with everyone elected who has reached the quota, or fills the last seats; the round is noted."""
    amounts, quota = stage.amounts, _quota(stage, election)
    by_place = sorted(stage.continuing, key=lambda name: -stage.places[name])
    elected = [name for name in by_place if amounts[name] >= quota]
    if len(by_place) <= election.seats - len(stage.elected):
        elected = by_place
    noted = Round(
        amounts={option(int(name)): amount for name, amount in amounts.items()},
        elected=_options(elected),
        quota=quota,
        exhausted=election.votes - sum(amounts.values()),
    )
    return stage._replace(
        continuing=tuple(name for name in stage.continuing if name not in elected),
        elected=(*stage.elected, *elected),
        decided={**stage.decided, **{name: amounts[name] for name in elected}},
        rounds=(*stage.rounds, noted),
        taken=(*stage.taken, frozenset(elected), frozenset()) if elected else stage.taken,
    )


def next_turn(stage: Stage, election: Election) -> Turn | None:
    """What comes after the elections of a round; None: the count has ended."""
    if len(stage.elected) >= election.seats or not stage.continuing:
        return None
    surplus = [name for name in stage.elected if name in stage.piles and stage.amounts[name] > (election.quota or 0)]
    if surplus:
        return _turn(stage, surplus, election, passes=True)
    empty = tuple(name for name in stage.continuing if not stage.amounts[name])
    if empty and len(stage.continuing) - len(empty) >= election.seats - len(stage.elected):
        return Turn(empty, together=True)
    return _turn(stage, stage.continuing, election, passes=False)


def take(stage: Stage, turn: Turn, name: str, election: Election) -> Stage:
    """The next stage: the surplus of ``name`` passed on, or ``name`` excluded and its papers passed on."""
    gone = () if turn.passes else turn.candidates if turn.together else (name,)
    noted = msgspec.structs.replace(stage.rounds[-1], excluded=_options(gone), lot=_options(turn.lot))
    rounds = (*stage.rounds[:-1], noted)
    if turn.passes:
        return _pass_on(stage._replace(rounds=rounds), name, election)
    left = stage._replace(
        piles={one: piles for one, piles in stage.piles.items() if one not in gone},
        continuing=tuple(one for one in stage.continuing if one not in gone),
        amounts={one: amount for one, amount in stage.amounts.items() if one not in gone},
        decided={**stage.decided, **{one: stage.amounts[one] for one in gone}},
        rounds=rounds,
        taken=(*stage.taken[:-1], stage.taken[-1].union(gone)),
    )
    return _deal(left, [pile for one in gone for pile in stage.piles.get(one, ())])


def _pass_on(stage: Stage, name: str, election: Election) -> Stage:
    """Every paper goes on with its share of the surplus, whatever is beyond the last decimal place is lost."""
    quota, amount = election.quota or 0, stage.amounts[name]
    left = stage._replace(
        piles={one: piles for one, piles in stage.piles.items() if one != name},
        amounts={**stage.amounts, name: quota},
        taken=(*stage.taken, frozenset((name,)), frozenset()),
    )
    return _deal(left, [Pile((amount - quota) * value // amount, papers) for value, papers in stage.piles[name]])


def _deal(stage: Stage, piles: Iterable[Pile]) -> Stage:
    """Each paper goes to the first continuing option on it, whose places follow from what they have then."""
    by_value: dict[int, list[Papers]] = {}
    for pile in piles:
        by_value.setdefault(pile.value, []).append(pile.papers)
    grown, amounts = dict(stage.piles), dict(stage.amounts)
    standing = frozenset(stage.continuing)
    for value, stacks in by_value.items():
        for name, papers in _sort(stacks, standing).items():
            grown[name] = (*grown.get(name, ()), Pile(value, papers))
            amounts[name] += value * sum(papers.values())
    marks = {name: (amount, stage.places[name]) for name, amount in amounts.items()}
    ranks = {mark: place for place, mark in enumerate(sorted(set(marks.values())))}
    return stage._replace(piles=grown, amounts=amounts, places={name: ranks[mark] for name, mark in marks.items()})


def _sort(stacks: Iterable[Papers], standing: Container[str]) -> dict[str, dict[str, int]]:
    """Papers by the next option on them that stands, with what follows after that; the others are exhausted."""
    sorted_out: dict[str, dict[str, int]] = {}
    for papers in stacks:
        for paper, weight in papers.items():
            rest = paper
            while rest:
                name, _, rest = rest.partition(">")
                if name in standing:
                    pile = sorted_out.setdefault(name, {})
                    pile[rest] = pile.get(rest, 0) + weight
                    break
    return sorted_out


def _options(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(option(int(name)) for name in names)


def _quota(stage: Stage, election: Election) -> int:
    if election.quota is not None:
        return election.quota
    return sum(stage.amounts[name] for name in stage.continuing) // 2 + 1


def _turn(stage: Stage, names: Iterable[str], election: Election, *, passes: bool) -> Turn:
    """Whose turn it is: the most votes for passing on, the fewest for exclusion; then the order, as far as it goes."""
    pick = max if passes else min
    places = {name: stage.places[name] for name in names}
    edge = pick(places.values())
    level = tuple(name for name, place in places.items() if place == edge)
    # The earlier in the order, the better: passed on first, excluded last. Who is not in it comes after all who are.
    standing = {name: -election.standing.get(name, len(election.standing)) for name in level}
    chosen = tuple(name for name in level if standing[name] == pick(standing.values()))
    return Turn(chosen, passes, lot=level if len(chosen) == 1 < len(level) else ())
