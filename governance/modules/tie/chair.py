"""The chair of the meeting decides a tie by a casting vote (可否同数のときは議長が決する): until the meeting is
closed, or for three days where there is no meeting or its end was the vote's. Without one nothing is decided.
"""

from __future__ import annotations

from governance.modules.questions import Tie


class Chair(Tie, frozen=True):
    """``chair/1``"""

    NAME = "chair/1"
    KEYS = ("rule.tie.chair",)
    RESULT = "tied"
    BREAKS = "chair"
