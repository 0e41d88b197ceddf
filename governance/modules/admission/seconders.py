"""So many other members have to second a proposal, in the version that is put to the vote."""

from __future__ import annotations

from typing import Annotated

from governance.documents import Bounds
from governance.modules.questions import Admission, Line


class Seconders(Admission, frozen=True):
    """``seconders/1``: ``count`` besides the proposer."""

    NAME = "seconders/1"
    KEYS = ("rule.admission.seconders",)

    count: Annotated[int, Bounds(1, 10_000)]

    def seconders(self) -> int:
        """As set."""
        return self.count

    def describe(self) -> Line:
        """With the number."""
        return self.KEYS[0], {"count": self.count}
