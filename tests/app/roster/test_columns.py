"""Headings are recognised, money is left out by name, and what is unclear is asked."""

from __future__ import annotations

import pytest

from app.roster.columns import FIELDS, check, guess, is_money, letters, sheet
from app.roster.fault import Fault
from app.roster.table import MAX_LINES, Row, rows


def fields(*headings: str) -> tuple[str, ...]:
    found = guess(headings, headed=True)
    assert not found.unclear
    return found.fields


def test_japanese_headings() -> None:
    headings = ("会員番号", "氏名", "ふりがな", "世帯", "班", "住所", "電話番号", "区分", "入会日", "備考")
    assert fields(*headings) == (
        *("number", "name", "kana", "household", "group", "address", "contact", "cls", "joined_on"),
        "",
    )


def test_english_headings() -> None:
    assert fields("No.", "Full Name", "Kana", "Group", "E-mail", "Joined on") == (
        *("number", "name", "kana", "group", "contact", "joined_on"),
    )


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("ﾌﾘｶﾞﾅ", "kana"),
        ("氏名(カナ)", "kana"),
        ("氏名(漢字)", "name"),
        ("氏 名", "name"),
        (" お名前 ※必須", ""),
        ("加入年月日", "joined_on"),
        ("メールアドレス", "contact"),
        ("組", "group"),
    ],
)
def test_headings_as_people_write_them(heading: str, field: str) -> None:
    assert guess((heading,), headed=True).fields == (field,)


def test_a_name_in_two_pieces() -> None:
    assert fields("姓", "名", "セイ", "メイ") == ("name", "name", "kana", "kana")


def test_pieces_beside_a_whole_name_mean_nothing() -> None:
    assert fields("氏名", "姓", "名") == ("name", "", "")


def test_the_head_of_a_household_is_a_member_only_where_nobody_else_is_named() -> None:
    assert fields("世帯主", "班") == ("name", "group")
    assert fields("氏名", "世帯主") == ("name", "household")


def test_what_is_unclear_is_said() -> None:
    assert guess(("会員番号", "備考"), headed=True).unclear == ("no_name",)
    assert guess(("氏名", "班", "組"), headed=True).unclear == ("twice_group",)
    assert guess(("氏名", "名前"), headed=True).unclear == ("twice_name",)
    assert guess(("A", "B"), headed=False).unclear == ("no_headings",)
    assert check(("name", "name", "contact", "contact")) == ()


@pytest.mark.parametrize(
    "heading",
    ["残高", "出資金", "出資金(円)", "会費(年額)", "Balance", "年会費(¥)", "JPY", "口座番号", "積立 円"],
)
def test_money_is_known_by_name(heading: str) -> None:
    assert is_money(heading)


@pytest.mark.parametrize("heading", ["円卓会議", "氏名", "町内一円", "番号", "備考", ""])
def test_what_is_no_money(heading: str) -> None:
    assert not is_money(heading)


def test_money_is_left_out_before_anything_is_kept() -> None:
    found = sheet(rows("氏名,出資金,班,残高(円)\n山田 太郎,50000,一班,120\n")[1])
    assert found.headings == ("氏名", "班")
    assert found.money == ("出資金", "残高(円)")
    assert found.lines[0].cells == ("山田 太郎", "一班")


def test_a_title_above_the_headings_is_no_member() -> None:
    found = sheet(rows("結の里 組合員名簿,,令和8年4月1日現在\n\n番号,氏名\n1,山田\n")[1])
    assert found.headings == ("番号", "氏名")
    assert [line.number for line in found.lines] == [4]


def test_a_file_without_headings_is_all_lines() -> None:
    found = sheet(rows("1,山田 太郎\n2,海野 花子\n")[1])
    assert (found.headed, found.headings, len(found.lines)) == (False, ("A", "B"), 2)


def test_a_line_longer_than_the_headings_spills() -> None:
    found = sheet(rows("氏名,住所\n山田,一番地,二階\n海野,三番地\n")[1])
    assert [line.spills for line in found.lines] == [True, False]


def test_headings_alone_are_no_roster() -> None:
    with pytest.raises(Fault, match="no_lines"):
        sheet(rows("氏名,班\n")[1])


def test_at_most_so_many_lines() -> None:
    full = [Row(1, ["氏名"]), *(Row(n, ["山田"]) for n in range(2, MAX_LINES + 2))]
    assert len(sheet(full).lines) == MAX_LINES
    with pytest.raises(Fault, match="too_many_lines"):
        sheet([*full, Row(MAX_LINES + 2, ["山田"])])


def test_columns_are_called_as_spreadsheets_call_them() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_every_field_has_a_heading() -> None:
    told = ["氏名", "かな", "屋号", "番号", "世帯", "班", "住所", "電話", "区分", "入会日"]
    assert fields(*told) == FIELDS
