"""What a tie comes to."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Tie
from governance.modules.tie.chair import Chair
from governance.modules.tie.fails import Fails
from governance.modules.tie.lot import Lot
from governance.modules.tie.status_quo import StatusQuo

MODULES: Final[tuple[type[Tie], ...]] = (Fails, StatusQuo, Chair, Lot)
