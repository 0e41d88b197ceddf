"""Every active member may vote, of whatever class."""

from __future__ import annotations

from governance.modules.questions import Ask, Electorate
from governance.standing import Standing


class AllActive(Electorate, frozen=True):
    """``all_active/1``"""

    NAME = "all_active/1"
    KEYS = ("rule.electorate.all_active",)

    def includes(self, member: Standing, ask: Ask) -> bool:  # noqa: ARG002
        """Active at the opening."""
        return member.active
