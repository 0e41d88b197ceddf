"""The option with more weight than any other wins, however little that is."""

from __future__ import annotations

from governance.count import Step
from governance.documents import Fault
from governance.modules.questions import Method, Poll, Threshold


class RelativeMajority(Threshold, frozen=True):
    """``relative_majority/1``"""

    NAME = "relative_majority/1"
    KEYS = ("rule.threshold.relative_majority",)

    def fits(self, method: Method) -> None:
        """For yes and no the same is said by more than half of yes_no: one way to say a thing."""
        if method.OPTIONS == (0, 0):
            raise Fault("module", "needs_options")

    def halves(self) -> bool:
        """Whoever wins the tie wins."""
        return True

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """Whoever won by the method has won, if need be to a last seat without a vote; the next is shown beside."""
        counted = poll.counted
        have, rival = counted.support.weight, counted.rival.weight
        return (Step("threshold", "weight", have, "over", None, "rival", rival, rival + 1, bool(counted.winners)),)
