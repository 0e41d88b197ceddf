"""The proposer sets tokens aside with the call, which come back unless the proposal finds next to no support."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from governance.documents import Bounds, spell
from governance.modules.questions import Admission, Line, Poll
from governance.modules.weight.cap import MAX_WEIGHT


class Deposit(Admission, frozen=True):
    """``deposit/1``: ``tokens``, returned from a support of ``returned_from`` of the votes cast on; else they are
    burned.
    """

    NAME = "deposit/1"
    KEYS = ("rule.admission.deposit",)

    tokens: Annotated[int, Bounds(1, MAX_WEIGHT)]
    returned_from: Fraction

    def deposit(self) -> int:
        """As set."""
        return self.tokens

    def returns(self, poll: Poll) -> bool:
        """By weight, of the ballots cast."""
        counted = poll.counted
        return counted.support.weight >= self.returned_from * poll.bases["cast"].weight * counted.unit

    def describe(self) -> Line:
        """With both."""
        return self.KEYS[0], {"fraction": spell(self.returned_from), "tokens": self.tokens}
