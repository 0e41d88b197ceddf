"""Active members who have belonged for long enough may vote: nobody packs a vote with members of yesterday."""

from __future__ import annotations

from typing import Annotated

from governance.documents import Bounds
from governance.modules.questions import Ask, Electorate, Line
from governance.standing import Standing


class Tenure(Electorate, frozen=True):
    """``tenure/1``: ``member_seconds`` from joining until the opening at least."""

    NAME = "tenure/1"
    KEYS = ("rule.electorate.tenure",)

    member_seconds: Annotated[int, Bounds(1, 3660 * 86_400, "too_short", "too_long")]

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Active, and for so long, at the opening."""
        return member.active and member.joined + self.member_seconds * 1000 <= ask.opens_at

    def describe(self) -> Line:
        """With the length of time."""
        return self.KEYS[0], {"member_seconds": self.member_seconds}
