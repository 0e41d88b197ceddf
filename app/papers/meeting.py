"""A meeting as its papers tell of it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from app.papers.paper import Said, lines
from app.texts.formats import Formats

Asks = Literal["vote", "choose", "report", "room"]
"""What an item asks of members: yes or no; a choice among options; nothing, it is a report; a vote that is not cast on
paper.
"""


class Item(Struct, frozen=True, kw_only=True):
    """One matter on the agenda."""

    number: int
    """Counted from 1, reports by themselves."""
    title: str
    text: str = ""
    """What it is about, over several paragraphs where it has them."""
    asks: Asks = "vote"
    options: tuple[str, ...] = ()
    """What can be chosen, in order, where something is."""
    how: str = ""
    """How one chooses, in a sentence."""
    marks: Literal["tick", "number"] = "tick"
    """What is put beside an option."""

    def said(self, fmt: Formats) -> Said:
        """The item in words."""
        kind = "report" if self.asks == "report" else "vote"
        return {
            "name": fmt.t(f"papers.item.{kind}", n=self.number),
            "title": self.title,
            "text": lines(self.text),
            "asks": self.asks,
            "options": list(self.options),
            "how": self.how,
            "numbered": self.marks == "number",
        }


class Meeting(Struct, frozen=True, kw_only=True):
    """When, where and what about."""

    title: str
    """`第3回通常総会`."""
    starts: int
    """Milliseconds."""
    place: str
    items: tuple[Item, ...]
    opens: int | None = None
    """When reception opens (ms)."""
    online: str = ""
    """How to take part from elsewhere."""

    def facts(self, fmt: Formats) -> list[Said]:
        """Time, reception, place and the way in from elsewhere, those that are known, each with its heading."""
        known = [("when", fmt.moment(self.starts)), ("where", self.place)]
        if self.opens is not None:
            known.insert(1, ("opens", fmt.moment(self.opens)))
        if self.online:
            known.append(("online", self.online))
        return [{"name": fmt.t(f"papers.meeting.{name}"), "text": lines(text)} for name, text in known]
