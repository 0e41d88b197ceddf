"""A vote weighs as much as its member has paid-up shares, up to a cap. Whoever has none has no vote.

The Japanese co-operative acts give one member one vote whatever the shares (消費生活協同組合法17): this is for
organisations whose law and articles permit it.
"""

from __future__ import annotations

from governance import standing
from governance.modules.questions import Line, Weight
from governance.modules.weight.cap import MAX_WEIGHT, Cap, capped
from governance.standing import Standing


class Shares(Weight, frozen=True):
    """``shares/1``: ``cap`` is the most that one member's vote weighs, None for no cap."""

    NAME = "shares/1"
    KEYS = ("rule.weight.shares", "rule.weight.shares.capped")
    READS = (standing.SHARES,)

    cap: Cap | None

    def of(self, member: Standing) -> int:
        """Shares, no more than the cap."""
        return capped(member.shares, self.cap)

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """All at the cap."""
        return members * capped(MAX_WEIGHT, self.cap)

    def describe(self) -> Line:
        """With the cap."""
        return (self.KEYS[0], {}) if self.cap is None else (self.KEYS[1], {"cap": self.cap})
