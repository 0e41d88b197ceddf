"""What a count comes to under a rule, with every step shown.

Three questions, in this order: were enough present, is there enough support, and if not, is it a tie?
"""

from __future__ import annotations

import msgspec

from governance.modules.questions import Count, Leading, Result, Step, Tally
from governance.rule import Rule

Roll = Count
"""Heads and weight of everyone who might have voted."""


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result, the choice it is for (None unless passed), and the steps that led there."""

    result: Result
    choice: str | None
    steps: tuple[Step, ...]


def decide(rule: Rule, roll: Roll, tally: Tally, options: int) -> Outcome:
    """Count ``tally`` of a proposal with that many options. The order of ballots has no way to matter."""
    bases = rule.method.bases(roll, tally)
    quorum = rule.quorum.test(bases)
    steps: tuple[Step, ...] = () if quorum is None else (quorum,)
    if quorum is not None and not quorum.holds:
        return Outcome("no_quorum", None, steps)
    leading = rule.method.leading(tally, options)
    threshold = rule.threshold.test(leading, bases)
    steps += (threshold,)
    if threshold.holds and leading.choice is not None:
        return Outcome("passed", leading.choice, steps)
    if leading.tied:
        return Outcome(rule.tie.RESULT, None, (*steps, _tie(leading)))
    return Outcome("failed", None, steps)


def _tie(leading: Leading) -> Step:
    return Step(
        name="tie",
        unit="weight",
        have=leading.support.weight,
        comparison="equal",
        fraction=None,
        of="rival",
        base=leading.rival.weight,
        need=leading.rival.weight,
        holds=True,
    )
