"""What a count comes to under a rule, with every step shown.

Three questions, in this order: were enough present, is there enough support, and if not, is it a tie?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from governance.count import INVALID, NOBODY, Bases, Count, Counted, Paper, Step, Tally, options, total
from governance.modules.questions import House, Poll, Result, Roll
from governance.rule import Rule


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result, what it is for (nothing unless passed), and the steps that led there.

    ``broken``: how a tie was decided, None where nobody had to.
    """

    result: Result
    winners: tuple[str, ...]
    steps: tuple[Step, ...]
    broken: Literal["chair", "lot"] | None = None


class Votes(NamedTuple):
    """Everything that came in. ``houses``: by class of the voter what ballots say (one, ``""``, for rules that don't
    ask).

    ``attended``: heads and weight of those who were there, or represented, without a ballot of theirs.
    """

    houses: Mapping[str, Tally]
    attended: Mapping[str, Count] = {}
    convocation: int = 1

    @property
    def profile(self) -> Tally:
        """What ballots say, of all classes."""
        if len(self.houses) == 1:
            return next(iter(self.houses.values()))
        merged: dict[str, Count] = {}
        for tally in self.houses.values():
            for choice, count in tally.items():
                merged[choice] = merged.get(choice, NOBODY) + count
        return merged


def decide(rule: Rule, roll: Roll, votes: Votes, paper: Paper, order: Sequence[str] = ()) -> tuple[Counted, Outcome]:
    """Count the votes and judge what was counted. The order of ballots has no way to matter.

    ``order``: of options, by lot or casting vote, where there has been one.
    """
    if rule.uncontested.settles(paper):
        return unopposed(paper)
    counted = rule.method.count(votes.profile, paper, order)
    return counted, judge(rule, poll(rule, roll, votes, counted), decisive=bool(order))


def unopposed(paper: Paper) -> tuple[Counted, Outcome]:
    """All candidates are elected, for there is a seat for each: nobody votes (無投票当選)."""
    names = options(paper)
    counted = Counted(
        tally=dict.fromkeys(names, NOBODY), winners=names, support=NOBODY, rival=NOBODY, cast=NOBODY, abstained=NOBODY
    )
    step = Step("uncontested", "options", len(names), "at_most", None, "seats", paper.seats, paper.seats, holds=True)
    return counted, Outcome("passed", names, (step,))


def poll(rule: Rule, roll: Roll, votes: Votes, counted: Counted) -> Poll:
    """What quorum and threshold are asked about."""
    houses = {}
    if rule.by_class:
        for cls, count in roll.classes.items():
            tally = votes.houses.get(cls, {})
            houses[cls] = House(count, total(tally.values()) + votes.attended.get(cls, NOBODY), tally)
    return Poll(_bases(roll, votes, counted), counted, houses, votes.convocation)


def judge(rule: Rule, asked: Poll, *, decisive: bool = False) -> Outcome:
    """Whether it passes. ``decisive``: an order of options was handed to the count, so ties have been decided."""
    counted = asked.counted
    steps = rule.quorum.test(asked)
    if not all(step.holds for step in steps):
        return Outcome("no_quorum", (), steps)
    tests = rule.threshold.test(asked)
    steps += tests
    if rule.chooses and not all(_within_reach(step) for step in tests):
        # Being first among equals does not help over a bar that none of them reaches.
        return Outcome("failed", (), steps)
    # Yes or no is for yes in a tie as well: whether half is enough is for the threshold to say.
    settled = not counted.tied or decisive or not rule.chooses
    if all(step.holds for step in tests) and counted.winners and settled:
        return Outcome("passed", counted.winners, steps, rule.tie.BREAKS if counted.tied and decisive else None)
    if not counted.tied:
        if all(step.holds for step in tests):
            # Support there was, but for nothing that can win: a project dearer than the budget.
            steps = (*steps, Step("winners", "options", 0, "at_least", None, "count", 1, 1, holds=False))
        return Outcome("failed", (), steps)
    steps = (*steps, _tie(counted))
    if not decisive:
        return Outcome(rule.tie.RESULT, (), steps)
    return Outcome("passed" if counted.winners else "failed", counted.winners, steps, rule.tie.BREAKS)


def _bases(roll: Roll, votes: Votes, counted: Counted) -> Bases:
    present = counted.cast + counted.tally.get(INVALID, NOBODY) + total(votes.attended.values())
    expressed = Count(counted.cast.heads - counted.abstained.heads, counted.cast.weight - counted.abstained.weight)
    all_ = Count(roll.heads, roll.weight)
    return {"all": all_, "present": present, "cast": counted.cast, "expressed": expressed, "yes_no": expressed}


def _within_reach(step: Step) -> bool:
    """Whether it holds, or would for whoever wins a tie: over half with exactly half, and more than an equal rival."""
    return step.holds or step.fraction is None or step.have == Fraction(step.fraction) * step.base


def _tie(counted: Counted) -> Step:
    have, rival = counted.support.weight, counted.rival.weight
    return Step("tie", "weight", have, "equal", None, "rival", rival, rival, holds=True)
