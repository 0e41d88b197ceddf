"""What of an election with no more candidates than seats?"""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Uncontested
from governance.modules.uncontested.elected import Elected
from governance.modules.uncontested.vote import Vote

MODULES: Final[tuple[type[Uncontested], ...]] = (Vote, Elected)
