"""受付名簿: who has come, ticked off at the door."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar, Final, Literal

from msgspec import Struct

from app.papers.paper import House, Said, words
from app.roster import forms
from app.texts.formats import Formats

_ROWS: Final = [
    "あいうえお",
    "かきくけこ",
    "さしすせそ",
    "たちつてと",
    "なにぬねの",
    "はひふへほ",
    "まみむめも",
    "やゆよ",
    "らりるれろ",
    "わゐゑをん",
]
_WORDS: Final = ("count", "here", "name", "other", "proxy", "total", "written")


class Expected(Struct, frozen=True, kw_only=True):
    """A member who may come."""

    number: str
    name: str
    kana: str = ""
    """The reading, which the list is sorted by; empty: by name."""
    came_in: Literal["", "proxy", "written"] = ""
    """What of theirs has arrived already, and is ticked on the list."""


class Reception(Struct, frozen=True, kw_only=True):
    """Everyone with a vote, in reading order, under the line of the kana table that they are looked for in."""

    template: ClassVar[str] = "reception"

    house: House
    dated: int
    meeting: str
    """The meeting's title."""
    starts: int
    """When it begins (ms)."""
    expected: tuple[Expected, ...]

    def said(self, fmt: Formats) -> Said:
        """Everything on the list."""
        t = fmt.t
        return {
            **words(fmt, "reception", _WORDS),
            "title": t("papers.reception.title", meeting=self.meeting),
            "house": self.house.name,
            "when": fmt.moment(self.starts),
            "printed": t("papers.reception.printed", day=fmt.day(self.dated)),
            "number": t("papers.form.number", member=self.house.word(fmt)),
            "people": t("papers.reception.people", n=fmt.integer(len(self.expected))),
            "groups": _groups(self.expected, t("papers.reception.others")),
        }


def _groups(expected: Iterable[Expected], others: str) -> list[Said]:
    """By line of the kana table; what is in none of them, names in Latin letters say, comes last."""
    ordered = sorted(expected, key=_key)
    return [
        {
            "head": _ROWS[line][0] if line < len(_ROWS) else others,
            "rows": [
                {"number": one.number, "name": one.name, "kana": one.kana, "came_in": one.came_in} for one in group
            ],
        }
        for line, group in groupby(ordered, key=lambda one: _key(one)[0])
    ]


def _key(one: Expected) -> tuple[int, str, str, str, str]:
    bare, plain = forms.reading(one.kana or one.name)
    line = next((at for at, row in enumerate(_ROWS) if bare[:1] and bare[0] in row), len(_ROWS))
    return line, bare, plain, one.number, one.name
