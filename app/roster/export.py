"""The roll as a file for spreadsheets, and the empty template: UTF-8 with a mark, or Windows-31J (cp932).

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which an import takes off again.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from app.roster.decoding import Encoding

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also in full width, which some spreadsheets narrow."""
_MISSING: Final = "〓"
"""The geta mark, printers' own sign for a character they lack."""


def to_csv(rows: Iterable[Sequence[str]], encoding: Encoding) -> bytes:
    """The rows as spreadsheets in Japan read them; what cp932 lacks becomes 〓."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
    if encoding == "utf-8":
        return codecs.BOM_UTF8 + text.getvalue().encode("utf-8")
    return text.getvalue().encode("cp932", _GETA)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def _geta(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _MISSING * (error.end - error.start), error.end


_GETA: Final = "yui.geta"
codecs.register_error(_GETA, _geta)
