"""Who may vote."""

from __future__ import annotations

from typing import Final

from governance.modules.electorate.all_active import AllActive
from governance.modules.electorate.all_of import AllOf
from governance.modules.electorate.any_of import AnyOf
from governance.modules.electorate.assembly import Assembly
from governance.modules.electorate.by_area import ByArea
from governance.modules.electorate.by_class import ByClass
from governance.modules.electorate.by_role import ByRole
from governance.modules.electorate.disinterested import Disinterested
from governance.modules.electorate.panel import Panel
from governance.modules.electorate.tenure import Tenure
from governance.modules.electorate.without_chair import WithoutChair
from governance.modules.questions import Electorate

MODULES: Final[tuple[type[Electorate], ...]] = (
    AllActive,
    ByClass,
    ByArea,
    ByRole,
    Tenure,
    Assembly,
    Disinterested,
    WithoutChair,
    Panel,
    AllOf,
    AnyOf,
)
