"""Who sees a choice."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Secrecy
from governance.modules.secrecy.confidential import Confidential
from governance.modules.secrecy.hidden import Hidden
from governance.modules.secrecy.open_ballot import Open

MODULES: Final[tuple[type[Secrecy], ...]] = (Open, Confidential, Hidden)
