"""A tie decides nothing: recorded as tied (可否同数), things stay as they are, and nobody has been defeated.

Nothing is executed under either module; they differ in what the record says, and in what whatever counts
defeats (a cooling-off time, say) makes of it.
"""

from __future__ import annotations

from governance.modules.questions import Tie


class StatusQuo(Tie, frozen=True):
    """``status_quo/1``"""

    NAME = "status_quo/1"
    KEYS = ("rule.tie.status_quo",)
    RESULT = "tied"
