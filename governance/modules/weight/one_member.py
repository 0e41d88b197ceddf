"""One member, one vote."""

from __future__ import annotations

from governance.modules.questions import Weight
from governance.standing import Standing


class OneMember(Weight, frozen=True):
    """``one_member_one_vote/1``"""

    NAME = "one_member_one_vote/1"
    KEYS = ("rule.weight.one_member_one_vote",)

    def of(self, member: Standing) -> int:  # noqa: ARG002  (the same for everyone is the point)
        """Always 1."""
        return 1

    def most(self, members: int, minted: int) -> int:  # noqa: ARG002
        """As many as they are."""
        return members
