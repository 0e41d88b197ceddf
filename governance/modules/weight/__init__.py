"""How much a vote weighs."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Weight
from governance.modules.weight.balance import Balance
from governance.modules.weight.by_class import ByClass
from governance.modules.weight.contribution import Contribution
from governance.modules.weight.household import Household
from governance.modules.weight.houses import Houses
from governance.modules.weight.one_member import OneMember
from governance.modules.weight.shares import Shares
from governance.modules.weight.square_root import SquareRoot
from governance.modules.weight.table import Table

MODULES: Final[tuple[type[Weight], ...]] = (
    OneMember,
    Household,
    ByClass,
    Houses,
    Table,
    Shares,
    Contribution,
    Balance,
    SquareRoot,
)
