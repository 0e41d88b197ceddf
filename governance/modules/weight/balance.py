"""A vote weighs as many tokens as its member had at the opening (token voting). Whoever has none has no vote.

Never silently: voting comes from membership, and a co-op that wants this adopts it by a decision of its members.
"""

from __future__ import annotations

from governance import standing
from governance.modules.questions import Line, Weight
from governance.modules.weight.cap import MAX_WEIGHT, Cap, capped
from governance.standing import Standing


class Balance(Weight, frozen=True):
    """``balance/1``: ``cap`` is the most that one member's vote weighs, None for no cap."""

    NAME = "balance/1"
    KEYS = ("rule.weight.balance", "rule.weight.balance.capped")
    READS = (standing.BALANCE,)

    cap: Cap | None

    def of(self, member: Standing) -> int:
        """Tokens, held ones among them, no more than the cap."""
        return capped(member.balance, self.cap)

    def most(self, members: int, minted: int) -> int:
        """All at the cap, but there are no more tokens than were minted."""
        return min(minted, members * capped(MAX_WEIGHT, self.cap))

    def describe(self) -> Line:
        """With the cap."""
        return (self.KEYS[0], {}) if self.cap is None else (self.KEYS[1], {"cap": self.cap})
