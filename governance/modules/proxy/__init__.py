"""Whether one may be represented in a meeting."""

from __future__ import annotations

from typing import Final

from governance.modules.proxy.assembly import InAssembly
from governance.modules.proxy.members import ByMembers
from governance.modules.proxy.none import NoProxy
from governance.modules.questions import Proxy

MODULES: Final[tuple[type[Proxy], ...]] = (NoProxy, ByMembers, InAssembly)
