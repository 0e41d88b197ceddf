"""What a tally comes to, for tests that have no ballots: one class of voters, nobody present without a ballot."""

from __future__ import annotations

from governance import outcome
from governance.count import Count, Paper, Tally
from governance.modules.questions import Roll
from governance.outcome import Outcome, Votes
from governance.rule import Rule


def decide(rule: Rule, roll: Count, tally: Tally, options: int) -> Outcome:
    """The outcome alone, for that many options and one seat."""
    return outcome.decide(rule, Roll(roll.heads, roll.weight), Votes({"": tally}), Paper(options))[1]
