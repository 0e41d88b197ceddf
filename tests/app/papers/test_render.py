"""Every paper says what its content says, in both languages, and nothing that is written in it is anything but text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.papers import letters, render
from app.papers.letters import GETA, legible
from app.papers.paper import Paper
from app.texts import LANGUAGES
from tests.app.papers import contents
from tests.app.papers.reading_back import bare, pages, read, texts

CODES = {"proxy", "ballot", "vote", "report", "room", "written"}
"""What templates decide by, and nobody reads."""
HOSTILE = '#x $y$ *z* _a_ `b` "c" \'d\' \\e <f> @g // /* -- ~ [h] {i} = - + #import "/j" </script> &amp; {{k}} {% l %}'
CP932 = [chr(at) for at in range(0x21, 0x10000) if not 0xD800 <= at < 0xF900]


def _in_cp932(letter: str) -> bool:
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return letter.isprintable()


JAPANESE = [letter for letter in CP932 if _in_cp932(letter)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", contents.EVERY)
def test_all_that_is_said_is_on_the_paper(make: Callable[[], Paper], lang: str) -> None:
    paper = make()
    found = "".join(pages(paper, lang))
    said = paper.said(contents.fmt(lang))
    del said["title"]  # stands in the file's head, and on most papers too
    assert [text for text in texts(said) if bare(text) not in found and text not in CODES] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", contents.EVERY)
def test_the_same_content_is_the_same_file(make: Callable[[], Paper], lang: str) -> None:
    assert render.pdf(make(), contents.fmt(lang)) == render.pdf(make(), contents.fmt(lang))


@pytest.mark.parametrize("make", contents.EVERY)
def test_a_paper_is_dated_by_its_content(make: Callable[[], Paper]) -> None:
    paper = make()
    metadata = read(paper).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.timestamp() == paper.dated // 1000
    assert metadata.title == paper.said(contents.fmt("ja"))["title"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", contents.EVERY)
def test_fonts_are_in_the_file_and_it_says_its_language(make: Callable[[], Paper], lang: str) -> None:
    reader: Any = read(make(), lang)  # whose types know no PDF dictionary
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    inner = [each.get_object() for font in fonts for each in font["/DescendantFonts"]]
    assert inner
    assert all(
        font["/FontDescriptor"].get_object().keys() & {"/FontFile", "/FontFile2", "/FontFile3"} for font in inner
    )
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(lang)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", contents.EVERY)
def test_what_looks_like_markup_comes_out_as_it_was(make: Callable[[], Paper], lang: str) -> None:
    paper = _everywhere(make(), HOSTILE)
    assert bare(HOSTILE) in "".join(pages(paper, lang))
    assert render.unwritable(paper, contents.fmt(lang)) == ()


@settings(max_examples=40, deadline=None)
@given(
    name=st.text(st.sampled_from(JAPANESE) | st.sampled_from("#$*_`\"'\\<>@/~[]{}=-+^&%|;:"), min_size=1, max_size=100)
)
def test_any_name_in_japanese_letters_comes_out_as_it_is(name: str) -> None:
    circulation = msgspec.structs.replace(contents.circulation(), households=(f"始{name}終",))
    assert bare(f"始{name}終") in "".join(pages(circulation))
    assert render.unwritable(circulation, contents.fmt("ja")) == ()


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=100))
def test_no_name_keeps_a_paper_from_being_printed(name: str) -> None:
    circulation = msgspec.structs.replace(contents.circulation(), households=(name,), title=f"題{name}")
    render.pdf(circulation, contents.fmt("ja"))
    assert legible(legible(name)) == legible(name)


@pytest.mark.parametrize("letters", ["𠮷", "김", "สมชาย", "\ue000", "\u202e", "\u200b", "\x07", "\ufffd"])
def test_what_cannot_be_written_is_marked_and_told(letters: str) -> None:
    circulation = msgspec.structs.replace(contents.circulation(), households=("山田", f"甲{letters}乙"))
    assert f"甲{GETA * len(letters)}乙" in "".join(pages(circulation))
    assert render.unwritable(circulation, contents.fmt("ja")) == (f"甲{letters}乙",)


@pytest.mark.parametrize(
    "name", ["髙﨑", "福\ufa1b", "葛\U000e0100城", "か\u3099", "Łódź", "Иванов", "ﾔﾏﾀﾞ", "①㈱", "〓"]
)
def test_rare_letters_of_names_are_written(name: str) -> None:
    assert legible(name) == name


@pytest.mark.parametrize("make", contents.EVERY)
def test_pages_are_a4(make: Callable[[], Paper]) -> None:
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in read(make()).pages} == {(595, 842)}


def _everywhere(paper: Any, text: str) -> Any:
    """The paper with that text in place of all names, titles and paragraphs of it."""
    known = {"how", "came", "asks", "came_in", "text"}

    def spoilt(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if name in known else text
        if isinstance(value, tuple):
            return tuple(spoilt(each, name) for each in value)
        if isinstance(value, msgspec.Struct):
            found = {field: spoilt(getattr(value, field), field) for field in value.__struct_fields__}
            return msgspec.structs.replace(value, **found)
        return value

    return spoilt(paper)


def test_a_text_of_thousands_of_letters_that_cannot_be_written_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked for one by one, they would take half a minute of every other paper's time."""
    hangul = [chr(0xAC00 + at) for at in range(8000)]
    asked, ask = [], letters._can_write
    monkeypatch.setattr(letters, "_can_write", lambda text: asked.append(text) or ask(text))  # type: ignore[func-returns-value]
    assert legible("田" + "".join(hangul) + "жè") == "田" + GETA * 8000 + "жè"
    assert len(asked) < 5
