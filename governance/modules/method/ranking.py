"""Ballots that rank: ``3>1=2>5`` prefers option 3, then 1 and 2 alike, then 5, then all that it does not name.

One spelling of everything that can be said: options by number without zeros in front, each at most once, equal ones
in ascending order. Options that are not named come after all others and are equal among themselves. A ballot that
names its last options as well says more than one that leaves them unnamed: who names an option lends it support.
"""

from __future__ import annotations

import re
from typing import Final

_RANKING: Final = re.compile(r"[1-9][0-9]*(?:[>=][1-9][0-9]*)*\Z")


def is_ranking(choice: str, options: int, *, equal: bool) -> bool:
    """Whether a ballot may say that; ``equal``: whether it may put several options on one level."""
    # The length first: no more is read than a full ballot has, whatever is sent.
    if len(choice) > options * (len(str(options)) + 1) or _RANKING.match(choice) is None:
        return False
    levels = [[int(number) for number in level.split("=")] for level in choice.split(">")]
    named = [number for level in levels for number in level]
    return (
        max(named) <= options
        and len(set(named)) == len(named)
        and all(level == sorted(level) for level in levels)
        and (equal or len(levels) == len(named))
    )
