"""No quorum: whoever takes part decides."""

from __future__ import annotations

from governance.modules.questions import Bases, Quorum, Step


class NoQuorum(Quorum, frozen=True):
    """``none/1``"""

    NAME = "none/1"
    KEYS = ("rule.quorum.none",)

    def test(self, bases: Bases) -> Step | None:  # noqa: ARG002
        """Nothing is asked."""
        return None
