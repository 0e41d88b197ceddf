"""How much generated tests try: enough for every day, or much more.

``YUI_LONG_TESTS=1 ./yui test -o faulthandler_timeout=0`` with the names of test files is much more: ten thousand votes
held by other people's contracts, of which ``docs/differences.md`` tells, and half an hour of whatever members do.
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

LONG: Final = bool(os.environ.get("YUI_LONG_TESTS"))
_PHASES: Final = [phase for phase in Phase if phase is not Phase.explain]
"""Explaining a failure takes minutes where other people's code is asked, and adds little to what it shrank to."""


def generated(usual: int, long: int) -> settings:
    """So many examples, whatever each takes."""
    return settings(
        max_examples=long if LONG else usual,
        deadline=None,
        phases=_PHASES,
        suppress_health_check=[HealthCheck.too_slow],
    )
