"""What support it takes to pass."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Threshold
from governance.modules.threshold.all_of import AllOf
from governance.modules.threshold.fraction import Share
from governance.modules.threshold.no_objection import NoObjection
from governance.modules.threshold.per_class import PerClass
from governance.modules.threshold.relative_majority import RelativeMajority

MODULES: Final[tuple[type[Threshold], ...]] = (Share, RelativeMajority, NoObjection, PerClass, AllOf)
