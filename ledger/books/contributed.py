"""What each member has been thanked with for contributions, over all time: what a voting weight may go by.

Apart from balances, for what is given away or spent has still been contributed. What a dispute takes back is taken off.
"""

from __future__ import annotations

from typing import ClassVar

from ledger.fold import Moment
from ledger.state import Record

TRACE = "contributed"


class Contributed(Record, frozen=True, kw_only=True):
    """Tokens minted for a member's contributions (the id is the member's), less what was reversed."""

    kind: ClassVar[str] = "contributed"
    tokens: int


def add(moment: Moment, member: str, amount: int) -> None:
    """So much more (or, below 0, less)."""
    before = moment.state.find(Contributed, member)
    tokens = max(0, (0 if before is None else before.tokens) + amount)
    index = moment.index if before is None else before.index
    moment.state.put(Contributed(id=member, index=index, tokens=tokens))
    moment.trace(TRACE, member, tokens)
