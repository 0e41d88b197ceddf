"""Whether votes may be passed on."""

from __future__ import annotations

from typing import Final

from governance.modules.delegation.none import NoDelegation
from governance.modules.delegation.standing import StandingDelegation
from governance.modules.questions import Delegation

MODULES: Final[tuple[type[Delegation], ...]] = (NoDelegation, StandingDelegation)
