"""The office prints: files are made one after the other and it is told of them; what stands on all of them is kept."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage
from tests.town import Town

pytestmark = pytest.mark.browser
ADDRESS = "〒519-3600 尾鷲市中央町1-1"


@pytest.fixture
def coop(server: str) -> Coop:
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Jiro")
    coop.appoint("Jiro", "facilitator")
    return coop


@pytest.fixture
def papers(coop: Coop) -> str:
    body: dict[str, Any] = {
        "kind": "general",
        "mode": "room",
        "title": Private("春の総会"),
        "starts_at": canonical.format_time(time.time_ns() // 1_000_000 + 86_400_000),
        "chair": coop.town.id("Hanako"),
    }
    meeting = ids.object_id("mtg", coop.say("Hanako", "meeting.convene/1", body).id)
    return coop.address(f"meetings/{meeting}/papers")


def made(page: Page, button: str) -> bytes:
    """The file that a button brings."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def test_each_file_is_said_to_be_made_and_the_address_is_kept_for_the_next_time(
    coop: Coop, papers: str, open_page: OpenPage
) -> None:
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(papers)
    expect(page.get_by_role("button", name="保存した返送先と連絡先を消す")).to_be_hidden()
    page.fill("[name=back]", ADDRESS)
    assert made(page, "1〜2世帯目").startswith(b"%PDF")
    expect(page.locator("#letters [data-made]")).to_contain_text("「1〜2世帯目」ができました")
    expect(page.get_by_role("button", name="1〜2世帯目 ✓")).to_be_visible()
    assert made(page, "受付名簿").startswith(b"%PDF")
    page.reload()
    expect(page.locator("[name=back]")).to_have_value(ADDRESS)
    page.get_by_role("button", name="保存した返送先と連絡先を消す").click()
    page.reload()
    expect(page.locator("[name=back]")).to_have_value("")


def test_what_could_not_be_made_is_said(coop: Coop, papers: str, open_page: OpenPage) -> None:
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(papers)
    page.route(re.compile("/papers/labels"), lambda route: route.abort())
    page.get_by_role("button", name="ラベルを作る").click()
    expect(page.locator("#labels [data-made] .banner-error")).to_be_visible()
    page.unroute_all()
    assert made(page, "ラベルを作る").startswith(b"%PDF")


def test_another_person_at_the_same_browser_has_their_own(coop: Coop, papers: str, open_page: OpenPage) -> None:
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(papers)
    page.fill("[name=contact]", "0597-00-0000")
    made(page, "受付名簿")
    coop.sign_in(page, "Jiro")
    page.goto(papers)
    expect(page.locator("[name=contact]")).to_have_value("")
