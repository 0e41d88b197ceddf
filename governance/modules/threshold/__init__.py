"""What support it takes to pass."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Threshold
from governance.modules.threshold.fraction import Share
from governance.modules.threshold.relative_majority import RelativeMajority

MODULES: Final[tuple[type[Threshold], ...]] = (Share, RelativeMajority)
