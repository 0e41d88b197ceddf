"""Everyone votes for themselves (and where the rule has meetings, by proxy for one of them)."""

from __future__ import annotations

from governance.modules.questions import Delegation


class NoDelegation(Delegation, frozen=True):
    """``none/1``: what every statutory rule has (authority is given meeting by meeting, 一般法人法50-2)."""

    NAME = "none/1"
    KEYS = ("rule.delegation.none",)
