"""Rule documents that the tests of governance start from."""

from __future__ import annotations

import copy
from typing import Any

PLAIN: dict[str, Any] = {
    "electorate": {"module": "all_active/1"},
    "weight": {"module": "one_member_one_vote/1"},
    "method": {"module": "yes_no_abstain/1"},
    "quorum": {"module": "none/1"},
    "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "yes_no"},
    "tie": {"module": "fails/1"},
    "timing": {"module": "fixed/1", "voting_seconds": 604_800, "delay_seconds": 0, "timelock_seconds": 0},
    "secrecy": {"module": "open/1"},
    "channels": ["online", "paper", "assisted"],
}
"""More yes than no, within a week."""


def document(**answers: Any) -> dict[str, Any]:
    """A plain rule with other answers to some questions."""
    return copy.deepcopy(PLAIN) | answers


def share(fraction: str, of: str, *, strict: bool) -> dict[str, Any]:
    """A threshold."""
    return {"module": "fraction/1", "fraction": fraction, "strict": strict, "of": of}


def quorum(unit: str, fraction: str, *, strict: bool) -> dict[str, Any]:
    """A quorum."""
    return {"module": f"{unit}/1", "fraction": fraction, "strict": strict}


CHOICE = document(method={"module": "single_choice/1"}, threshold={"module": "relative_majority/1"})
"""The option with most votes."""
