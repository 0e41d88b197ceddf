"""A panel drawn by lot from an electorate votes (sortition): a mini-public that anyone can draw again.

Whom the lot can fall on is fixed when the vote is called; the lot follows from a later checkpoint of the ledger
(``governance.lots``), so nobody knows it at the call. Voting opens when it has been drawn. Those drawn are written
down: once tickets can be reckoned, nobody must get onto the panel by becoming one of those whom it is drawn from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from governance.documents import Bounds, Fault
from governance.modules import questions
from governance.modules.questions import Ask, Electorate, Line
from governance.standing import Standing

MAX_PANEL = 1000


class Panel(Electorate, frozen=True):
    """``panel/1``: ``size`` members are drawn from those whom ``of`` includes."""

    NAME = "panel/1"
    KEYS = ("rule.electorate.panel",)

    # Below three a lot decides, not a panel.
    size: Annotated[int, Bounds(3, MAX_PANEL)]
    of: Electorate

    def check(self) -> None:
        """Not from a panel."""
        if self.of.panel() is not None:
            raise Fault("of/module", "parts_nested")

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Drawn, and still what one had to be for the lot to fall on one."""
        return member.id in ask.drawn and self.of.includes(member, ask)

    def reads(self) -> Iterable[str]:
        """What it looks at to see whom the lot may fall on."""
        return self.of.reads()

    def disinterested(self) -> bool:
        """If those do whom it is drawn from."""
        return self.of.disinterested()

    def undivided(self) -> Electorate:
        """Drawn from all of them."""
        return msgspec.structs.replace(self, of=self.of.undivided())

    def without_chair(self) -> bool:
        """As whom it is drawn from."""
        return self.of.without_chair()

    def panel(self) -> questions.Panel:
        """The lot to be drawn."""
        return questions.Panel(self.size, self.of)

    def describe(self) -> Line:
        """With the size, and the sentence of whom it is drawn from."""
        return self.KEYS[0], {"size": self.size, "parts": [self.of.describe()]}
