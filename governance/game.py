"""A rule as a game: how much it takes to win, and how few can decide, whatever everybody else does.

Both follow from the rule's own tests, which are asked and not read: what they say to a made-up vote is all that is
known of them here. A made-up vote is between yes and no; where options are chosen, between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from governance import outcome
from governance.count import ABSTAIN, NOBODY, Count, Counted, Paper, Step, total
from governance.modules.questions import Roll
from governance.outcome import Votes
from governance.power import Game, Kind, Voters
from governance.rule import Rule

By = Mapping[str, Count]
"""Heads and weight by class."""
_TWO: Final = Paper(2)


def roll_of(rule: Rule, voters: Voters) -> Roll:
    """The roll that those voters make."""
    found = _by_class(voters)
    whole = total(found.values())
    return Roll(whole.heads, whole.weight, dict(sorted(found.items())) if rule.by_class else {})


def game(rule: Rule, voters: Voters) -> Game | None:
    """What those who are for something need where all others are against it; None where even all together can't win.

    How many heads or how much weight each test needs is found by trying, for it holds from some number on.
    """
    roll, whole = roll_of(rule, voters), _by_class(voters)
    everyone = total(whole.values())

    def tests(ours: By) -> tuple[Step, ...]:
        rest = {cls: Count(had.heads - ours[cls].heads, had.weight - ours[cls].weight) for cls, had in whole.items()}
        return _tests(rule, roll, ours, rest)

    def part(cls: str, heads: int, weight: int) -> By:
        """So many of one class, or of all (put down as one), with everyone else."""
        if cls:
            return {**whole, cls: Count(heads, weight)}
        return _spread(whole, heads, weight)

    if not all(step.holds for step in tests(whole)):
        return None
    needs: dict[tuple[str, str], int] = {}
    for place, step in enumerate(tests(whole)):
        cls = step.cls or ""
        most = whole.get(cls, NOBODY) if cls else everyone

        def holds(amount: int, place: int = place, unit: str = step.unit, cls: str = cls, most: Count = most) -> bool:
            ours = part(cls, amount, most.weight) if unit == "heads" else part(cls, most.heads, amount)
            return tests(ours)[place].holds

        axis = (step.unit if not cls else "class", cls)
        needs[axis] = max(needs.get(axis, 0), _least(holds, getattr(most, step.unit)))
    classes = {cls: need for (unit, cls), need in needs.items() if unit == "class"}
    return Game(needs.get(("weight", ""), 0), needs.get(("heads", ""), 0), classes)


def fewest(rule: Rule, voters: Voters) -> int | None:
    """How many voters, chosen well, decide together, whether all others are against it or stay away (Nakamoto
    coefficient); None where even all of them can't.

    B. S. Srinivasan and L. Lee, "Quantifying Decentralization" (2017): the least number of parties that have the
    system in their hands.
    """
    roll, whole = roll_of(rule, voters), _by_class(voters)
    by_class = {cls: {kind: count for kind, count in voters.items() if kind[0] == cls} for cls in whole}

    def against(ours: By) -> tuple[Step, ...]:
        rest = {cls: Count(had.heads - ours[cls].heads, had.weight - ours[cls].weight) for cls, had in whole.items()}
        return (*_tests(rule, roll, ours, rest), *_tests(rule, roll, ours, {}))

    if not all(step.holds for step in against(whole)):
        return None
    # What a test asks of one class only its own voters can bring: the heaviest of it, as many as it takes.
    least: dict[str, int] = {}
    for cls, own in by_class.items():

        def enough(heads: int, cls: str = cls, own: Voters = own) -> bool:
            ours = {**whole, cls: total(_first(own, heads).values())}
            return all(step.holds for step in against(ours) if step.cls == cls)

        least[cls] = _least(enough, whole[cls].heads)
    # Beyond that whoever is heaviest brings the most.
    begun = {cls: _first(own, least[cls]) for cls, own in by_class.items()}
    rest = {kind: count - begun[kind[0]].get(kind, NOBODY).heads for kind, count in voters.items()}

    def together(more: int) -> bool:
        added = _first(rest, more)
        ours = {
            cls: total((*begun[cls].values(), *(count for kind, count in added.items() if kind[0] == cls)))
            for cls in whole
        }
        return all(step.holds for step in against(ours))

    return sum(least.values()) + _least(together, sum(rest.values()))


def _tests(rule: Rule, roll: Roll, ours: By, theirs: By) -> tuple[Step, ...]:
    """What quorum and threshold say to a vote of ours against theirs."""
    ayes, noes = total(ours.values()), total(theirs.values())
    if rule.chooses:
        counted = _contest(ayes, noes)
    else:
        yes, no = rule.method.choices(Paper())[:2]
        counted = rule.method.count({yes: ayes, no: noes}, Paper())
    houses = {cls: {"yes": ours.get(cls, NOBODY), "no": theirs.get(cls, NOBODY)} for cls in ours}
    asked = outcome.poll(rule, roll, Votes(houses), counted)
    tests = (*rule.quorum.test(asked), *rule.threshold.test(asked))
    # A tie is broken by somebody else; whoever wins a choice has more than the other.
    ahead = Step("ahead", "weight", ayes.weight, "over", None, "rival", noes.weight, noes.weight + 1, _wins(counted))
    return (*tests, ahead) if rule.chooses else tests


def _contest(ayes: Count, noes: Count) -> Counted:
    """Two options: every method takes the one that more weight prefers."""
    won = ("option_1",) if ayes.weight > noes.weight else ("option_2",) if noes.weight > ayes.weight else ()
    return Counted(
        tally={"option_1": ayes, "option_2": noes, ABSTAIN: NOBODY},
        winners=won,
        support=ayes,
        rival=noes,
        cast=ayes + noes,
        abstained=NOBODY,
        tied=() if won else ("option_1", "option_2"),
    )


def _wins(counted: Counted) -> bool:
    return counted.winners == ("option_1",)


def _by_class(voters: Voters) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for (cls, weight), count in voters.items():
        found[cls] = found.get(cls, NOBODY) + Count(count, count * weight)
    return found


def _spread(whole: By, heads: int, weight: int) -> dict[str, Count]:
    """So many heads and so much weight, of whichever classes: only their sums are asked for."""
    found = {}
    for cls, had in whole.items():
        found[cls] = Count(min(heads, had.heads), min(weight, had.weight))
        heads, weight = heads - found[cls].heads, weight - found[cls].weight
    return found


def _first(voters: Voters, heads: int) -> dict[Kind, Count]:
    """The heaviest of them, so many."""
    found = {}
    for kind in sorted(voters, key=lambda kind: (-kind[1], kind[0])):
        taken = min(heads, voters[kind])
        if not taken:
            continue
        found[kind] = Count(taken, taken * kind[1])
        heads -= taken
    return found


def _least(holds: Callable[[int], bool], most: int) -> int:
    """The least number from 0 to ``most`` from which on it holds, as it does for ``most``."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
