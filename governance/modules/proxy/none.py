"""Nobody is represented: who wants to be counted votes."""

from __future__ import annotations

from governance.modules.questions import Proxy


class NoProxy(Proxy, frozen=True):
    """``none/1``"""

    NAME = "none/1"
    KEYS = ("rule.proxy.none",)
