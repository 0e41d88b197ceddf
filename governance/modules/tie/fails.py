"""A tie is a defeat: recorded as failed, like any proposal without enough support."""

from __future__ import annotations

from governance.modules.questions import Tie


class Fails(Tie, frozen=True):
    """``fails/1``"""

    NAME = "fails/1"
    KEYS = ("rule.tie.fails",)
    RESULT = "failed"
