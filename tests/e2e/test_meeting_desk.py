"""A meeting convened with a document and changed, and people checked in by two officials, in real browsers."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage
from tests.e2e.test_proposals import sign
from tests.town import Town

pytestmark = pytest.mark.browser
SOON = """() => {
  const soon = new Date(Date.now() + 10 * 3_600_000); // in an hour, nine hours east of UTC
  return soon.toISOString().slice(0, 16);
}"""


@pytest.fixture
def coop(server: str) -> Coop:
    """Hanako administers, Jiro countersigns; Matsu and Take have no device."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Jiro")
    coop.appoint("Jiro", "facilitator")
    for name, kana in (("松", "まつ"), ("竹", "たけ")):
        body = {"cls": "member", "profile": {"name": Private(name), "kana": Private(kana)}, "type": "person"}
        coop.say("Hanako", "member.enter/1", body)
    return coop


def convened(page: Page, coop: Coop, document: Path) -> str:
    """The address of a meeting that the page has convened with that document."""
    page.goto(coop.address("meetings/new"))
    page.fill("[name=title]", "春の総会")
    page.fill("[name=starts_at]", page.evaluate(SOON))
    page.locator("summary", has_text="資料").click()
    page.set_input_files("#document-0-file", document)
    expect(page.locator("#document-0-name")).to_have_value(document.name)
    page.get_by_role("button", name="招集する", exact=True).click()
    expect(page.locator("dialog[open]")).to_contain_text(f"sha256:{hashlib.sha256(document.read_bytes()).hexdigest()}")
    # Whatever was left empty is not said.
    expect(page.locator("dialog[open]")).not_to_contain_text("ほかに")
    sign(page, "ja")
    page.wait_for_url(re.compile(r"/meetings/mtg_\w+$"))
    return page.url


def test_a_document_is_held_against_its_hash_also_once_the_meeting_is_changed(
    coop: Coop, open_page: OpenPage, tmp_path: Path
) -> None:
    document, other = tmp_path / "決算書.txt", tmp_path / "other.txt"
    document.write_text("収入 100、支出 90")
    other.write_text("収入 100、支出 99")
    page = open_page()
    coop.sign_in(page, "Hanako")
    meeting = convened(page, coop, document)
    page.goto(f"{meeting}/amend")
    page.fill("[name=title]", "春の総会(延期)")
    page.get_by_role("button", name="改める", exact=True).click()
    sign(page, "ja")
    page.wait_for_url(meeting)
    expect(page.get_by_role("heading", level=1)).to_have_text("春の総会(延期)")
    page.locator("summary", has_text="手元のファイル").click()
    for file, said in ((document, "同じファイルです"), (other, "違うファイルです")):
        page.set_input_files("#check-1", file)
        expect(page.locator("[data-result]")).to_contain_text(said)


def test_who_comes_without_a_phone_is_checked_in_and_countersigned_together(
    coop: Coop, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a")
    desk, second = open_page(phone=True), open_page(phone=True)
    coop.sign_in(desk, "Hanako")
    meeting = convened(desk, coop, tmp_path / "a.txt")
    desk.goto(f"{meeting}/reception")
    for name in ("松", "竹"):
        desk.fill("[name=q]", name)
        expect(desk.locator("#reception .thing")).to_have_count(1)
        desk.get_by_role("button", name=f"{name}さんの受付をする").click()
        sign(desk, "ja")
        expect(desk.locator("#reception .thing")).to_contain_text("連署待ち")
    coop.sign_in(second, "Jiro")
    second.goto(coop.address("office/countersign"))
    expect(second.get_by_text("受付をした2人")).to_be_visible()
    second.get_by_role("button", name="2件を確かめて連署する").click()
    sign(second, "ja")
    expect(second.get_by_text("連署を待つ届出はありません")).to_be_visible()
    # The desk hears of it by itself.
    expect(desk.locator("#reception .thing")).to_contain_text("会場")
    expect(desk.locator("#reception")).to_contain_text("会場 2 人")
