"""The browser half against the running service: signing in, and posting what the modules build."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Coop

pytestmark = pytest.mark.browser

PROFILE = """({ slug, member }) => {
  // Not awaited: first somebody has to agree.
  globalThis.done = import("/static/js/sign.js").then(async ({ signAndSubmit }) => {
    const said = { type: "coop.profile/1", author: member, body: { profile: {} } };
    const { status, index } = await signAndSubmit({ slug, ...said, privates: { "profile/name": "海の里" } });
    return { status, index };
  });
}"""


def test_a_member_signs_in_with_the_key_on_the_device(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    answer = page.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/session")
    assert answer.json()["member"] == coop.town.id("Hanako")
    assert answer.json()["roles"] == ["administrator"]


def test_after_signing_out_going_back_shows_nothing(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("me"))
    heading = page.get_by_role("heading", level=1).inner_text()
    page.locator('form[action$="/sign-out"]').evaluate("form => form.requestSubmit()")
    page.wait_for_url(coop.address("sign-in"))
    page.go_back()
    expect(page.get_by_text("組合員のためのものです")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    session = page.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/session")
    assert session.status == 401


def test_what_the_browser_signs_is_recorded(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.evaluate(PROFILE, {"slug": coop.slug, "member": coop.town.id("Hanako")})
    page.get_by_role("button", name="届け出る").click()
    assert page.evaluate("globalThis.done") == {"status": "recorded", "index": 1}


def test_the_apis_description_is_shown_without_anything_from_elsewhere(server: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/api/v1/docs")
    page.get_by_text("Post a statement", exact=True).first.wait_for()
    assert [url for url in asked if not url.startswith((server, "data:"))] == []
