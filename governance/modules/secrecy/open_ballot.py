"""Choices stand in the log; the count is derived by everyone who reads it."""

from __future__ import annotations

from governance.modules.questions import Secrecy


class Open(Secrecy, frozen=True):
    """``open/1``"""

    NAME = "open/1"
    KEYS = ("rule.secrecy.open",)
    SEALED = False
