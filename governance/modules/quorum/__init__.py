"""What participation it takes for anything to be decided."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Quorum
from governance.modules.quorum.none import NoQuorum
from governance.modules.quorum.share import Heads, OfWeight

MODULES: Final[tuple[type[Quorum], ...]] = (Heads, OfWeight, NoQuorum)
