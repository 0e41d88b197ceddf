"""Active members but for whoever chairs the meeting that decides: where the chair decides ties, the chair has no vote
as a member (議長は、組合員として総会の議決に加わる権利を有しない。消費生活協同組合法41).

Whoever hands the chair over has their vote again, and who takes it has none, on every item that is still open.
"""

from __future__ import annotations

from governance.modules.questions import Ask, Electorate
from governance.standing import Standing


class WithoutChair(Electorate, frozen=True):
    """``without_chair/1``; outside meetings nobody is left out."""

    NAME = "without_chair/1"
    KEYS = ("rule.electorate.without_chair",)

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Active, and not in the chair."""
        return member.active and member.id != ask.chair

    def without_chair(self) -> bool:
        """That is what it is for."""
        return True
