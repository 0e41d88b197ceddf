"""What participation it takes for anything to be decided."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Quorum
from governance.modules.quorum.all_of import AllOf
from governance.modules.quorum.answers import Answers
from governance.modules.quorum.approvals import Approvals
from governance.modules.quorum.convocations import Convocations
from governance.modules.quorum.none import NoQuorum
from governance.modules.quorum.per_class import PerClass
from governance.modules.quorum.share import Heads, OfWeight

MODULES: Final[tuple[type[Quorum], ...]] = (
    Heads,
    OfWeight,
    Answers,
    Approvals,
    PerClass,
    Convocations,
    AllOf,
    NoQuorum,
)
