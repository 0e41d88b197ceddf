"""No quorum: whoever takes part decides."""

from __future__ import annotations

from governance.count import Step
from governance.modules.questions import Poll, Quorum


class NoQuorum(Quorum, frozen=True):
    """``none/1``"""

    NAME = "none/1"
    KEYS = ("rule.quorum.none",)

    def test(self, poll: Poll) -> tuple[Step, ...]:  # noqa: ARG002
        """Nothing is asked."""
        return ()
