"""What large co-ops have worked out beside the lock, and who waits for it rather than hold up everybody else."""

from __future__ import annotations

from typing import Final

from governance.books import counts
from ledger.books import members
from ledger.state import State
from ledger.statement import Statement

_BALLOTS: Final = ("ballot.cast/1", "ballot.object/1")


def is_large(state: State) -> bool:
    """Whether rolls and counts take so long that they are found in a process of its own."""
    return members.entered(state) > counts.AT_ONCE


def waits(statement: Statement, state: State) -> bool:
    """Ballots do: some need the roll of the whole vote, which the clerk finds within seconds of the opening. Whatever
    time brings about does not, for it comes before every other entry.
    """
    return statement.type in _BALLOTS and is_large(state)
