"""From text to rows of cells, the way spreadsheets write them.

Commas, tabs or semicolons; quotes; a ``sep=`` line; line breaks of any kind and inside quotes; trailing empty columns
and rows. A quote that is never closed is a fault with its line, never half a roster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.roster.fault import Fault

MAX_LINES: Final = 5000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 2000
DELIMITERS: Final = (",", "\t", ";")
_SEP: Final = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*(?:""[^"]*)*"')
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_PLAIN: Final = {
    delimiter: re.compile(r"[^\r\n%s]*" % re.escape(delimiter))  # noqa: UP031 (braces would have to be doubled)
    for delimiter in DELIMITERS
}
_SAMPLE: Final = 10
_MAX_READ: Final = 100_000
"""Rows and cells, empty ones included, after which nobody means a roster any more."""


class Row(NamedTuple):
    """The cells of one row, as typed, and the number of the line in the file where it begins."""

    line: int
    cells: list[str]


def rows(text: str) -> tuple[str, list[Row]]:
    """The delimiter and every row that is not empty, without the empty cells at their ends."""
    named = _SEP.match(text)
    delimiter = named.group(1) if named else _likeliest(text)
    found = []
    for read, row in enumerate(_rows(text, delimiter, named.end() if named else 0, 2 if named else 1)):
        if read > _MAX_READ:
            raise Fault("too_many_lines", limit=MAX_LINES)
        cells = list(row.cells)
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        _check(row.line, cells)
        found.append(Row(row.line, cells))
        if len(found) > MAX_LINES + _SAMPLE:
            raise Fault("too_many_lines", limit=MAX_LINES)
    if not found:
        raise Fault("empty")
    return delimiter, found


def _likeliest(text: str) -> str:
    """The delimiter that gives the most cells at the beginning; a comma where none gives more than one."""
    return max(DELIMITERS, key=lambda delimiter: _cells_at_start(text, delimiter))


def _cells_at_start(text: str, delimiter: str) -> int:
    count = 0
    try:
        for number, row in enumerate(_rows(text, delimiter, 0, 1)):
            if number == _SAMPLE:
                break
            count += sum(1 for cell in row.cells if cell.strip()) - 1
    except Fault:
        return count  # a stray quote tells the right delimiter apart from the wrong one, and is named later
    return count


def _check(line: int, cells: list[str]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise Fault("too_many_columns", line=line, found=len(cells), limit=MAX_COLUMNS)
    for column, cell in enumerate(cells, 1):
        if len(cell) > MAX_CELL:
            raise Fault("cell_too_long", line=line, column=column, limit=MAX_CELL)


def _rows(text: str, delimiter: str, position: int, line: int) -> Iterator[Row]:
    plain, cells, first = _PLAIN[delimiter], list[str](), line
    while position < len(text) or cells:
        cell, position, breaks = _cell(text, position, plain, line, len(cells) + 1)
        cells.append(cell)
        line += breaks
        if len(cells) > _MAX_READ:
            raise Fault("too_many_columns", line=first, found=len(cells), limit=MAX_COLUMNS)
        if text.startswith(delimiter, position):
            position += 1
            if position < len(text):
                continue
            cells.append("")
        yield Row(first, cells)
        ended = _BREAK.match(text, position)
        if ended is None:
            return
        position, line, cells = ended.end(), line + 1, []
        first = line


def _cell(text: str, position: int, plain: re.Pattern[str], line: int, column: int) -> tuple[str, int, int]:
    """One cell, where it ends, and how many line breaks it holds."""
    if not text.startswith('"', position):
        found = plain.match(text, position)
        assert found is not None  # noqa: S101 - the pattern matches nothing at least
        return found.group(), found.end(), 0
    quoted = _QUOTED.match(text, position)
    if quoted is None:
        raise Fault("unclosed_quote", line=line, column=column)
    end = quoted.end()
    rest = plain.match(text, end)
    if rest is not None and rest.group().strip(" \u3000"):
        raise Fault("stray_quote", line=line + len(_BREAK.findall(quoted.group())), column=column)
    inside = quoted.group()[1:-1]
    after = end if rest is None else rest.end()
    return inside.replace('""', '"'), after, len(_BREAK.findall(inside))
