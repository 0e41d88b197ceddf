"""What is settled when a member leaves, of their own will or by a decision: in this order."""

from __future__ import annotations

from typing import Final

from governance.books import delegations
from ledger.books import bookings, tokens
from ledger.books.leaving import OnLeave

SETTLED: Final[tuple[OnLeave, ...]] = (delegations.end_all, bookings.release_all, tokens.close)
