"""Bytes become text in the right encoding, or a sentence with line and column."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster import decoding
from app.roster.decoding import decode
from app.roster.fault import Fault

ROSTER = "氏名,ふりがな\r\n髙橋 﨑子,ﾀｶﾊｼ ｻｷｺ\r\n\ufa1b田 ①郎,ふくだ\r\n"


@pytest.mark.parametrize(
    ("data", "encoding", "sign"),
    [
        (ROSTER.encode("utf-8"), "utf-8", "valid_utf8"),
        (ROSTER.encode("utf-8-sig"), "utf-8", "bom"),
        (ROSTER.encode("cp932"), "cp932", "only_cp932"),
        (b"name\nTaro\n", "utf-8", "ascii"),
        ("ﾂｱ,ﾂｱ".encode("cp932"), "cp932", "likelier_cp932"),
        ("Zoé,Müller".encode(), "utf-8", "valid_utf8"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, encoding: str, sign: str) -> None:
    found = decode(data)
    assert (found.encoding, found.sign) == (encoding, sign)
    assert found.text.encode(encoding) == data.removeprefix(b"\xef\xbb\xbf")


def test_half_width_kana_that_happen_to_be_utf8_are_read_as_kana() -> None:
    assert decode("ﾂｱ,ﾂｱ".encode("cp932")).text == "ﾂｱ,ﾂｱ"


@pytest.mark.parametrize(
    ("data", "place", "found"),
    [
        ("氏名\r\n山田,".encode() + b"\xff", (2, 4), "FF"),
        ("氏名\n山".encode() + b"\x80\x80" + "田".encode(), (2, 2), "80"),
        ("氏名\r\n髙橋".encode("cp932") + b"\x80,x", (2, 3), "80"),
        ("氏名\r\n髙橋".encode("cp932") + b"\xfd,x", (2, 3), "FD"),
        (b"\xef\xbb\xbfname\nTa\xe3\x81,ro", (2, 3), "E3 81"),
    ],
)
def test_wrong_bytes_are_named_by_line_and_column(data: bytes, place: tuple[int, int], found: str) -> None:
    with pytest.raises(Fault) as caught:
        decode(data)
    params = caught.value.params
    assert caught.value.code == "wrong_bytes"
    assert ((params["line"], params["column"]), params["bytes"]) == (place, found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n,,\r\n\r\n", "empty"),
        (ROSTER.encode("utf-16"), "other_encoding"),
        ("name\r\nTaro\r\n".encode("utf-16-le"), "other_encoding"),
        (ROSTER.encode("utf-32"), "other_encoding"),
        (ROSTER.encode() + b"\x00", "nul"),
        (b"PK\x03\x04 and so on", "not_csv"),
        (b"x" * (decoding.MAX_BYTES + 1), "too_large"),
    ],
)
def test_other_files_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Fault) as caught:
        decode(data)
    assert caught.value.code == code


def test_who_insists_on_an_encoding_gets_it_or_the_place_where_it_fails() -> None:
    assert decode(ROSTER.encode("cp932"), "cp932").text == ROSTER
    with pytest.raises(Fault, match="wrong_bytes"):
        decode(ROSTER.encode("cp932"), "utf-8")
    with pytest.raises(Fault, match="encoding_unknown"):
        decode(b"x", "shift_jis")


CP932 = st.text(
    # The six that share their bytes with another character come back as that one, in every program.
    st.characters(codec="cp932", exclude_categories=["Cc", "Co"], exclude_characters="¢£¬‖−〜"),
    min_size=1,
)


@given(CP932)
def test_every_japanese_text_comes_back_byte_for_byte(text: str) -> None:
    kept = "氏名\n" + text
    assert decode(kept.encode("utf-8")).text == kept
    data = kept.encode("cp932")
    found = decode(data)
    assert found.encoding == "cp932"
    assert found.text == kept


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(Fault):
        assert "\x00" not in decode(data).text
