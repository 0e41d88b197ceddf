"""回覧: a notice that goes from door to door."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec import Struct

from app.papers.paper import Code, House, Said, lines, words
from app.texts.formats import Formats

_WORDS: Final = ("circulation", "date", "household", "how", "order", "seen")


class Circulation(Struct, frozen=True, kw_only=True):
    """What is told, and a box for each household in the order in which the sheet goes round."""

    template: ClassVar[str] = "circulation"

    house: House
    dated: int
    title: str
    text: str
    """Over several paragraphs where it has them."""
    households: tuple[str, ...]
    group: str = ""
    """The neighbourhood group (班) that it goes round in."""
    back: int | None = None
    """When the sheet should be back (ms)."""
    back_to: str = ""
    """With whom."""
    page: Code | None = None
    """Where the same is found on a device."""

    def said(self, fmt: Formats) -> Said:
        """Everything on the sheet."""
        t = fmt.t
        back = [t("papers.circulation.back", day=fmt.day(self.back))] if self.back is not None else []
        to = [t("papers.circulation.back_to", name=self.back_to)] if self.back_to else []
        return {
            **words(fmt, "circulation", _WORDS),
            "title": self.title,
            "from": self.house.said(fmt),
            "dated": fmt.day(self.dated),
            "text": lines(self.text),
            "group": self.group,
            "back": [*back, *to],
            "code": self.page,
            "households": list(self.households),
        }
