"""It is voted on like any other: candidates may fail."""

from __future__ import annotations

from governance.modules.questions import Uncontested


class Vote(Uncontested, frozen=True):
    """``vote/1``"""

    NAME = "vote/1"
    KEYS = ("rule.uncontested.vote",)
