"""A member may be represented by another, up to a number of mandates per holder that is another one in an assembly of
delegates (総代会): the consumer co-operative act says nine and two (消費生活協同組合法17, 47), the worker co-operative
act four and one (労働者協同組合法11, 71).
"""

from __future__ import annotations

from typing import Annotated

from governance.documents import Bounds
from governance.modules.proxy.members import MAX_MANDATES, ByMembers
from governance.modules.questions import Line

DELEGATES = "delegates"
"""The kind of meeting that is an assembly of delegates."""


class InAssembly(ByMembers, frozen=True, rename={"limit": "most", "chair": "to_chair", "fewer": "delegates"}):
    """``assembly/1``: as ``members/1``; ``delegates``: mandates for one holder in an assembly of delegates."""

    NAME = "assembly/1"
    KEYS = ("rule.proxy.assembly",)

    fewer: Annotated[int, Bounds(1, MAX_MANDATES)]

    def most(self, gathers: str) -> int | None:
        """Another number for delegates."""
        return self.fewer if gathers == DELEGATES else self.limit

    def describe(self) -> Line:
        """As of other meetings, and what holds in an assembly of delegates."""
        return self.KEYS[0], {"parts": [super().describe()], "most": self.fewer}
