"""Nobody can stop a decision once it is taken."""

from __future__ import annotations

from governance.modules.questions import Veto


class NoVeto(Veto, frozen=True):
    """``none/1``"""

    NAME = "none/1"
    KEYS = ("rule.veto.none",)
