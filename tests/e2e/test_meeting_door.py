"""The code in the room, in real browsers: shown, scanned, pressed; loaded again, the one before is worth nothing."""

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
from tests.e2e.test_proposals import sign
from tests.town import Town

pytestmark = pytest.mark.browser
SOON = 3_600_000
"""In ms: the meeting begins in an hour, so that its reception is open."""

OVERHEAR = """async () => {
  const { default: make } = await import("/static/vendor/qrcode-generator/qrcode.mjs");
  const bytes = make.stringToBytes;
  globalThis.made = [];
  make.stringToBytes = (text) => (globalThis.made.push(text), bytes(text));
}"""


@pytest.fixture
def coop(server: str) -> Coop:
    """Hanako is in the chair, Taro comes."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Taro")
    return coop


@pytest.fixture
def meeting(coop: Coop) -> str:
    body: dict[str, Any] = {
        "kind": "general",
        "mode": "room",
        "title": Private("春の総会"),
        "starts_at": canonical.format_time(time.time_ns() // 1_000_000 + SOON),
        "chair": coop.town.id("Hanako"),
    }
    return ids.object_id("mtg", coop.say("Hanako", "meeting.convene/1", body).id)


def shown(page: Page, button: str = "署名してコードを出す") -> str:
    """The fragment of the code that a poster shows once its maker has signed for it."""
    page.evaluate(OVERHEAR)
    page.get_by_role("button", name=button).click()
    sign(page, "ja")
    expect(page.locator(".poster svg")).to_be_visible()
    [link] = page.evaluate("globalThis.made")
    assert "openExternalBrowser=1#" in link
    return str(link.partition("#")[2])


def test_members_come_by_the_code_that_is_shown_and_by_no_older_one(
    coop: Coop, meeting: str, open_page: OpenPage
) -> None:
    screen, phone = open_page(), open_page(phone=True)
    asked: list[str] = []
    for page in (screen, phone):
        page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    coop.sign_in(screen, "Hanako")
    screen.goto(coop.address(f"meetings/{meeting}/code"))
    old = shown(screen)
    with screen.expect_navigation():
        screen.get_by_role("button", name="コードを替える").click()
    expect(screen.locator(".poster")).to_be_hidden()
    new = shown(screen, "新しいコードを出す")
    door = coop.address(f"meetings/{meeting}/door")

    coop.sign_in(phone, "Taro")
    phone.goto(f"{door}#{old}")
    expect(phone.get_by_text("このコードはもう使えません")).to_be_visible()
    expect(phone.get_by_role("button", name="ここにいます")).to_be_hidden()
    phone.goto(f"{door}?openExternalBrowser=1#{new}")
    phone.get_by_role("button", name="ここにいます").click()
    sign(phone, "ja")
    phone.wait_for_url(re.compile(f"/meetings/{meeting}$"))
    expect(phone.get_by_text("会場で受付ずみ", exact=True)).to_be_visible()
    expect(screen.get_by_text("会場で受付ずみ 1 人")).to_be_visible()
    assert asked
    assert not [one for one in asked if old in one.partition("#")[0] or new in one.partition("#")[0]]


def test_who_is_not_signed_in_gets_back_with_the_code(coop: Coop, meeting: str, open_page: OpenPage) -> None:
    screen, phone = open_page(), open_page(phone=True)
    coop.sign_in(screen, "Hanako")
    screen.goto(coop.address(f"meetings/{meeting}/code"))
    secret = shown(screen)
    coop.sign_in(phone, "Taro")
    phone.context.clear_cookies()
    phone.goto(f"{coop.address(f'meetings/{meeting}/door')}#{secret}")
    phone.wait_for_url(re.compile("/sign-in"))
    phone.locator("[data-people] button").first.click()
    phone.wait_for_url(re.compile("/door#"))
    expect(phone.get_by_role("button", name="ここにいます")).to_be_visible()
