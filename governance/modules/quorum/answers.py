"""Only some answers count towards the quorum: yes alone (approval quorum), or yes and abstain (as in OpenZeppelin's
Governor). Taking part by voting no then never helps a proposal over its quorum.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import msgspec

from governance.count import NOBODY, Paper, Step, compare, total
from governance.documents import Fault, spell
from governance.modules.questions import Line, Method, Poll, Quorum


class Answers(Quorum, frozen=True):
    """``answers/1``: the ballots that say one of ``counts`` must reach ``fraction`` of all on the roll, by ``unit``.

    ``rounding``: ``down`` takes the whole part of the bar itself, as integer arithmetic on a chain does; ``exact``
    none.
    """

    NAME = "answers/1"
    KEYS = ("rule.quorum.answers.over", "rule.quorum.answers.at_least", "rule.quorum.answers.down")

    counts: tuple[str, ...]
    unit: Literal["weight", "heads"]
    fraction: Fraction
    strict: bool
    rounding: Literal["exact", "down"]

    def check(self) -> None:
        """One answer at least, none twice; more than everyone never comes; rounded bars are not strict."""
        if not self.counts:
            raise Fault("counts", "empty")
        if len(set(self.counts)) < len(self.counts):
            raise Fault("counts", "twice")
        if self.strict and self.fraction == 1:
            raise Fault("fraction", "unreachable")
        if self.strict and self.rounding == "down":
            raise Fault("strict", "rounded_strict")

    def fits(self, method: Method) -> None:
        """The answers must be the method's."""
        if method.OPTIONS != (0, 0):
            raise Fault("module", "needs_yes_no")
        for position, answer in enumerate(self.counts):
            if answer not in method.choices(Paper()):
                # What no ballot can say would never be enough.
                raise Fault(f"counts/{position}", "not_in_method")

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """By the tally of those answers."""
        counted = total(poll.counted.tally.get(answer, NOBODY) for answer in self.counts)
        have, base = getattr(counted, self.unit), getattr(poll.bases["all"], self.unit)
        step = compare("quorum", self.unit, have, self.fraction, "all", base, strict=self.strict)
        if self.rounding == "down":
            need = math.floor(self.fraction * base)
            step = msgspec.structs.replace(step, need=need, holds=have >= need)
        return (msgspec.structs.replace(step, name="quorum_answers"),)

    def describe(self) -> Line:
        """With answers, share and unit."""
        key = self.KEYS[2 if self.rounding == "down" else 0 if self.strict else 1]
        return key, {"answers": list(self.counts), "fraction": spell(self.fraction), "unit": self.unit}
