"""The names that a log had before, and what checkpoints under them have to be.

A log that succeeds another begins with the other's entries. Of what the other had published beyond these, its
succession tells the last checkpoint alone. So what somebody holds from in between can't be compared with anything; but
what is not that checkpoint, or goes beyond it, shows that the successor does not admit all that was published.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from ledger.checkpoint import Checkpoint


class Lost(Enum):
    """How a checkpoint of entries that the successor does not have stands to what was told of them."""

    AS_TOLD = "as told"
    BETWEEN = "between"
    NOT_AS_TOLD = "not as told"


class Before(NamedTuple):
    """A log that this one goes on from: its first ``entries`` are here, its last checkpoint was of ``size``."""

    origin: str
    entries: int
    size: int
    root: bytes

    def judge(self, head: Checkpoint) -> Lost | None:
        """A checkpoint of that name; None where its entries are all here, so that the tree tells."""
        if head.size <= self.entries:
            return None
        if head.size < self.size:
            return Lost.BETWEEN
        return Lost.AS_TOLD if (head.size, head.root) == (self.size, self.root) else Lost.NOT_AS_TOLD
