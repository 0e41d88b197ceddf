"""Which column of a roster means what: recognised by its heading, or said by whoever imports.

Money has no place on the roll (yen figures live in registers of their own): columns that name it are left out before
anything is kept, and said so by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from app.roster import forms
from app.roster.fault import Fault
from app.roster.table import MAX_LINES, Row
from ledger.books.commons_policy import names_money

FIELDS: Final = ("name", "kana", "alias", "number", "household", "group", "address", "contact", "cls", "joined_on")
"""What a column can mean, in the order of the form. Several columns may be joined in those of ``JOINED``."""
JOINED: Final = {"name": " ", "kana": " ", "address": " ", "contact": " / "}
_HEADINGS: Final = {
    "name": "氏名 名前 お名前 組合員名 会員名 姓名 name fullname membername",
    "kana": "ふりがな フリガナ かな カナ よみ よみがな ヨミ ヨミガナ 読み 読み仮名 氏名かな 氏名カナ 氏名ふりがな "
    "氏名フリガナ カナ氏名 かな氏名 名前かな 名前カナ kana furigana reading",
    "alias": "通称 通称名 屋号 呼び名 alias nickname",
    "number": "会員番号 組合員番号 番号 会員no 組合員no no. no 会員コード 組合員コード 整理番号 number memberno "
    "membernumber memberid id",
    "household": "世帯 世帯名 世帯番号 household family",
    "group": "班 組 班名 組名 班番号 地区 区 自治会 隣組 所属 group district section",
    "address": "住所 現住所 所在地 郵便番号 〒 番地 address postcode zip zipcode",
    "contact": "連絡先 電話 電話番号 tel 携帯 携帯電話 携帯番号 携帯電話番号 固定電話 メール メールアドレス eメール "
    "email mail phone telephone mobile contact",
    "cls": "区分 種別 会員区分 組合員区分 会員種別 組合員種別 資格 class membershipclass category membertype type kind",
    "joined_on": "入会日 加入日 加入年月日 入会年月日 入会 加入 加入年 joined joinedon joindate since membersince",
}
_PARTS: Final = {
    "name": "姓 名 苗字 名字 lastname firstname surname givenname familyname",
    "kana": "せい めい セイ メイ 姓かな 名かな 姓カナ 名カナ",
}
"""Columns that give a name in two pieces, which are joined."""
_HEAD_OF_HOUSEHOLD: Final = frozenset(("世帯主", "世帯主名", "世帯主氏名", "householder"))


def _known(words: dict[str, str]) -> dict[str, str]:
    return {forms.heading(word): field for field, listed in words.items() for word in listed.split()}


_KNOWN: Final = _known(_HEADINGS)
_KNOWN_PARTS: Final = _known(_PARTS)
_MONEY: Final = (
    "残高 出資金 出資額 出資 出資口数 会費 年会費 月会費 金額 預金 貯金 預り金 未収金 未払金 借入金 貸付金 口座 "
    "口座番号 給与 報酬 給料 賃金 配当 配当金 利用高 売上 支払 支払額 入金 請求額 balance amount fee fees dues deposit "
    "salary wage wages payment share shares capital account bankaccount"
)
_MONEY_HEADINGS: Final = frozenset(forms.heading(word) for word in _MONEY.split())
_SEARCHED: Final = 10


class Line(msgspec.Struct, frozen=True):
    """One line: its number in the file, its cells, and whether it has more of them than there are headings."""

    number: int
    cells: tuple[str, ...]
    spills: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """A roster's headings and lines. ``money``: headings of the columns that were left out. ``headed``: whether a line
    of headings was found; if not, the headings are made up (A, B, C) and must be explained.
    """

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    money: tuple[str, ...]
    headed: bool


class Guess(NamedTuple):
    """What the headings seem to mean, by position; and why somebody should look (``roster.unclear.…``), if so."""

    fields: tuple[str, ...]
    unclear: tuple[str, ...]


def sheet(rows: Sequence[Row]) -> Sheet:
    """Find the headings, leave out what names money. Fault where no line is left, or too many are."""
    at = _heading_row(rows)
    width = max(len(row.cells) for row in rows) if at is None else len(rows[at].cells)
    names = [""] * width if at is None else [forms.typed(cell) for cell in rows[at].cells]
    kept = [position for position, name in enumerate(names) if not is_money(name)]
    body = rows[at + 1 :] if at is not None else rows
    if not body:
        raise Fault("no_lines")
    if len(body) > MAX_LINES:
        raise Fault("too_many_lines", limit=MAX_LINES)
    return Sheet(
        headings=tuple(names[position] or letters(position) for position in kept),
        lines=tuple(
            Line(row.line, tuple(_at(row.cells, position) for position in kept), len(row.cells) > width) for row in body
        ),
        money=tuple(name for name in names if is_money(name)),
        headed=at is not None,
    )


def guess(headings: Sequence[str], *, headed: bool) -> Guess:
    """What each column means by its heading; unclear where no name is found or one meaning is found twice."""
    whole = [_whole(name) for name in headings]
    # A household's head is a member where nobody else is named; pieces of a name count where there is no whole one.
    named = "name" in whole or any(_part(name) == "name" for name in headings)
    fields = tuple(field or _lesser(name, whole, named=named) for field, name in zip(whole, headings, strict=True))
    unclear = check(fields) if headed else ("no_headings",)
    return Guess(fields, (*unclear, *(f"twice_{field}" for field in ("name", "kana") if whole.count(field) > 1)))


def check(fields: Sequence[str]) -> tuple[str, ...]:
    """What is wrong with a choice of meanings."""
    unclear = [] if "name" in fields else ["no_name"]
    twice = {field for field in fields if field and field not in JOINED and fields.count(field) > 1}
    return (*unclear, *(f"twice_{field}" for field in sorted(twice)))


def is_money(heading: str) -> bool:
    """Whether a heading names money."""
    return names_money(heading) or forms.heading(heading) in _MONEY_HEADINGS


def meaning(heading: str) -> str:
    """The field that a heading may name, or nothing."""
    return _whole(heading) or _part(heading) or ("household" if forms.unmarked(heading) in _HEAD_OF_HOUSEHOLD else "")


def _whole(heading: str) -> str:
    """氏名(カナ) is a reading, 氏名(漢字) a name."""
    return _KNOWN.get(forms.unmarked(heading)) or _KNOWN.get(forms.heading(heading), "")


def _part(heading: str) -> str:
    return _KNOWN_PARTS.get(forms.unmarked(heading)) or _KNOWN_PARTS.get(forms.heading(heading), "")


def _lesser(heading: str, whole: Sequence[str], *, named: bool) -> str:
    if forms.unmarked(heading) in _HEAD_OF_HOUSEHOLD:
        return "household" if named else "name"
    part = _part(heading)
    return "" if part in whole else part


def letters(position: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _heading_row(rows: Sequence[Row]) -> int | None:
    """The row among the first few with the most known headings: titles and dates often stand above it."""
    known = [sum(bool(meaning(forms.typed(cell))) for cell in row.cells) for row in rows[:_SEARCHED]]
    best = max(known)
    # A roster of a single column has a single heading.
    enough = 1 if max(len(row.cells) for row in rows[:_SEARCHED]) == 1 else 2
    if best >= enough:
        return known.index(best)
    return 0 if any(_whole(forms.typed(cell)) == "name" for cell in rows[0].cells) else None


def _at(cells: Sequence[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""
