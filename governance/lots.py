r"""Lots that anyone can draw again: from the root of a checkpoint that nobody knew when the question was asked.

    seed    = SHA-256("yui/v1/lot\n" ‖ origin ‖ "\n" ‖ subject ‖ "\n" ‖ root of the checkpoint)
    ticket  = SHA-256(seed ‖ name)

Whoever has the lowest tickets is drawn, in the order of the tickets. The checkpoint must be published after the
question was fixed (the call of a panel's vote, the close of a tied one). Who writes the entries in between could try
several before publishing one, at the price of delaying it: ``docs/threat-model.md`` says what that is worth and who
would see it.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from typing import Final

_DOMAIN: Final = b"yui/v1/lot\n"


def seed(origin: str, subject: str, root: bytes) -> bytes:
    """32 bytes for one lot: of the ledger ``origin``, about ``subject`` (an id), from a checkpoint's ``root``."""
    return hashlib.sha256(_DOMAIN + origin.encode() + b"\n" + subject.encode() + b"\n" + root).digest()


def ticket(seed_: bytes, name: str) -> bytes:
    """The ticket of a member or an option: 32 bytes, the lower the earlier."""
    return hashlib.sha256(seed_ + name.encode()).digest()


def order(seed_: bytes, names: Iterable[str]) -> tuple[str, ...]:
    """All of them in the order in which they are drawn."""
    return tuple(sorted(names, key=lambda name: (ticket(seed_, name), name)))


def draw(seed_: bytes, names: Iterable[str], size: int) -> tuple[tuple[str, ...], int]:
    """The ``size`` names of the lowest tickets (all, where there are fewer) in their order, and among how many."""
    count = 0

    def tickets() -> Iterable[tuple[bytes, str]]:
        nonlocal count
        for name in names:
            count += 1
            yield ticket(seed_, name), name

    return tuple(name for _, name in heapq.nsmallest(size, tickets())), count
