"""How power would be spread under a rule among those who are members at a moment."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from typing import Any, Final, NamedTuple

from governance import game, power, standing
from governance.count import Count
from governance.modules.questions import Ask, Roll
from governance.power import Game, Kind, Power, Voters
from governance.rule import Rule
from governance.standing import MEMBER, Sight
from ledger import canonical
from ledger.state import State

PARTS: Final = 20
"""Steps of a Lorenz curve."""


class Spread(NamedTuple):
    """``active``: members; ``voters``: of each kind, those of them who may vote; told apart by class only where the
    rule counts classes.

    ``curve``: what share of all weight the lightest 0, 5, … 100 % of voters have. ``fewest`` decide together (Nakamoto
    coefficient), and ``needs`` is what it takes where all others are against it; None: even all together can't.
    ``power``: None where that is so, or there are too many voters to tell.
    """

    active: int
    roll: Count
    voters: Voters
    gini: Fraction
    curve: tuple[Fraction, ...]
    fewest: int | None
    needs: Game | None
    power: Power | None


def spread(state: State, rule: Rule, document: dict[str, Any], now: Sight) -> Spread | None:
    """As of ``now``; None where voters are drawn by lot first. What is sampled is drawn from the document's hash."""
    if rule.electorate.panel() is not None:
        return None
    ask = Ask(called_at=now[1], opens_at=now[1])
    roll, found = on_roll(state, rule, now, ask)
    voters = Counter((cls if rule.by_class else "", weight) for cls, weight in found.values())
    needs = game.game(rule, voters)
    seed = hashlib.sha256(canonical.encode(document)).digest()
    amounts = amounts_of(voters)
    return Spread(
        sum(member["active"] for member in state.traces(MEMBER, *now).values()),
        Count(roll.heads, roll.weight),
        voters,
        power.gini(amounts),
        tuple(power.lorenz(amounts, PARTS)),
        game.fewest(rule, voters),
        needs,
        None if needs is None else power.banzhaf(needs, voters, seed),
    )


def amounts_of(voters: Voters) -> Counter[int]:
    """How many voters have which weight, whatever their class: the whole distribution."""
    found: Counter[int] = Counter()
    for (_, weight), count in voters.items():
        found[weight] += count
    return found


def missing(state: State, rule: Rule, sight: Sight) -> str | None:
    """What electorate or weight look at of which nothing had been recorded by then: the kind of trace, if any."""
    kinds = sorted({*rule.electorate.reads(), *rule.weight.reads()} - {MEMBER})
    return next((kind for kind in kinds if not state.traces(kind, *sight)), None)


def on_roll(state: State, rule: Rule, sight: Sight, ask: Ask) -> tuple[Roll, dict[str, Kind]]:
    """The roll of a vote under a rule, and class and weight of everyone on it."""
    members = list(standing.everyone(state, rule.needs, sight))
    roll = rule.roll(members, ask)
    weighed = ((member, rule.weight_of(member, ask, roll)) for member in members)
    return roll, {member.id: (member.cls, weight) for member, weight in weighed if weight}
