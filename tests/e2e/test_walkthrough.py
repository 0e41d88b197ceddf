"""A newcomer's whole way on a blank service: found, import, invite, decide on paper and off it, export, verify."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Coop, OpenPage, Travelling
from tests.e2e.test_founding import WORDS as FOUNDING
from tests.e2e.test_founding import answer
from tests.e2e.test_proposals import DAY, call, draft, fill, vote
from tests.e2e.test_roster import members, upload
from tests.town import Town

pytestmark = pytest.mark.browser

ROSTER = (
    "会員番号,氏名,ﾌﾘｶﾞﾅ,班,入会日\r\n"
    "001,海野 トメ,ｳﾐﾉ ﾄﾒ,一班,令和8年4月1日\r\n"
    "002,髙橋 ①郎,ﾀｶﾊｼ ｲﾁﾛｳ,二班,2026/4/1\r\n"
)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name=re.compile("署名して届け出る")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def found(travelling: Travelling, page: Page) -> Coop:
    """By the six questions, with a key of this browser, the ledger open to everyone."""
    slug, words = f"walk-{secrets.token_hex(4)}", FOUNDING["ja"]
    answer(page, travelling.address, "ja", slug)
    press(page, words["device"])
    press(page, words["sign"])
    sign(page)
    expect(page.get_by_role("heading", name=words["done"])).to_be_visible()
    return Coop(travelling.address, Town(slug))


def invite(coop: Coop, office: Page, guest: Page) -> None:
    """The office makes a link; another browser opens it, makes a passkey and is a member at once."""
    office.goto(coop.address("members/invite"))
    press(office, "招待リンクをつくる")
    sign(office)
    expect(office.locator("svg.qr")).to_be_visible()
    guest.goto(office.get_by_role("button", name="リンクをコピー").get_attribute("data-copy") or "")
    guest.fill("[name=name]", "山田 次郎")
    press(guest, "パスキーをつくって進む")
    sign(guest)
    press(guest, "本人確認をして、はいる")
    expect(guest).to_have_url(coop.address("me"))


def appoint(coop: Coop, office: Page, name: str, role: str) -> None:
    office.goto(coop.address("office/roles") + f"?q={name}")
    office.select_option("[name=role]", label=role)
    press(office, "署名して任せる")
    sign(office)
    expect(office.get_by_role("list", name=role)).to_contain_text(name)


def enter_paper(office: Page, address: str, name: str, choice: str) -> None:
    """Whoever holds the paper enters it, and asks the one other official to countersign."""
    office.goto(f"{address}/paper?q={name}")
    office.get_by_role("link", name=name).click()
    office.get_by_label(choice, exact=True).check()
    office.fill("[name=paper]", "書面議決書 1番、事務局の綴り")
    office.select_option("#field-second", index=1)
    press(office, "署名して連署を頼む")
    sign(office)
    expect(office.locator("#waiting")).to_contain_text(name)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "app.cli", *arguments]
    return subprocess.run(line, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


def flip(folder: Path, said: bytes) -> None:
    """One bit of the bytes that say so."""
    (path,) = [path for path in (folder / "tile" / "entries").rglob("*") if path.is_file()]
    data = bytearray(path.read_bytes())
    assert data.count(said) == 1
    data[data.index(said)] ^= 1
    path.write_bytes(data)


def test_from_nothing_to_a_changed_rule_that_anyone_verifies(
    travelling: Travelling, open_page: OpenPage, tmp_path: Path
) -> None:
    office, guest = open_page("ja"), open_page("ja", phone=True)
    coop = found(travelling, office)

    upload(coop, office, "ja", ROSTER.encode("cp932"))
    press(office, "2人を名簿に加える")
    office.get_by_role("dialog").get_by_role("button", name=re.compile("件に署名して届け出る")).click()
    expect(office.get_by_role("main")).to_contain_text("2人を名簿に加えました")
    invite(coop, office, guest)
    assert members(coop, office) == 4
    appoint(coop, office, "山田 次郎", "進行役")
    decide(coop, travelling, office, guest)
    check(coop, office, tmp_path / "copy")


def decide(coop: Coop, travelling: Travelling, office: Page, guest: Page) -> None:
    """The first decision: from now on votes take three days. Three of four vote, one of them on paper."""
    office.goto(coop.address("rules"))
    office.locator("#ordinary").get_by_role("link", name="変更を提案する").click()
    office.wait_for_url(re.compile("/proposals/new"))
    fill(office, "timing/voting_seconds", "3")
    expect(office.locator("#told")).to_contain_text("投票の期間は3日です。")
    address = draft(office, "ja", "投票を3日にする")
    call(office, "ja")
    vote(office, "ja", "賛成")
    guest.goto(address)
    vote(guest, "ja", "賛成")
    enter_paper(office, address, "海野 トメ", "賛成")
    guest.goto(coop.address())
    guest.get_by_role("link", name="あなたの署名を待つ届出が1件あります").click()
    press(guest, "確かめて連署する")
    sign(guest)
    expect(guest.get_by_role("heading", name="連署を待つ届出はありません")).to_be_visible()
    travelling.forward(7 * DAY)
    office.goto(address)
    expect(office.locator("#outcome")).to_contain_text("に実行されました")
    expect(office.locator("#outcome")).to_contain_text("3票")
    office.goto(coop.address("rules"))
    expect(office.locator("#ordinary")).to_contain_text("投票の期間は3日です。")


def check(coop: Coop, page: Page, folder: Path) -> None:
    """Whoever has a copy verifies it; one changed bit in the paper ballot, and that entry is named."""
    exported = run("export", coop.server, str(folder), "--ledger", coop.slug)
    assert exported.returncode == 0, exported.stderr
    verified = run("verify", str(folder), "--lang", "en")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    page.goto(coop.address("ledger") + "?book=ballot")
    newest = str(page.locator("main").locator("a[href*='/ledger/']").first.get_attribute("href")).rpartition("/")[2]
    flip(folder, b'"via":"paper"')
    tampered = run("verify", str(folder), "--lang", "en")
    assert tampered.returncode == 1, tampered.stdout + tampered.stderr
    assert f"entry {newest}: " in tampered.stdout
