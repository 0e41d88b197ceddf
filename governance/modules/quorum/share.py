"""A share of the roll must be present, counted by heads or by voting weight."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from governance.count import Step, compare
from governance.documents import Fault, spell
from governance.modules.questions import Line, Poll, Quorum


class _Share(Quorum, frozen=True):
    """A share of all; ``strict`` asks for more than the share (過半数), else the share itself is enough (半数以上)."""

    UNIT: ClassVar[str]

    fraction: Fraction
    strict: bool

    def check(self) -> None:
        """More than everyone never comes."""
        if self.strict and self.fraction == 1:
            raise Fault("fraction", "unreachable")

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """Whoever handed in a ballot, or was there, is present, whatever the ballot says."""
        have, base = getattr(poll.bases["present"], self.UNIT), getattr(poll.bases["all"], self.UNIT)
        return (compare("quorum", self.UNIT, have, self.fraction, "all", base, strict=self.strict),)

    def describe(self) -> Line:
        """By comparison and share."""
        return self.KEYS[0 if self.strict else 1], {"fraction": spell(self.fraction)}


class Heads(_Share, frozen=True):
    """``heads/1``: so many members must be present."""

    NAME = "heads/1"
    KEYS = ("rule.quorum.heads.over", "rule.quorum.heads.at_least")
    UNIT = "heads"


class OfWeight(_Share, frozen=True):
    """``weight/1``: so much of all voting weight must be present."""

    NAME = "weight/1"
    KEYS = ("rule.quorum.weight.over", "rule.quorum.weight.at_least")
    UNIT = "weight"
