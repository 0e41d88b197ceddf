"""So many members must approve, however large the roll is (minimum approvals, as in a multisig or a committee)."""

from __future__ import annotations

from typing import Annotated

from governance.count import Step
from governance.documents import Bounds
from governance.modules.questions import Line, Poll, Quorum


class Approvals(Quorum, frozen=True):
    """``approvals/1``: at least ``count`` heads must stand behind what wins."""

    NAME = "approvals/1"
    KEYS = ("rule.quorum.approvals",)

    count: Annotated[int, Bounds(1, 1_000_000_000)]

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """The heads of yes, or of the weakest winner."""
        have = poll.counted.support.heads
        step = Step(
            "quorum_approvals", "heads", have, "at_least", None, "count", self.count, self.count, have >= self.count
        )
        return (step,)

    def describe(self) -> Line:
        """With the number."""
        return self.KEYS[0], {"count": self.count}
