"""Active members whom the proposal does not itself concern may vote: neither who is to be expelled nor the other
party to a contract decides about it. Whom it concerns follows from its effects, and from who was declared interested.
"""

from __future__ import annotations

from governance.modules.electorate.all_active import AllActive
from governance.modules.questions import Ask, Electorate
from governance.standing import Standing


class Disinterested(Electorate, frozen=True):
    """``disinterested/1``"""

    NAME = "disinterested/1"
    KEYS = ("rule.electorate.disinterested",)

    def disinterested(self) -> bool:
        """That is what it is for."""
        return True

    def undivided(self) -> Electorate:
        """Every active member."""
        return AllActive()

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Active, and not among those whom it concerns."""
        return member.active and member.id not in ask.excluded
