"""Spreadsheets' habits, and files that are no tables."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster import table
from app.roster.fault import Fault
from app.roster.table import rows


def cells(text: str) -> list[list[str]]:
    return [row.cells for row in rows(text)[1]]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a\tb\n1,5\t2\n", "\t"),
        ("a;b\n1;2\n", ";"),
        ("sep=;\na;b,c,d,e\n", ";"),
        ('"sep=\t"\r\na\tb\r\n', "\t"),
        ("name\nTaro\n", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert rows(text)[0] == delimiter


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_any_line_break_will_do_with_or_without_one_at_the_end(break_: str) -> None:
    assert cells(break_.join(["a,b", "1,2"])) == cells(break_.join(["a,b", "1,2", ""])) == [["a", "b"], ["1", "2"]]


def test_quotes_hold_delimiters_quotes_and_line_breaks() -> None:
    found = rows('"a, ""b""\r\nc",d\r\ne,f\r\n')[1]
    assert found == [(1, ['a, "b"\r\nc', "d"]), (3, ["e", "f"])]


def test_empty_cells_at_the_end_and_empty_rows_are_dropped() -> None:
    assert rows("a,b,,,\n,,,\n\n1,,,\n")[1] == [(1, ["a", "b"]), (4, ["1"])]


def test_a_quote_inside_a_cell_is_a_quote() -> None:
    assert cells('a,5" nail\n="001",x\n') == [["a", '5" nail'], ['="001"', "x"]]


def test_lines_are_counted_after_a_separator_line() -> None:
    assert [row.line for row in rows("sep=,\na,b\n1,2\n")[1]] == [2, 3]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('a,b\n1,"2\n3,4\n', "unclosed_quote", 2),
        ('a,b\n1,"2"x\n', "stray_quote", 2),
        ("a,b\n" + "1," * 9_999 + "1\n", "too_many_columns", 2),
        ("a\n" + "x" * 2001 + "\n", "cell_too_long", 2),
    ],
)
def test_what_is_no_table_is_named_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(Fault) as caught:
        rows(text)
    assert (caught.value.code, caught.value.params["line"]) == (code, line)


@pytest.mark.parametrize("text", ["a\n" * (table.MAX_LINES + 20), "a\n" + "\n" * 200_000])
def test_too_many_lines(text: str) -> None:
    with pytest.raises(Fault, match="too_many_lines"):
        rows(text)


def test_a_million_empty_columns_end_early() -> None:
    with pytest.raises(Fault, match="too_many_columns"):
        rows("a" + "," * 1_000_000)


CELL = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=8), st.sampled_from(table.DELIMITERS))
def test_what_a_spreadsheet_writes_is_read_as_it_was(written: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(written)
    kept = [row for row in (_trimmed(row) for row in written) if row]
    if kept:
        assert [row.cells for row in rows(f"sep={delimiter}\r\n" + text.getvalue())[1]] == kept
    else:
        with pytest.raises(Fault, match="empty"):
            rows(f"sep={delimiter}\r\n" + text.getvalue())


@given(st.text(st.sampled_from('a",;\t\r\n ='), max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Fault):
        _, found = rows(text)
        assert all(any(cell.strip() for cell in row.cells) for row in found)
        assert [row.line for row in found] == sorted({row.line for row in found})


def _trimmed(cells: list[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
