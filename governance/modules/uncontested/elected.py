"""All candidates are elected without a vote (無投票当選), as is the custom where nobody is left to choose between."""

from __future__ import annotations

from governance.count import Paper
from governance.modules.questions import Uncontested


class Elected(Uncontested, frozen=True):
    """``elected/1``, for methods that fill seats."""

    NAME = "elected/1"
    KEYS = ("rule.uncontested.elected",)
    POSSIBLE = True

    def settles(self, paper: Paper) -> bool:
        """At least one candidate, and a seat for each."""
        return 1 <= paper.options <= paper.seats
