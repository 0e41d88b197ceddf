"""Who does not vote is spoken for by whom they have named, and who names another in turn by that one (liquid
democracy). One's own ballot always goes before.
"""

from __future__ import annotations

from typing import Annotated

from governance.documents import Bounds
from governance.modules.questions import Delegation, Line


class StandingDelegation(Delegation, frozen=True, rename={"most": "depth"}):
    """``standing/1``: ``depth`` is over how many members a vote may be passed on, None for any number."""

    NAME = "standing/1"
    KEYS = ("rule.delegation.standing", "rule.delegation.standing.depth")
    ALLOWED = True

    most: Annotated[int, Bounds(1, 1000)] | None

    def depth(self) -> int | None:
        """As set."""
        return self.most

    def describe(self) -> Line:
        """With the depth."""
        return (self.KEYS[0], {}) if self.most is None else (self.KEYS[1], {"depth": self.most})
