"""How much a vote weighs."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Weight
from governance.modules.weight.by_class import ByClass
from governance.modules.weight.one_member import OneMember

MODULES: Final[tuple[type[Weight], ...]] = (OneMember, ByClass)
