"""Forms that speak on the ledger, in a real browser: said, refused, declined, waiting, and not twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Coop

pytestmark = pytest.mark.browser

PUT = """(html) => {
  const main = document.querySelector("main");
  main.innerHTML = html; // as htmx would: after the page's scripts have run
}"""
PROFILE = """<form data-statement="coop.profile/1" {more}>
  <div class="field"><label for="name">名前</label>
  <input id="name" name="profile/name" data-as="private" value="{name}" required maxlength="40"></div>
  <label>趣旨 <input name="profile/about" data-as="private"></label>
  <button>名乗りを改める</button></form>"""
GIFT = """<form data-statement="token.gift/1" data-names='{{"{to}":"太郎"}}'>
  <input type="hidden" name="to" value="{to}">
  <div class="field"><label for="amount">数</label>
  <input id="amount" name="amount" data-as="integer" value="{amount}"></div>
  <button>贈る</button></form>"""


def put(page: Page, html: str) -> None:
    page.evaluate(PUT, html)


def profile(page: Page, name: str = "海の里", more: str = "") -> None:
    put(page, PROFILE.format(name=name, more=more))


def press(page: Page) -> None:
    page.get_by_role("button", name="名乗りを改める").click()


def agree(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="署名して届け出る").click()


@pytest.fixture
def hanako(coop: Coop, page: Page) -> Page:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("ledger"))
    return page


def test_what_is_said_stands_in_the_dialog_and_is_then_recorded(coop: Coop, hanako: Page) -> None:
    profile(hanako, more=f'data-then="/c/{coop.slug}/ledger/{{index}}"')
    press(hanako)
    said = hanako.locator(".signing-sentence")
    expect(said).to_contain_text("海の里")
    expect(said).not_to_contain_text("趣旨")
    sentence = said.inner_text()
    agree(hanako)
    hanako.wait_for_url(coop.address("ledger/1"))
    expect(hanako.locator("#toasts")).to_contain_text("第1号として台帳に記録されました")
    expect(hanako.locator(".lead")).to_have_text(sentence)


def test_what_is_pressed_before_the_script_is_there_waits_for_it(coop: Coop, hanako: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    hanako.route("**/js/statement-form.js?*", hold)
    hanako.goto(coop.address("ledger"), wait_until="commit")
    hanako.locator("#toasts").wait_for(state="attached")  # the end of the page
    profile(hanako, "秘密の里")
    hanako.locator("main form").evaluate("(form) => form.requestSubmit()")
    expect(hanako.get_by_label("名前")).to_be_visible()
    assert hanako.url == coop.address("ledger")
    held[0].continue_()
    expect(hanako.locator(".signing-sentence")).to_contain_text("秘密の里")


def test_an_empty_field_is_refused_in_words_before_anything_is_asked(hanako: Page) -> None:
    profile(hanako, name="")
    press(hanako)
    field = hanako.get_by_label("名前")
    expect(hanako.get_by_role("alert")).to_contain_text("直すところ")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("入力してください。")
    expect(hanako.get_by_role("dialog")).to_have_count(0)
    field.fill("山の里")
    press(hanako)
    expect(hanako.get_by_role("dialog")).to_be_visible()
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_what_is_no_number_is_said_at_its_field(coop: Coop, hanako: Page) -> None:
    coop.join("Taro")
    put(hanako, GIFT.format(to=coop.town.id("Taro"), amount="たくさん"))
    hanako.get_by_role("button", name="贈る").click()
    expect(hanako.locator("#amount")).to_have_accessible_description(re.compile("整数"))


def test_a_no_of_the_ledger_is_said_in_its_words_and_leaves_the_form(coop: Coop, hanako: Page) -> None:
    coop.join("Taro")
    put(hanako, GIFT.format(to=coop.town.id("Taro"), amount="100000"))
    hanako.get_by_role("button", name="贈る").click()
    expect(hanako.locator(".signing-sentence")).to_contain_text("太郎さん")
    agree(hanako)
    expect(hanako.get_by_role("alert")).not_to_be_empty()
    expect(hanako.get_by_role("button", name="贈る")).to_be_enabled()


def test_a_name_that_came_with_a_control_is_said(coop: Coop, hanako: Page) -> None:
    coop.join("Taro")
    taro = coop.town.id("Taro")
    named = f"""<output form="gift" hidden data-names='{{"{taro}":"次郎"}}'></output>"""
    put(hanako, GIFT.format(to=taro, amount="10").replace("<form", '<form id="gift"') + named)
    hanako.get_by_role("button", name="贈る").click()
    expect(hanako.locator(".signing-sentence")).to_contain_text("次郎さん")


def test_declining_says_so_and_asks_again_when_asked(hanako: Page) -> None:
    profile(hanako)
    press(hanako)
    hanako.get_by_role("dialog").get_by_role("button", name="やめる").click()
    expect(hanako.locator("#toasts")).to_contain_text("何も届け出ていません")
    press(hanako)
    expect(hanako.get_by_role("dialog")).to_be_visible()


def test_two_presses_say_it_once(coop: Coop, hanako: Page) -> None:
    profile(hanako, more='data-then="stay"')
    hanako.evaluate("() => { const f = document.querySelector('main form'); f.requestSubmit(); f.requestSubmit(); }")
    expect(hanako.get_by_role("dialog")).to_have_count(1)
    agree(hanako)
    expect(hanako.locator("#toasts")).to_contain_text("第1号")
    expect(hanako.get_by_role("button", name="名乗りを改める")).to_be_disabled()
    size = hanako.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/context").json()["size"]
    assert size == 2


def test_without_a_key_the_way_in_is_shown(coop: Coop, hanako: Page) -> None:
    hanako.evaluate("async () => (await (await import('/static/js/sign.js')).openKeystore()).forgetEverything()")
    profile(hanako)
    press(hanako)
    expect(hanako.get_by_role("alert")).to_contain_text("鍵がありません")
    href = hanako.get_by_role("alert").get_by_role("link").get_attribute("href")
    assert href == f"/c/{coop.slug}/sign-in?next=%2Fc%2F{coop.slug}%2Fledger"


def test_without_a_network_it_waits_and_is_sent_later(coop: Coop, hanako: Page) -> None:
    profile(hanako)
    press(hanako)
    expect(hanako.get_by_role("dialog")).to_be_visible()
    hanako.context.set_offline(True)
    agree(hanako)
    expect(hanako.locator("main [data-said]")).to_contain_text("つながりしだい送ります")
    expect(hanako.get_by_role("button", name="名乗りを改める")).to_be_disabled()
    hanako.context.set_offline(False)
    expect(hanako.locator("#toasts")).to_contain_text("第1号として台帳に記録されました")


def test_a_statement_of_two_waits_for_the_other(coop: Coop, hanako: Page) -> None:
    coop.join("Taro")
    more = f'data-cosigners="{coop.town.id("Taro")}" data-then="stay"'
    profile(hanako, more=more)
    press(hanako)
    agree(hanako)
    expect(hanako.locator("#toasts")).to_contain_text("あと1人の署名を待っています")


def test_the_place_of_what_was_made_is_known_beforehand(coop: Coop, hanako: Page) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    until = f'<input type="hidden" name="until" value="{soon}" data-as="time">'
    key = "key_" + "a" * 26
    form = f"""<form data-statement="member.invite/1" data-then="/c/{coop.slug}/join/{{inv}}">
      <input type="hidden" name="key" value="{key}" data-as="id">
      <input type="hidden" name="cls" value="member">{until}<button>招く</button></form>"""
    put(hanako, form)
    hanako.get_by_role("button", name="招く").click()
    agree(hanako)
    hanako.wait_for_url(re.compile(r"/join/inv_[a-z2-7]{26}$"))
