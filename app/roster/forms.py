"""How cells are read and compared. What is kept is always what was typed; these forms are only looked at.

No Unicode normalisation touches a kept value: 髙 must not become 高, nor 福 (U+FA1B) 福 (U+798F), nor ① a 1.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_EXCEL_TEXT: Final = re.compile(r'="((?:[^"]|"")*)"\Z')
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_MARKS: Final = re.compile(r"[\s・·.‐‑–—―_/()\[\]「」:*※★○◎●-]+")
_REMARK: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_VOICED: Final = {ord(mark): None for mark in "\u3099\u309a\u30fc-"}
_SMALL: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_BLANK: Final = " \t\r\n\u3000\u00a0\ufeff"


def typed(cell: str) -> str:
    """A cell's value without what spreadsheets put around it: blanks, ``="001"``, one leading apostrophe.

    Anything else that looks like a formula stays the text it is.
    """
    value = cell.strip(_BLANK)
    excel = _EXCEL_TEXT.match(value)
    if excel:
        return excel.group(1).replace('""', '"').strip(_BLANK)
    if value.startswith("'") and len(value) > 1:
        return value[1:].strip(_BLANK)
    return value


def same(text: str) -> str:
    """The form in which names and readings are compared: width, case, kana, spaces and line breaks don't matter."""
    plain = unicodedata.normalize("NFKC", text).translate(_KATAKANA).casefold()
    return "".join(plain.split())


def reading(text: str) -> tuple[str, str]:
    """What a directory sorts a reading by: first without regard to voicing marks, small kana and long vowels."""
    plain = same(text)
    return unicodedata.normalize("NFD", plain).translate(_VOICED).translate(_SMALL), plain


def number(text: str) -> str:
    """The form in which members' numbers are compared: also without the zeros in front, which spreadsheets drop."""
    plain = same(text)
    return (plain.lstrip("0") or "0") if plain.isdigit() else plain


def heading(text: str) -> str:
    """The form in which headings are recognised: also without punctuation and without remarks in brackets."""
    return unmarked(_REMARK.sub("", unicodedata.normalize("NFKC", text)))


def unmarked(text: str) -> str:
    """The same with the remarks left in."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())
