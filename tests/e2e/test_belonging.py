"""Where a member belongs and what they paid, said and signed in browsers by those whom it takes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Coop, OpenPage
from tests.e2e.test_accessibility import faults
from tests.e2e.test_members import countersign, sign

pytestmark = pytest.mark.browser


def is_sound(page: Page, address: str, lang: str) -> bool:
    """Whether everybody can use that page, on which the browser then stays."""
    page.emulate_media(reduced_motion="reduce")  # no colour on its way
    return faults(page, address, lang) == []


def send(page: Page, statement: str, lang: str) -> None:
    page.locator(f'form[data-statement="{statement}"] button').first.click()
    with page.expect_navigation():  # to the member's page, when it waits for the second signature
        sign(page, lang)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_two_officials_record_a_household_and_then_a_part_of_it(coop: Coop, open_page: OpenPage, lang: str) -> None:
    coop.join("Jiro", "Ume", "Taro")
    coop.appoint("Jiro", "facilitator")
    page, second = open_page(lang), open_page(lang, phone=True)
    coop.sign_in(page, "Hanako")
    coop.sign_in(second, "Jiro")
    assert is_sound(page, coop.address(f"members/{coop.town.id('Ume')}/belonging"), lang)
    page.locator("#field-area").fill("kita")
    page.locator('input[name="household"][value="new"]').check()
    page.locator("select").first.select_option(coop.town.id("Jiro"))
    send(page, "member.belong/1", lang)
    countersign(coop, second, lang)
    page.goto(coop.address(f"members/{coop.town.id('Taro')}/belonging?q=Ume"))
    page.locator('input[name="household"][value^="hh_"]').check()
    page.locator('input[name="represents"][value="false"]').check()
    page.locator("select").first.select_option(coop.town.id("Jiro"))
    send(page, "member.belong/1", lang)
    countersign(coop, second, lang)
    coop.sign_in(second, "Taro")
    second.goto(coop.address("me"))
    expect(second.locator("#belonging")).to_contain_text("Ume")
    expect(second.locator("#belonging")).not_to_contain_text("kita")  # hers, not his


def test_shares_are_paid_and_paid_back_with_the_members_signature(coop: Coop, open_page: OpenPage) -> None:
    coop.join("Taro")
    page, taro = open_page(), open_page(phone=True)
    coop.sign_in(page, "Hanako")
    coop.sign_in(taro, "Taro")
    assert is_sound(page, coop.address(f"members/{coop.town.id('Taro')}/shares"), "ja")
    for way, shares, yen, held in (("in", "5", "５０,０００", "5口 50,000円"), ("out", "2", "20000", "3口 30,000円")):
        page.goto(coop.address(f"members/{coop.town.id('Taro')}/shares"))
        form = page.locator("form[data-cosigners]")
        form.locator(f'input[name="way"][value="{way}"]').check()
        form.locator('input[name="shares"]').fill(shares)
        form.locator('input[name="yen"]').fill(yen)
        send(page, "equity.payment/1", "ja")
        countersign(coop, taro, "ja")
        taro.goto(coop.address("me"))
        expect(taro.locator("#belonging")).to_contain_text(held)
