"""One request's view of one co-op: which ledger, who is asking, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass

from app.reading import Reading
from ledger.books.coop import Coop
from ledger.books.members import Member


@dataclass(frozen=True)
class Visit:
    """Who asks for what. ``member`` is None for strangers; ``roles`` are those held now for the whole co-op."""

    slug: str
    reading: Reading
    coop: Coop
    member: Member | None
    key: str | None
    roles: frozenset[str]
    size: int
    """Entries that were there before anything was read: what the visit reads holds these at least."""

    @property
    def signed_in(self) -> bool:
        """Whether a member of this co-op is asking."""
        return self.member is not None

    def holds(self, *roles: str) -> bool:
        """Whether the reader acts in any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def sees_tiles(self) -> bool:
        """Whether hash tiles and checkpoints are open to the reader."""
        return self.coop.tiles == "public" or self.signed_in

    @property
    def sees_entries(self) -> bool:
        """Whether every entry is open to the reader (one's own always are)."""
        if self.coop.entries == "public":
            return True
        if self.coop.entries == "members":
            return self.signed_in
        return self.holds("auditor")
