"""When voting opens and closes, and when a decision takes effect."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Timing
from governance.modules.timing.fixed import Fixed
from governance.modules.timing.phased import Phased

MODULES: Final[tuple[type[Timing], ...]] = (Fixed, Phased)
