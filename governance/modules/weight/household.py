"""One household, one vote: who represents a household votes for it, and who belongs to none for themselves."""

from __future__ import annotations

from governance import standing
from governance.modules.questions import Weight
from governance.standing import Standing


class Household(Weight, frozen=True):
    """``household/1``"""

    NAME = "household/1"
    KEYS = ("rule.weight.household",)
    READS = (standing.BELONGING,)

    def of(self, member: Standing) -> int:
        """1, or 0 for the others in a household that somebody represents."""
        return 1 if member.represents else 0

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """As many as they are, each in no household."""
        return members
