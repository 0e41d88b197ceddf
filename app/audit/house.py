"""The house as the auditor needs to know it: its books, and the few questions besides folding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from governance.all_books import BOOKS
from ledger.books.coop import ID, Coop
from ledger.books.members import Erasure
from ledger.state import State
from ledger.verify import House, Miscount

FORMAT: Final = "yui/v1"
"""The version that an export's discovery document names: of the bytes, not of the program that wrote them."""


def log_keys(state: State) -> tuple[str, ...]:
    """The vkeys that may sign the checkpoint."""
    coop = state.find(Coop, ID)
    return () if coop is None else (coop.log_key,)


def is_erased(state: State, subject: str) -> bool:
    """Whether the ledger says that the subject's privacy key was destroyed."""
    erasure = state.find(Erasure, subject)
    return erasure is not None and erasure.done


def discovery(state: State) -> dict[str, Any]:
    """What ``yui.json`` of an exported copy says. All of it follows from the ledger, so the auditor can compare it."""
    coop = state.need(Coop, ID)
    card = {
        "name": coop.origin,
        "origin": coop.origin,
        "url": ".",
        "visibility": {"entries": coop.entries, "tiles": coop.tiles},
        "vkeys": list(log_keys(state)),
        "witnesses": [],
    }
    return {"ledgers": [card], "version": FORMAT}


def recount(state: State, value: Callable[[int, str], Any]) -> Iterable[Miscount]:
    """Count confidential ballots again from their openings."""
    return ()


HOUSE: Final = House(BOOKS, log_keys, is_erased, recount, discovery)
