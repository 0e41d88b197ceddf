"""Every line gets one fate, and running a roster twice adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster import columns, export, forms
from app.roster.decoding import Encoding
from app.roster.matching import Known, register
from app.roster.plan import MAX_VALUE, Choices, Planned, class_words, guess_classes, plan, totals
from app.roster.table import rows

CLASSES = {"正会員": "member", "賛助会員": "supporter"}


def planned(text: str, known: Sequence[Known] = (), **classes: str) -> list[Planned]:
    found = columns.sheet(rows(text)[1])
    fields = columns.guess(found.headings, headed=found.headed).fields
    named = guess_classes(class_words(found, fields), {forms.same(word): code for word, code in CLASSES.items()})
    return plan(found, Choices(fields, "member", named | classes), register(known))


def one(text: str, known: Sequence[Known] = ()) -> Planned:
    (found,) = planned(text, known)
    return found


def known(name: str, kana: str = "", number: str = "", *, active: bool = True) -> Known:
    return Known(f"mem of {name}", name, kana, number, active)


def test_a_new_member_is_entered_as_typed() -> None:
    line = one('番号,氏名,ﾌﾘｶﾞﾅ,班,入会日\n="001",髙橋 ①子,ﾀｶﾊｼ ｲﾁｺ,\ufa1b島班,令和8年4月1日\n')
    assert line.fate == "new"
    assert line.statement() == {
        "type": "member.enter/1",
        "body": {"cls": "member", "joined_on": "2026-04-01", "profile": {}, "type": "person"},
        "privates": {
            "profile/group": "\ufa1b島班",
            "profile/kana": "ﾀｶﾊｼ ｲﾁｺ",
            "profile/name": "髙橋 ①子",
            "profile/number": "001",
        },
    }


@pytest.mark.parametrize(
    ("line", "who", "fate", "reason"),
    [
        ("1,山田 太郎,やまだ たろう", known("山田太郎", number="001"), "there", "number"),
        ("1,山田 太郎,ﾔﾏﾀﾞ ﾀﾛｳ", known("山田 太郎", "やまだ たろう"), "there", "name"),
        (",山田 太郎,", known("山田 太郎", "やまだ たろう", "7"), "there", "name"),
        ("8,山田 太郎,やまだ たろう", known("山田 太郎", "やまだ たろう", "7"), "new", "new"),
        ("1,山田 太郎,やまだ たろう", known("山田 太郎", "ようだ たろう"), "new", "new"),
        ("7,海野 花子,うんの はなこ", known("山田 太郎", "やまだ たろう", "7"), "refused", "number_taken"),
        (",山田 太郎,", known("山田 太郎", active=False), "there", "former"),
        (",高橋 太郎,", known("髙橋 太郎"), "new", "new"),
    ],
)
def test_who_is_there_already(line: str, who: Known, fate: str, reason: str) -> None:
    found = one(f"番号,氏名,かな\n{line}\n", [who])
    assert (found.fate, found.reason) == (fate, reason)


def test_the_second_of_two_equal_lines_names_the_first() -> None:
    found = planned("番号,氏名\n1,山田 太郎\n2,海野 花子\n01,山田太郎\n2,川上 次郎\n")
    assert [line.fate for line in found] == ["new", "new", "twice", "refused"]
    assert found[2].params == {"line": 2}
    assert (found[3].reason, found[3].params) == ("number_twice", {"line": 3})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("氏名,班\n,一班\n", "no_name"),
        ("氏名,班\n(例)山田 花子,一班\n", "example"),
        ("name,group\n(Example) Hanako Yamada,one\n", "example"),
        ("氏名,住所\n山田,一番地,二階\n", "spills"),
        ("氏名,入会日\n山田,平成31年5月1日\n", "date_era"),
        ("氏名,入会日\n山田,4/1/26\n", "date_ambiguous"),
        ("氏名,入会日\n山田,いつか\n", "date_unread"),
        ("氏名,入会日\n山田,2026/2/30\n", "date_no_such_day"),
        ("氏名,区分\n山田,名誉会員\n", "class"),
        ("氏名,班\n山\x07田,一班\n", "control"),
        ('氏名,班\n"山田\n太郎",一班\n', "control"),
        ("氏名,班\n山\ue000田,一班\n", "gaiji"),
        ("氏名,班\n山\ufffd田,一班\n", "broken"),
        (f"氏名,班\n{'山' * (MAX_VALUE + 1)},一班\n", "too_long"),
    ],
)
def test_a_refused_line_says_why(text: str, reason: str) -> None:
    line = one(text)
    assert (line.fate, line.reason) == ("refused", reason)


def test_classes_and_sorts_of_members() -> None:
    found = planned("氏名,区分\nあ,正会員\nい,賛助会員\nう,団体\nえ,\n")
    assert [(line.cls, line.type) for line in found] == [
        *(("member", "person"), ("supporter", "person"), ("member", "organisation"), ("member", "person")),
    ]


def test_an_address_may_have_line_breaks_and_contacts_are_joined() -> None:
    line = one('氏名,住所,電話,メール\n山田,"一番地\n二階",090-1,a@b.example\n')
    assert line.values["address"] == "一番地\n二階"
    assert line.values["contact"] == "090-1 / a@b.example"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="001"', "001"),
        ('="a ""b"""', 'a "b"'),
        ("'001", "001"),
        ("=1+1", "=1+1"),
        ('=HYPERLINK("http://x.example","山田")', '=HYPERLINK("http://x.example","山田")'),
        ("\u3000山田 太郎 ", "山田 太郎"),
        ("+81 90", "+81 90"),
        ("'", "'"),
    ],
)
def test_what_spreadsheets_put_around_a_value_is_taken_off_and_nothing_else(cell: str, value: str) -> None:
    assert forms.typed(cell) == value


NAME = st.text(st.sampled_from("山田髙橋﨑\ufa1b①ｱｲｳ カナかな'=+ー"), min_size=1, max_size=6)
NUMBER = st.one_of(st.just(""), st.integers(1, 12).map(str), st.integers(1, 12).map("{:03d}".format))
PERSON = st.tuples(NUMBER, NAME, st.one_of(st.just(""), NAME))


@given(st.lists(PERSON, min_size=1, max_size=12))
def test_a_roster_run_twice_adds_nothing(people: list[tuple[str, str, str]]) -> None:
    data = export.to_csv([("番号", "氏名", "かな"), *people], "utf-8").decode("utf-8-sig")
    if len(data.strip("\r\n").splitlines()) < 2 or not any("".join(person).strip() for person in people):
        return  # spreadsheets drop empty lines
    first = planned(data)
    entered = [
        Known(f"mem_{line.line}", line.values["name"], line.values.get("kana", ""), line.values.get("number", ""))
        for line in first
        if line.fate == "new"
    ]
    second = planned(data, entered)
    assert totals(second)["new"] == 0
    assert len(first) == len(second) == sum(totals(first).values())


@given(
    st.lists(
        st.text(
            st.characters(codec="cp932", exclude_categories=["Cc", "Co"], exclude_characters="¢£¬‖−〜"), max_size=8
        ),
        min_size=1,
    )
)
def test_no_exported_cell_is_a_formula_and_an_import_gives_it_back(cells: list[str]) -> None:
    for encoding in get_args(Encoding):
        text = export.to_csv([["氏名", *cells]], encoding).decode("utf-8-sig" if encoding == "utf-8" else encoding)
        for cell in text.strip("\r\n").split(","):
            assert cell.strip('"\u3000 ')[:1] not in {*"=+-@", "\uff1d", "\uff0b", "\uff20"}
    for cell in cells:
        assert forms.typed(export.guarded(cell)) == cell.strip(forms._BLANK)


def test_what_an_old_encoding_lacks_is_a_geta() -> None:
    assert export.to_csv([["𠮷田 髙"]], "cp932").decode("cp932") == "〓田 髙\r\n"
