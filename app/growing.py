"""Which ledgers have grown, for work that follows their entries. One question for all: idle ones cost nothing."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.installation import Installation
from app.storage.ledgers import Ledger

_AT_ONCE: Final = 20
"""Ledgers that are looked at for the first time at a time: after a start those that people use come before the rest."""


class Grown(NamedTuple):
    """A ledger, and the size that the database has of it."""

    ledger: Ledger
    size: int


class Watch:
    """What one piece of work has seen of each ledger."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._seen: dict[int, int] = {}

    async def grown(self) -> list[Grown]:
        """The ledgers that are not as they were ``seen``; first those that were, then some that never were."""
        query = "SELECT ledger_id, size FROM head WHERE size > 0"
        rows = await self._installation.database.pool.fetch(query)
        sizes = {id_: size for id_, size in rows if self._seen.get(id_) != size}
        if not sizes:
            return []
        new = sorted(id_ for id_ in sizes if id_ not in self._seen)
        left = set(new[_AT_ONCE:])
        found = [Grown(one, sizes[one.id]) for one in await self._installation.ledgers() if one.id in sizes]
        return [one for one in found if one.ledger.id not in left]

    def seen(self, ledger: Ledger, size: int) -> None:
        """The work is done for that size."""
        self._seen[ledger.id] = size
