"""The sample villages: the one that ``yui demo`` shows, and the neighbour that witnesses it with ``--witness``."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.demo import words


class SampleVillage(NamedTuple):
    """``slug``: its place in addresses. ``seed``: all that happens there follows from it."""

    slug: str
    seed: int
    coop: str
    about: str

    @property
    def origin(self) -> str:
        """The name of its ledger."""
        return f"yui.example/{self.slug}"


MIZUNASATO: Final = SampleVillage("mizunasato", 7, words.COOP, words.ABOUT)
KAWAOTO: Final = SampleVillage("kawaoto", 8, words.NEIGHBOUR, words.NEIGHBOUR_ABOUT)
VILLAGES: Final = {village.slug: village for village in (MIZUNASATO, KAWAOTO)}
