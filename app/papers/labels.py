"""Address labels on A4 sheets as Japanese shops sell them."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, NamedTuple

from msgspec import Struct

from app.papers.households import Household
from app.papers.paper import Said
from app.texts.formats import Formats


class Sheet(NamedTuple):
    """Labels without gaps between them, in the middle of an A4 sheet; lengths in tenths of a millimetre."""

    columns: int
    rows: int
    width: int
    height: int


SHEETS: Final = {12: Sheet(2, 6, 864, 423), 24: Sheet(3, 8, 660, 339)}
"""By labels on a sheet: the formats with margins on all four sides (四辺余白付), 86.4 × 42.3 and 66 × 33.9 mm."""


class Labels(Struct, frozen=True, kw_only=True):
    """A label for each household. What does not fit at the usual size is set smaller, and never cut."""

    template: ClassVar[str] = "labels"

    dated: int
    households: tuple[Household, ...]
    per_sheet: Literal[12, 24] = 12

    def said(self, fmt: Formats) -> Said:
        """The addresses and the measures of a sheet."""
        return {
            "title": fmt.t("papers.labels.title"),
            "sheet": SHEETS[self.per_sheet]._asdict(),
            "labels": [household.said(fmt) for household in self.households],
        }
