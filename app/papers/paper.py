"""What every paper is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

import segno
from msgspec import Struct

from app.texts.formats import Formats

Said = dict[str, Any]
"""All that a paper says, ready to be set: text, numbers, lists, and `Code` where a QR code stands."""


class Paper(Protocol):
    """A content that can be rendered. `template` names the files under `templates/`."""

    template: ClassVar[str]

    @property
    def dated(self) -> int:
        """The paper's own date (ms), which is also the PDF's: no clock is read."""

    def said(self, fmt: Formats) -> Said:
        """Everything on the paper, in words; `title` is the document's title."""


class Code(Struct, frozen=True):
    """A QR code and what is printed beside it, so that no device is needed to tell two papers apart."""

    text: str
    """What the code holds: an address as a rule."""
    short: str
    """The same for people: a number, or the first characters of a hash."""

    def svg(self) -> str:
        """The code as one drawing in black on white, with the quiet zone of four modules that ISO/IEC 18004 wants."""
        code = segno.make_qr(self.text, error="m")
        return code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)


class House(Struct, frozen=True, kw_only=True):
    """The co-op as its papers name it."""

    name: str
    address: str = ""
    """Where forms are sent back to, over several lines where it has them."""
    contact: str = ""
    """Telephone number or mail address."""
    head: str = ""
    """Who signs its letters, with their title: `理事長 山田 花子`."""
    member: str = ""
    """The co-op's own word for a member; empty: 組合員."""

    def said(self, fmt: Formats) -> Said:
        """The co-op's part of a paper."""
        return {
            "name": self.name,
            "address": lines(self.address),
            "contact": fmt.t("papers.house.contact", contact=self.contact) if self.contact else "",
            "head": self.head,
        }

    def word(self, fmt: Formats) -> str:
        """What a member is called."""
        return self.member or fmt.t("papers.house.member")


def lines(text: str) -> list[str]:
    """A text's lines without empty ones: those of an address, or paragraphs."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def blocks(text: str) -> list[list[str]]:
    """A longer text: its paragraphs, apart by empty lines, each with its lines."""
    return [some for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if (some := lines(part))]


def words(fmt: Formats, area: str, names: Iterable[str]) -> dict[str, str]:
    """Fixed words of a paper by their name: `papers.<area>.<name>`."""
    return {name: fmt.t(f"papers.{area}.{name}") for name in names}
