"""A roster from a spreadsheet, in Chromium: read, previewed, signed line by line with a device key; twice is once."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Coop, OpenPage
from tests.simulator import commons_policy, members_policy
from tests.town import Town

pytestmark = pytest.mark.browser

SLOW = 60_000
"""Milliseconds that many signatures may take on a busy machine."""
ROSTER = (
    "会員番号,氏名,ﾌﾘｶﾞﾅ,班,入会日,区分\r\n"
    '="001",髙橋 ①郎,ﾀｶﾊｼ ｲﾁﾛｳ,\ufa11班,令和8年4月1日,組合員\r\n'
    '="002",海野 花子,うんの はなこ,二班,2026/4/1,\r\n'
    "3,川上 次郎,かわかみ じろう,二班,平成31年5月1日,\r\n"
    '="001",髙橋①郎,,,,\r\n'
)
WORDS = {
    "ja": {
        "read": "ファイルを読む",
        "enter": "人を名簿に加える",
        "sign": "件に署名して届け出る",
        "entered": "2人を名簿に加えました",
        "era": "その元号にない日です",
        "nothing": "加える人はいません",
        "number": "番号が 髙橋",
        "go": "この意味で読む",
    },
    "en": {
        "read": "Read the file",
        "enter": "Enter 2",
        "sign": "Sign",
        "entered": "2 members were entered",
        "era": "outside that era",
        "nothing": "Nobody to enter",
        "number": "same number as 髙橋",
    },
}

BREAK_OFF = """() => {
  let sent = 0;
  const { fetch } = window;
  window.fetch = (...given) => String(given[0]).endsWith("/statements/batch") && ++sent > 1
    ? Promise.reject(new TypeError("Failed to fetch"))
    : fetch(...given);
}"""
"""Until the page is loaded again, the network is gone after the first batch."""


def upload(coop: Coop, page: Page, lang: str, data: bytes) -> None:
    page.goto(coop.address("office/roster"))
    page.set_input_files("[name=file]", {"name": "名簿.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name=WORDS[lang]["read"]).click()


def members(coop: Coop, page: Page) -> int:
    answer = page.request.get(coop.address("office/roll.csv"))
    return len(answer.body().decode("utf-8-sig").splitlines()) - 1


def enter(page: Page, lang: str) -> None:
    page.get_by_role("main").get_by_role("button", name=re.compile(WORDS[lang]["enter"])).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile(WORDS[lang]["sign"])).click()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_cp932_roster_comes_in_and_twice_adds_nothing(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words = WORDS[lang]
    page = open_page(lang)
    coop.sign_in(page, "Hanako")
    upload(coop, page, lang, ROSTER.encode("cp932"))
    expect(page.get_by_role("main")).to_contain_text("cp932")
    expect(page.get_by_role("row").filter(has_text="川上 次郎")).to_contain_text(words["era"])
    assert members(coop, page) == 1
    enter(page, lang)
    expect(page.get_by_role("main")).to_contain_text(words["entered"])
    assert members(coop, page) == 3

    upload(coop, page, lang, ROSTER.encode("cp932"))
    expect(page.get_by_role("main")).to_contain_text(words["nothing"])
    expect(page.get_by_role("row").filter(has_text="ﾀｶﾊｼ")).to_contain_text(words["number"])
    assert members(coop, page) == 3


def test_what_was_typed_is_kept_character_by_character(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", ROSTER.encode("utf-8-sig"))
    enter(page, "ja")
    expect(page.get_by_role("main")).to_contain_text(WORDS["ja"]["entered"])
    answer = page.request.get(coop.address("office/roll.csv?encoding=cp932"))
    assert "髙橋 ①郎,ﾀｶﾊｼ ｲﾁﾛｳ,,001,,\ufa11班" in answer.body().decode("cp932")


def test_what_broke_off_goes_on_without_adding_anybody_twice(coop: Coop, open_page: OpenPage) -> None:
    lines = [f"{n},組合員 {n}号,くみあいいん {n}" for n in range(1, 251)]
    page = open_page()
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", "\r\n".join(["番号,氏名,かな", *lines]).encode())
    page.evaluate(BREAK_OFF)
    enter(page, "ja")
    expect(page.get_by_text("途中で止まりました")).to_be_visible(timeout=SLOW)
    assert members(coop, page) == 101
    page.reload()
    page.get_by_role("main").get_by_role("button", name=re.compile("150人を名簿に加える")).click()
    expect(page.get_by_role("main")).to_contain_text("250人を名簿に加えました", timeout=SLOW)
    assert members(coop, page) == 251


def test_another_device_goes_on_with_what_is_left(coop: Coop, open_page: OpenPage) -> None:
    page = open_page()
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", "\r\n".join(["番号,氏名", *(f"{n},人 {n}" for n in range(1, 121))]).encode())
    page.evaluate(BREAK_OFF)
    enter(page, "ja")
    expect(page.get_by_text("途中で止まりました")).to_be_visible(timeout=SLOW)
    other = open_page()
    coop.sign_in(other, "Hanako")
    other.goto(page.url)
    enter(other, "ja")
    expect(other.get_by_role("main")).to_contain_text("20人を名簿に加えました", timeout=SLOW)
    assert members(coop, other) == 121
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("この取り込みはもうありません")
    assert members(coop, page) == 121


def test_two_officials_enter_a_roster_with_one_confirmation_each(server: str, open_page: OpenPage) -> None:
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    people = members_policy() | {"admission": "two_officials"}
    coop.found("Hanako", "Jiro", policies={"commons": commons_policy(), "members": people})
    coop.appoint("Jiro", "facilitator")
    roster = "\r\n".join(["番号,氏名", *(f"{n},人 {n}" for n in range(1, 121))]).encode()
    first, second = open_page("ja"), open_page("en")
    coop.sign_in(first, "Hanako")
    upload(coop, first, "ja", roster)
    go = first.get_by_role("main").get_by_role("button", name="120人を届け出て、連署を頼む")
    go.click()
    expect(first.get_by_role("alert")).to_contain_text("役員を選んでください")
    first.select_option("[data-second]", label="Jiroさん")
    go.click()
    first.get_by_role("dialog").get_by_role("button", name=re.compile(WORDS["ja"]["sign"])).click()
    expect(first.get_by_role("main")).to_contain_text("120人を届け出ました", timeout=SLOW)
    assert members(coop, first) == 2
    # Whoever waits is not entered a second time.
    upload(coop, first, "ja", roster)
    expect(first.get_by_role("main")).to_contain_text(WORDS["ja"]["nothing"])
    expect(first.get_by_role("row").filter(has_text="人 12").first).to_contain_text("連署を待っています")
    coop.sign_in(second, "Jiro")
    second.goto(coop.address("office/countersign"))
    second.get_by_role("button", name="Check and countersign 120").click()
    second.get_by_role("dialog").get_by_role("button", name=re.compile("120")).click()
    expect(second.get_by_text("Nothing waits for you")).to_be_visible(timeout=SLOW)
    assert members(coop, first) == 122
    newest = second.request.get(f"{server}/api/v1/ledgers/{coop.slug}/context").json()["size"] - 1
    entry = second.request.get(f"{server}/api/v1/ledgers/{coop.slug}/entries/{newest}").json()
    assert entry["statement"]["type"] == "member.enter/1"
    assert len(entry["signatures"]) == 2


def test_headings_that_say_nothing_are_asked_about(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", "1\t山田 太郎\t名誉\n2\t海野 花子\t団体\n".encode("cp932"))
    expect(page).to_have_url(re.compile("/columns$"))
    page.get_by_label("「A」の列").select_option("number")
    page.get_by_label("「B」の列").select_option("name")
    page.get_by_label("「C」の列").select_option("cls")
    page.get_by_role("button", name=WORDS["ja"]["go"]).click()
    page.get_by_label("「名誉」と書かれた人").select_option("supporter")
    page.get_by_role("button", name=WORDS["ja"]["go"]).click()
    expect(page.get_by_role("row").filter(has_text="山田 太郎")).to_contain_text("加える")
    expect(page.get_by_role("row").filter(has_text="海野 花子")).to_contain_text("団体")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "何も書かれていません"),
        ("氏名\r\n山田\r\n".encode("utf-16"), "UTF-16"),
        ("氏名,班\n山田,\x00\n".encode(), "NUL"),
        ('氏名,班\n"山田,一班\n'.encode(), "2行目の1列目で始まる引用符"),
        ("氏名\n山田".encode() + b"\xff", "2行目の3文字目"),
        (("氏名" + ",x" * 9_999).encode(), "列が多すぎます"),
        (b"PK\x03\x04....", "xlsx"),
    ],
)
def test_files_that_are_no_rosters_are_refused_in_words(coop: Coop, page: Page, data: bytes, words: str) -> None:
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", data)
    expect(page.get_by_role("alert")).to_contain_text(words)


def test_money_is_left_out_by_name(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    upload(coop, page, "ja", "氏名,出資金,残高(円)\n山田 太郎,50000,120\n".encode("cp932"))
    expect(page.get_by_role("main")).to_contain_text("お金の列(2列)は取り込みません")
    expect(page.get_by_role("main")).to_contain_text("出資金、残高(円)")
    assert "50000" not in page.content()


def test_only_administrators_import(coop: Coop, page: Page) -> None:
    coop.join("Taro")
    coop.sign_in(page, "Taro")
    answer = page.goto(coop.address("office/roster"))
    assert answer is not None
    assert answer.status == 403
