"""Several quorums must all be reached: by heads and by weight, say."""

from __future__ import annotations

from governance.modules.parts import AllHold
from governance.modules.questions import Quorum, check_parts


class AllOf(AllHold, Quorum, frozen=True):
    """``all_of/1``, with two to eight ``parts``."""

    NAME = "all_of/1"
    KEYS = ("rule.quorum.all_of",)

    parts: tuple[Quorum, ...]

    def check(self) -> None:
        """Parts that are no compositions of the same kind, none twice."""
        check_parts(self.parts, AllOf)
