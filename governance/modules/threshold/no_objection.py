"""Nobody objects (consent): one standing objection is enough to stop a proposal, silence is not."""

from __future__ import annotations

from governance.count import NOBODY, Step
from governance.documents import Fault
from governance.modules.questions import Method, Poll, Threshold


class NoObjection(Threshold, frozen=True):
    """``no_objection/1``, for the method ``consent/1``."""

    NAME = "no_objection/1"
    KEYS = ("rule.threshold.no_objection",)

    def fits(self, method: Method) -> None:
        """Only consent can be objected to."""
        if method.NAME != "consent/1":
            raise Fault("module", "needs_consent")

    def test(self, poll: Poll) -> tuple[Step, ...]:
        """No objection, and somebody who consents: nothing is agreed upon by nobody."""
        objections = poll.counted.tally.get("object", NOBODY).heads
        consents = poll.counted.support.heads
        return (
            Step("objections", "heads", objections, "at_most", None, "count", 0, 0, objections == 0),
            Step("consents", "heads", consents, "at_least", None, "count", 1, 1, consents >= 1),
        )
