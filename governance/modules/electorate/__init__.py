"""Who may vote."""

from __future__ import annotations

from typing import Final

from governance.modules.electorate.all_active import AllActive
from governance.modules.electorate.by_class import ByClass
from governance.modules.questions import Electorate

MODULES: Final[tuple[type[Electorate], ...]] = (AllActive, ByClass)
