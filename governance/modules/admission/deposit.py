"""The proposer sets tokens aside with the call, which come back unless the proposal finds next to no support."""

from __future__ import annotations

from fractions import Fraction

from governance.documents import Fault, spell
from governance.modules.questions import Admission, Line, Poll
from governance.modules.weight.cap import MAX_WEIGHT


class Deposit(Admission, frozen=True):
    """``deposit/1``: ``tokens``, returned from a support of ``returned_from`` of the votes cast on; else they are
    burned.
    """

    NAME = "deposit/1"
    KEYS = ("rule.admission.deposit",)

    tokens: int
    returned_from: Fraction

    def check(self) -> None:
        """From one token up."""
        if not 1 <= self.tokens <= MAX_WEIGHT:
            raise Fault("tokens", "range")

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
