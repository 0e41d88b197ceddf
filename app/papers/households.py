"""To whom letters go."""

from __future__ import annotations

from msgspec import Struct

from app.papers.paper import Code, Said, lines
from app.texts.formats import Formats


class Voter(Struct, frozen=True, kw_only=True):
    """A member who shares the letter box."""

    number: str
    """The member's number, empty where the co-op gives none."""
    name: str
    forms: bool = True
    """Whether forms are sent to them: to whom has a vote."""
    proxy: Code | None = None
    """What the proxy form is known by when it comes back."""
    ballot: Code | None = None
    """What the written ballot is known by when it comes back."""


class Household(Struct, frozen=True, kw_only=True):
    """Who shares a letter box."""

    members: tuple[Voter, ...]
    postcode: str = ""
    """`123-4567`, without 〒."""
    address: str = ""
    """Over several lines where it has them."""
    name: str = ""
    """What to write on the letter; empty: the members' names."""

    def said(self, fmt: Formats) -> Said:
        """As an address is written."""
        names = [self.name] if self.name else [voter.name for voter in self.members]
        return {
            "postcode": fmt.t("papers.address.postcode", code=self.postcode) if self.postcode else "",
            "address": lines(self.address),
            "names": [fmt.t("papers.address.to", name=name) for name in names],
        }
