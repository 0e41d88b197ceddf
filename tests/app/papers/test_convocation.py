"""Letters and forms of a meeting: whose they are, what stands on them, and that none is torn."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.papers.convocation import Convocation
from app.papers.meeting import Item
from app.texts import LANGUAGES
from tests.app.papers import contents
from tests.app.papers.contents import convocation, household
from tests.app.papers.reading_back import bare, pages

LONG = "寿限無" * 33 + "寿"
LATIN = "W" * 100


def at(found: list[str], *marks: str) -> list[int]:
    """Which pages have all of these on them, from 1."""
    return [number for number, text in enumerate(found, 1) if all(bare(mark) in text for mark in marks)]


def test_each_household_has_its_letter_and_each_member_their_forms() -> None:
    found = pages(convocation())
    assert at(found, "招集のご通知", "山田太郎様", "山田花子様", "〒321-0001") == [1]
    assert at(found, "委任状", "代理人の氏名", "0010", "山田太郎", "P-0010") == [2]
    assert at(found, "書面議決書", "賛成反対棄権", "0010", "山田太郎", "B-0010") == [3]
    assert at(found, "委任状", "代理人の氏名", "0011", "山田花子", "P-0011") == [4]
    assert at(found, "書面議決書", "賛成反対棄権", "0011", "山田花子", "B-0011") == [5]
    assert at(found, "招集のご通知", "髙﨑一様") == [6]
    assert len(found) == 8


def test_each_letter_counts_its_own_pages() -> None:
    numbers = ["1/5", "2/5", "3/5", "4/5", "5/5", "1/3", "2/3", "3/3"]
    assert [text.endswith(number) for text, number in zip(pages(convocation()), numbers, strict=True)] == [True] * 8


@pytest.mark.parametrize("lang", LANGUAGES)
def test_forms_come_back_in_time_and_to_the_right_place(lang: str) -> None:
    fmt = contents.fmt(lang)
    found = pages(convocation(), lang)
    for number, days in ((2, 1), (3, 2)):
        by = fmt.t("papers.form.by", when=fmt.moment(contents.STARTS - days * contents.DAY))
        assert bare(by) in found[number - 1]
        assert "山の村大字上野5番地" in found[number - 1]


def test_a_ballot_has_a_box_only_where_votes_are_cast() -> None:
    ballot = pages(convocation())[2]
    assert ballot.index("報告事項1山の手入れ報告(議決はありません)") < ballot.index(
        "第4号議案選挙この用紙では投票できません"
    )
    assert ballot.count("報告(議決はありません)") == ballot.count("この用紙では投票できません") == 1


def test_a_choice_has_its_options_and_says_how_one_chooses() -> None:
    whole = convocation()
    chosen = Item(number=4, title="委員", asks="choose", options=("甲", "乙"), how="順位をつけます。", marks="number")
    ballot = pages(replace(whole, meeting=replace(whole.meeting, items=(*whole.meeting.items, chosen))))[2]
    assert "第4号議案委員順位をつけます。甲乙" in ballot
    assert "甲" not in pages(whole)[2]


@pytest.mark.parametrize("chair", [True, False])
def test_the_chair_is_offered_only_where_the_rule_allows_it(*, chair: bool) -> None:
    whole = convocation()
    assert whole.proxies is not None
    form = pages(replace(whole, proxies=replace(whole.proxies, chair=chair)))[1]
    assert ("議長に一任します" in form) is chair


def test_the_cap_is_said_where_there_is_one() -> None:
    whole = convocation()
    assert whole.proxies is not None
    assert "委任は、9名分まで" in pages(whole)[1]
    assert "名分まで" not in pages(replace(whole, proxies=replace(whole.proxies, cap=None)))[1]


def test_forms_that_the_rule_knows_nothing_of_are_left_out() -> None:
    assert len(pages(replace(convocation(), proxies=None))) == 5
    found = pages(replace(convocation(), proxies=None, written=None))
    assert len(found) == 2
    assert not any("おいでになれない" in text for text in found)
    assert [text.endswith("1/1") for text in found] == [True, True]


def test_a_house_without_members_gets_a_letter_without_forms() -> None:
    (letter,) = pages(convocation(replace(household(1), name="佐藤商店")))
    assert "佐藤商店様" in letter
    assert letter.endswith("1/1")


def test_on_both_sides_letters_and_forms_begin_on_sheets_of_their_own() -> None:
    found = pages(replace(convocation(), duplex=True))
    starts = [*at(found, "招集のご通知", "様"), *at(found, "代理人の氏名")]
    assert sorted(starts) == [1, 3, 5, 7, 9]
    assert at(found, "賛成反対棄権") == [4, 6, 10]
    assert [number for number, text in enumerate(found, 1) if not text] == [2, 8]


def test_fifty_items_keep_every_page_of_a_form_known_by_its_owner() -> None:
    found = pages(convocation(household(7, "山田 太郎"), votes=50))
    ballot = at(found, "書面議決書", "0070", "山田太郎", "賛成反対棄権")
    assert len(ballot) > 1
    assert ballot == list(range(ballot[0], len(found) + 1))
    together = "".join(found[number - 1] for number in ballot)
    assert all(f"第{number}号議案議題{number}について" in together for number in range(1, 51))
    signed = at(found, "署名または記名押印", "返送先")
    assert signed == [at(found, "代理人の氏名")[0], len(found)]


@pytest.mark.parametrize("name", [LONG, LATIN])
def test_the_longest_names_stay_whole(name: str) -> None:
    found = pages(convocation(household(1, name)))
    assert len(found) == 3
    assert all(name in text for text in found)


def test_a_household_is_addressed_by_its_name_where_it_has_one() -> None:
    (first, *_) = pages(convocation(replace(household(1, "山田 太郎"), name="山田家")))
    assert "山田家様" in first
    assert "山田太郎" not in first


def test_without_a_letter_of_its_own_there_is_a_courteous_sentence() -> None:
    own: Convocation = replace(convocation(), letter="春になりました。\nおいでください。")
    assert "感謝いたします" in pages(convocation())[0]
    assert "感謝いたします" not in pages(own)[0]
    assert "春になりました。おいでください。" in pages(own)[0]


def test_batches_are_the_same_letters_in_the_same_order() -> None:
    every = convocation(*(household(at, f"会員{at}") for at in range(1, 8)))
    batches = list(every.batches(3))
    assert [len(batch.households) for batch in batches] == [3, 3, 1]
    assert [page for batch in batches for page in pages(batch)] == pages(every)
