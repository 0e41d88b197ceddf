"""Where anchors under way are remembered. What is saved is safe before anything is sent because of it.

A store has one owner: the nonces of an account can't be given out in two places. ``app/anchors/store.py`` is
the service's.
"""

from __future__ import annotations

from typing import Protocol

from contracts.record import Anchor, State


class Store(Protocol):
    """Memory that outlives the process; ``save`` and ``pin`` return only when a loss of power can't undo them."""

    def unfinished(self) -> list[Anchor]:
        """All that are not final, in the order of their numbers."""

    def last(self) -> Anchor | None:
        """The one with the highest number."""

    def save(self, anchor: Anchor) -> None:
        """Keep it under its number, in place of what stood there; wholly or not at all."""

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""


class MemoryStore:
    """For tests, and for trying things out."""

    def __init__(self) -> None:
        self.anchors: dict[int, Anchor] = {}
        self.chains: dict[int, str] = {}

    def unfinished(self) -> list[Anchor]:
        """All that are not final, in the order of their numbers."""
        return [anchor for _, anchor in sorted(self.anchors.items()) if anchor.state != State.FINAL]

    def last(self) -> Anchor | None:
        """The one with the highest number."""
        return self.anchors[max(self.anchors)] if self.anchors else None

    def save(self, anchor: Anchor) -> None:
        """Keep it under its number."""
        self.anchors[anchor.number] = anchor

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""
        return self.chains.get(chain_id)

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""
        self.chains[chain_id] = genesis
