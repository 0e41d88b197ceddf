"""Who may stop a decision before it takes effect."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Veto
from governance.modules.veto.body import ByClass, ByRole
from governance.modules.veto.none import NoVeto

MODULES: Final[tuple[type[Veto], ...]] = (NoVeto, ByClass, ByRole)
