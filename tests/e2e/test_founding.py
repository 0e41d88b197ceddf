"""Founding a co-op in a browser: alone with a passkey or a device key, together by link, and with second thoughts."""

from __future__ import annotations

import json
import re
import secrets

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, expect

from app.founding import genesis
from app.founding.answers import Answers, KindRow
from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {"begin": "設立をはじめる", "next": "次へ進む", "review": "確認へ進む", "passkey": "パスキーをつくる",
           "device": "この端末だけの鍵をつくる", "sign": "署名して設立する", "submit": "署名して届け出る",
           "enter": "本人確認をして、はいる", "done": "設立おめでとうございます"},
    "en": {"begin": "Begin", "next": "Next", "review": "Check everything", "passkey": "Make a passkey",
           "device": "Make a key in this browser only", "sign": "Sign and found", "submit": "Sign and submit",
           "enter": "Sign in", "done": "Congratulations"},
}  # fmt: skip


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def answer(page: Page, server: str, lang: str, slug: str, *, visibility: str = "public") -> None:
    """All six questions, up to the page that says everything once more."""
    words = WORDS[lang]
    page.goto(f"{server}/found")
    press(page, words["begin"])
    page.fill("[name=name]", "森の里協同組合")
    page.fill("[name=slug]", slug)
    press(page, words["next"])
    page.fill("[name=person_name]", "山本花子")
    page.fill("[name=person_kana]", "やまもとはなこ")
    for _ in range(4):
        press(page, words["next"])
    page.check(f"[name=visibility][value={visibility}]")
    press(page, words["review"])
    expect(page).to_have_url(re.compile(r"/found/[a-z2-7]+/review$"))


def test_alone_with_a_passkey(server: str, open_page: OpenPage) -> None:
    found_alone(server, open_page("ja", phone=True), "ja", "passkey")


def test_alone_with_a_device_key_in_english(server: str, open_page: OpenPage) -> None:
    found_alone(server, open_page("en"), "en", "device")


def found_alone(server: str, page: Page, lang: str, kind: str) -> None:
    slug, words = f"forest-{secrets.token_hex(4)}", WORDS[lang]
    answer(page, server, lang, slug)
    press(page, words[kind])
    press(page, words["sign"])
    expect(page.get_by_role("dialog")).to_contain_text("森の里協同組合")
    press(page, words["submit"])
    if kind == "passkey":
        press(page, words["enter"])
    expect(page.get_by_role("heading", name=words["done"])).to_be_visible()
    session = page.request.get(f"{server}/api/v1/ledgers/{slug}/session").json()
    assert session["roles"] == ["administrator"]
    entry = page.request.get(f"{server}/api/v1/ledgers/{slug}/entries/0").json()
    assert entry["statement"]["type"] == "ledger.genesis/1"
    assert entry["signatures"][0]["alg"] == ("webauthn" if kind == "passkey" else "ed25519")
    assert "花子" not in json.dumps(entry, ensure_ascii=False)
    assert kept_receipts(page, entry["statement"]["ledger"], session["member"]) == ["ledger.genesis/1"]


def test_from_the_founding_with_a_passkey_to_the_roster(server: str, open_page: OpenPage) -> None:
    page = open_page("ja")
    found_alone(server, page, "ja", "passkey")
    page.get_by_role("link", name="名簿を取り込む").click()
    roster = FilePayload(name="roll.csv", mimeType="text/csv", buffer="氏名\r\n海野トメ\r\n".encode("cp932"))
    page.set_input_files("[name=file]", roster)
    press(page, "ファイルを読む")
    # A passkey would ask once per line: the page says so, and leads to where a device key is made.
    page.get_by_role("main").get_by_role("link", name="この端末の鍵をつくる").click()
    expect(page).to_have_url(re.compile(r"/me/keys$"))


def kept_receipts(page: Page, ledger: str, member: str) -> list[str]:
    script = """async ([ledger, member]) => {
      const { openKeystore } = await import("/static/js/sign.js");
      return (await (await openKeystore()).receipts(ledger, member)).map(({ type }) => type);
    }"""
    kept: list[str] = page.evaluate(script, [ledger, member])
    return kept


def test_the_draft_is_gone_once_the_coop_stands(server: str, page: Page) -> None:
    slug = f"forest-{secrets.token_hex(4)}"
    answer(page, server, "ja", slug)
    draft = page.url
    press(page, WORDS["ja"]["device"])
    press(page, WORDS["ja"]["sign"])
    press(page, WORDS["ja"]["submit"])
    expect(page.get_by_role("heading", name=WORDS["ja"]["done"])).to_be_visible()
    assert httpx.get(draft).status_code == 404


def test_answers_survive_going_back_and_another_browser(server: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{server}/found")
    press(page, "設立をはじめる")
    page.fill("[name=name]", "海の里")
    page.fill("[name=slug]", "UPPER case")
    press(page, "次へ進む")
    expect(page.get_by_text("英小文字・数字・ハイフン").first).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("海の里")
    page.fill("[name=slug]", f"sea-{secrets.token_hex(4)}")
    press(page, "次へ進む")
    page.fill("[name=person_name]", "佐藤一郎")
    press(page, "前に戻る")
    press(page, "次へ進む")
    expect(page.locator("[name=person_name]")).to_have_value("佐藤一郎")
    other = open_page("en")
    other.goto(page.url.rsplit("/", 1)[0])
    expect(other).to_have_url(re.compile(r"/3$"))
    other.fill("[name=kind_name_0]", "Cash for cleaning")
    press(other, "Next")
    expect(other.get_by_text("Words for money can't be used here", exact=False).first).to_be_visible()


def test_rules_and_policies_of_ones_own(server: str, open_page: OpenPage) -> None:
    """Founders who write JSON learn where it will not do, keep what they typed, and sign it in plain words."""
    page = open_page("ja", phone=True)
    answer(page, server, "ja", f"forest-{secrets.token_hex(4)}")
    draft, kinds = page.url.rsplit("/", 1)[0], [KindRow("草刈り", "hour", 10)]
    rules, policies = genesis.rules_of(Answers()), genesis.policies_of(Answers(kinds=kinds))
    page.goto(f"{draft}/5")
    page.get_by_text("くわしい設定").click()
    typed = json.dumps(rules, indent=2).replace('"1/2"', '"2/1"', 1)
    page.fill("[name=rules]", typed)
    press(page, "次へ進む")
    fault = page.locator("#field-rules-error")
    expect(fault).to_have_text("「ordinary › threshold › fraction」のところ:全部(1)を超えています。")
    expect(page.locator("[name=rules]")).to_have_value(typed)
    press(page, "前に戻る")
    page.goto(f"{draft}/review")
    expect(page).to_have_url(re.compile(r"/5$"))
    expect(page.locator("[name=rules]")).to_have_value(typed)
    page.fill("[name=rules]", '{"ordinary": ' * 2000)
    press(page, "次へ進む")
    expect(fault).to_contain_text("入り組みすぎています")
    rules["ordinary"]["quorum"] = {"module": "heads/1", "fraction": "1/3", "strict": False}
    page.fill("[name=rules]", json.dumps(rules))
    press(page, "次へ進む")
    page.goto(f"{draft}/6")
    page.get_by_text("くわしい設定").click()
    page.fill("[name=policies]", json.dumps(policies | {"commons": {"kinds": 3}}))
    press(page, "確認へ進む")
    expect(page.locator("#field-policies-error")).to_contain_text("「commons › ")
    page.fill("[name=policies]", json.dumps(policies))
    press(page, "確認へ進む")
    press(page, WORDS["ja"]["device"])
    press(page, WORDS["ja"]["sign"])
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("・ふつうの議案:在籍する組合員の全員が投票できる。ひとり一票。")
    expect(dialog).to_contain_text("定足数は議決権者の3分の1以上")
    expect(dialog).to_contain_text("「草刈り」(kind_1)は1時間につき 10 結")
    expect(dialog.locator(".signing-sentence")).not_to_contain_text("=")
    press(page, WORDS["ja"]["submit"])
    expect(page.get_by_role("heading", name=WORDS["ja"]["done"])).to_be_visible()


def test_two_found_together(server: str, open_page: OpenPage) -> None:
    slug = f"forest-{secrets.token_hex(4)}"
    first, second = open_page("ja"), open_page("en", phone=True)
    answer(first, server, "ja", slug, visibility="members")
    first.get_by_text("いっしょに設立する人がいるとき").click()
    joining = first.get_by_role("button", name="発起人になるためのアドレス").get_attribute("data-copy") or ""
    second.goto(joining)
    second.fill("[name=person_name]", "鈴木次郎")
    press(second, "Make a passkey")
    expect(second.get_by_text("Your name and key have arrived", exact=False)).to_be_visible()
    first.reload()
    press(first, "この端末だけの鍵をつくる")
    press(first, "発起人はこれで全員です。内容を確定する")
    press(first, "署名する")
    press(first, "署名して届け出る")
    expect(first.get_by_text("ほかの発起人の署名を待っています", exact=False)).to_be_visible()
    press(second, "Sign")
    expect(second.get_by_role("dialog")).to_contain_text("鈴木次郎")
    press(second, "Sign and submit")
    press(second, "Sign in")
    expect(second.get_by_role("heading", name="Congratulations")).to_be_visible()
    expect(first.get_by_role("heading", name="設立おめでとうございます")).to_be_visible(timeout=15_000)
    assert httpx.get(f"{server}/").text.count("森の里協同組合") == 0 or slug not in httpx.get(f"{server}/").text


def test_an_in_app_browser_is_told_apart_before_any_key_is_made(server: str, open_page: OpenPage, page: Page) -> None:
    answer(page, server, "ja", f"forest-{secrets.token_hex(4)}")
    context = page.context.browser.new_context(user_agent="Mozilla/5.0 (iPhone) Line/14.1.0", locale="ja-JP")  # type: ignore[union-attr]
    inside = context.new_page()
    inside.goto(page.url)
    expect(inside.get_by_text("アプリの中の画面では鍵を守れません", exact=False)).to_be_visible()
    assert "openExternalBrowser=1" in (inside.get_by_role("link", name="ブラウザーで開く").get_attribute("href") or "")
    expect(inside.get_by_role("button", name="パスキーをつくる")).to_be_hidden()
    context.close()
