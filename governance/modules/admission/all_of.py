"""Several conditions have to be met before a proposal is put to the vote."""

from __future__ import annotations

from collections.abc import Iterable

from governance.modules.questions import Admission, Line, Poll, check_parts
from governance.standing import Standing


class AllOf(Admission, frozen=True):
    """``all_of/1``, with two to eight ``parts``."""

    NAME = "all_of/1"
    KEYS = ("rule.admission.all_of",)

    parts: tuple[Admission, ...]

    def check(self) -> None:
        """Parts that are no compositions themselves, none twice."""
        check_parts(self.parts, AllOf)

    def seconders(self) -> int:
        """The most that one part asks."""
        return max(part.seconders() for part in self.parts)

    def admits(self, proposer: Standing) -> bool:
        """By all."""
        return all(part.admits(proposer) for part in self.parts)

    def deposit(self) -> int:
        """The most that one part asks."""
        return max(part.deposit() for part in self.parts)

    def returns(self, poll: Poll) -> bool:
        """By all."""
        return all(part.returns(poll) for part in self.parts)

    def cooling_off(self) -> int:
        """The longest."""
        return max(part.cooling_off() for part in self.parts)

    def defeated(self, poll: Poll) -> bool:
        """By one of them."""
        return any(part.defeated(poll) for part in self.parts)

    def reads(self) -> Iterable[str]:
        """What the parts look at."""
        return {kind for part in self.parts for kind in part.reads()}

    def describe(self) -> Line:
        """All sentences."""
        return self.KEYS[0], {"parts": [part.describe() for part in self.parts]}
