"""What it takes for a proposal to be put to the vote."""

from __future__ import annotations

from typing import Final

from governance.modules.admission.all_of import AllOf
from governance.modules.admission.anyone import Anyone
from governance.modules.admission.by_class import ByClass
from governance.modules.admission.by_role import ByRole
from governance.modules.admission.cooling_off import CoolingOff
from governance.modules.admission.deposit import Deposit
from governance.modules.admission.seconders import Seconders
from governance.modules.questions import Admission

MODULES: Final[tuple[type[Admission], ...]] = (Anyone, Seconders, ByClass, ByRole, Deposit, CoolingOff, AllOf)
