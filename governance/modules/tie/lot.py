"""A tie is decided by lot, drawn from a checkpoint that is published after the close (``governance.lots``)."""

from __future__ import annotations

from governance.modules.questions import Tie


class Lot(Tie, frozen=True):
    """``lot/1``"""

    NAME = "lot/1"
    KEYS = ("rule.tie.lot",)
    RESULT = "tied"
    BREAKS = "lot"
