"""Minutes, on paper and as a page, and the auditor's report."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import segno
from msgspec.structs import replace

from app.papers import render
from app.papers.minutes import Minutes
from app.papers.paper import Code
from app.texts import LANGUAGES
from tests.app.papers import contents
from tests.app.papers.reading_back import bare, pages, texts


class Shown(HTMLParser):
    """The text that a page shows, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.feed(str(page))  # Markup would escape what it is joined with

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 – the parser's
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(minutes: Minutes, lang: str) -> Shown:
    return Shown(render.html(minutes, contents.fmt(lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_the_paper_says(lang: str) -> None:
    minutes = contents.minutes()
    page = bare(shown(minutes, lang).text)
    paper = re.sub(
        re.escape(bare(str(minutes.said(contents.fmt(lang))["title"]))) + r"\d/\d", "", "".join(pages(minutes, lang))
    )
    assert [text for text in texts(minutes.said(contents.fmt(lang))) if bare(text) not in page] == []
    assert sorted(page) == sorted(paper.replace("•", "").replace("‣", ""))


def test_markup_in_minutes_is_text_on_the_page() -> None:
    hostile = "<script>alert('x')</script> & \"y\" {{ 7*7 }}"
    page = shown(replace(contents.minutes(), opening=hostile, chair=hostile), "ja")
    assert "script" not in page.tags
    assert page.text.count(hostile) == 2


def test_minutes_have_what_is_not_there_left_out() -> None:
    short = replace(
        contents.minutes(),
        ends=None,
        opening="",
        closing="",
        officers=(),
        annexes=(),
        receipts=(),
        version="",
        items=(),
    )
    text, page = "".join(pages(short)), shown(short, "ja").text
    for heading in ("閉会", "添付書類", "台帳の控え", "出席した役員", "19:30"):
        assert heading not in text
        assert heading not in page


@pytest.mark.parametrize(
    ("ends", "when"), [(5_400_000, "18:00から19:30まで"), (6 * 3_600_000, "18:00から2026年4月2日(木) 00:00まで")]
)
def test_the_end_names_its_day_only_where_it_is_another(ends: int, when: str) -> None:
    about = replace(contents.minutes(), ends=contents.STARTS + ends).said(contents.fmt("ja"))["about"]
    assert about[0]["text"] == [f"2026年4月1日(水) {when}"]


def test_who_has_signed_needs_no_line() -> None:
    text = "".join(pages(contents.minutes()))
    assert text.count("台帳で署名") == 1
    assert text.count("日付年月日") == 1


def test_a_fault_that_was_found_is_said() -> None:
    report = contents.audit_report()
    assert report.checked is not None
    assert "見つかった不一致なし" in "".join(pages(report))
    assert "見つかった不一致3" in "".join(pages(replace(report, checked=replace(report.checked, faults=3))))


def test_without_a_pass_over_the_ledger_the_report_counts_on() -> None:
    text = "".join(pages(replace(contents.audit_report(), checked=None)))
    assert "2監査の結果" in text
    assert "台帳の検証" not in text


def test_a_code_is_drawn_as_it_is_and_with_its_quiet_zone() -> None:
    code = Code("https://yui.example/c/あ?x=<&>", "短い")
    svg = code.svg()
    modules = segno.make_qr(code.text, error="m").symbol_size(border=4)[0]
    assert f'viewBox="0 0 {modules} {modules}"' in svg
    assert svg != Code(code.text + "!", "短い").svg()
    assert "<script" not in svg
