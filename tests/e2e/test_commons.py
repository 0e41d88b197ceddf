"""The commons through pages, in both languages: report, attest, tokens, book with a hold, hand over, settle."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage
from tests.town import Written

pytestmark = pytest.mark.browser

SAID: dict[str, dict[str, Any]] = {
    "ja": {
        "report": "届け出る",
        "confirm_work": re.compile("確認する$"),
        "available": "使える分",
        "held": "仮押さえ",
        "total": "合計",
        "go": re.compile("^つぎへ"),
        "book": "予約する",
        "hand_over": "引き渡す",
        "handed_over": "引き渡しずみ",
        "settle": "済みにする",
        "cancel": "予約を取り消す",
        "taken": "ほかの人の予約が先に入りました",
        "preview": "20 結 を受け取ります",
    },
    "en": {
        "report": "Report",
        "confirm_work": re.compile("^Confirm"),
        "available": "Available",
        "held": "Held",
        "total": "Total",
        "go": re.compile("^Continue"),
        "book": "Book",
        "hand_over": "Hand over",
        "handed_over": "Handed over",
        "settle": "Settle",
        "cancel": "Cancel the booking",
        "taken": "Someone else has booked that time",
        "preview": "this earns 20 yui",
    },
}


WRITTEN = {"ja": re.compile(r"20\d\d年\d+月\d+日"), "en": re.compile(r"\d+ [A-Z][a-z]+ 20\d\d")}


def sign(page: Page) -> None:
    """Agree in the dialog and wait until the page has gone on."""
    said = page.locator("dialog.signing-dialog")
    with page.expect_navigation():
        said.get_by_role("button").last.click()


def tiles(page: Page, coop: Coop, lang: str) -> tuple[int, int, int]:
    """(total, held, available) as the page shows them."""
    page.goto(coop.address("tokens"))
    words = SAID[lang]
    found = []
    for name in ("total", "held", "available"):
        label = re.compile(f"^\\s*{words[name]}\\s*$")
        value = page.locator(".stat", has=page.locator(".stat-label", has_text=label)).locator(".stat-value")
        found.append(int(re.sub(r"\D", "", value.inner_text())))
    return found[0], found[1], found[2]


def earn(coop: Coop, member: str, hours: int, witness: str = "Hanako") -> None:
    """Give ``member`` ten tokens an hour, over HTTP."""
    day = canonical.format_time(time.time_ns() // 1_000_000 - 86_400_000)[:10]
    body = {"kind": "cleaning", "on": day, "quantity": hours * 60}
    report = coop.say(member, "contribution.report/1", body)
    coop.say(witness, "contribution.attest/1", {"contribution": ids.object_id("con", report.id)})


def offer_room(coop: Coop, provider: str, **terms: object) -> str:
    opening = [{"closes": 1440, "opens": 0, "weekday": day} for day in range(7)]
    body = {
        "availability": {"kind": "calendar", "opening": opening, "slot": 60},
        "terms": {"cost": 5, "needs_confirmation": False, "title": Private("和室")} | terms,
    }
    return made(coop.say(provider, "resource.offer/1", body), "res")


def made(written: Written, prefix: str) -> str:
    return ids.object_id(prefix, written.id)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_a_report_to_the_settled_booking(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words = SAID[lang]
    coop.join("Taro")
    page, other = open_page(lang, phone=True), open_page(lang)
    coop.sign_in(page, "Taro")
    coop.sign_in(other, "Hanako")

    page.goto(coop.address("work/new"))
    page.locator("#quantity-hour").fill("2")
    expect(page.locator("[data-preview-said]")).to_contain_text(words["preview"])
    page.locator("#field-note").fill("農道")
    page.get_by_role("button", name=words["report"], exact=True).click()
    expect(page.locator(".signing-sentence")).to_contain_text("2時間" if lang == "ja" else "2 h")
    sign(page)
    expect(page).to_have_url(re.compile(r"/work/con_[a-z2-7]{26}$"))

    other.goto(coop.address("work"))
    other.get_by_role("button", name=words["confirm_work"]).click()
    expect(other.locator(".signing-sentence")).to_contain_text("Taro")
    sign(other)
    assert tiles(page, coop, lang) == (20, 0, 20)

    offer = {
        "availability": {"kind": "stock", "quantity": 10, "unit": "box"},
        "terms": {"cost": 6, "needs_confirmation": False, "title": Private("卵")},
    }
    eggs = made(coop.say("Hanako", "resource.offer/1", offer), "res")
    page.goto(coop.address(f"things/{eggs}"))
    page.locator("#field-quantity").fill("2")
    page.get_by_role("button", name=words["go"]).click()
    expect(page.locator("table")).to_contain_text("12")
    page.get_by_role("button", name=words["book"], exact=True).click()
    sign(page)
    expect(page).to_have_url(re.compile(r"/bookings/bkg_[a-z2-7]{26}$"))
    booking = page.url
    expect(page.locator("figure.qr svg")).to_be_visible()
    assert tiles(page, coop, lang) == (20, 12, 8)

    page.goto(booking)
    other.goto(f"{booking}/hand-over")
    other.get_by_role("button", name=words["hand_over"]).click()
    sign(other)
    # The booker's page follows by itself.
    expect(page.locator("[aria-current=step]")).to_contain_text(words["handed_over"])
    page.get_by_role("button", name=words["settle"]).click()
    sign(page)
    assert tiles(page, coop, lang) == (8, 0, 8)
    assert tiles(other, coop, lang) == (12, 0, 12)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_double_booking_is_refused_in_words(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words = SAID[lang]
    coop.join("Taro", "Jiro")
    earn(coop, "Taro", 2)
    earn(coop, "Jiro", 2)
    room = offer_room(coop, "Hanako")
    page = open_page(lang)
    coop.sign_in(page, "Taro")
    page.goto(coop.address(f"things/{room}?week=1"))
    page.locator("label.slot").nth(3).click()
    page.get_by_role("button", name=words["go"]).click()
    # Meanwhile somebody else takes that hour.
    asked = page.locator("form[data-statement]")
    starts, ends = (asked.locator(f"input[name={name}]").input_value() for name in ("starts", "ends"))
    coop.say("Jiro", "booking.request/1", {"ends": ends, "resource": room, "starts": starts})
    page.get_by_role("button", name=words["book"], exact=True).click()
    page.locator("dialog.signing-dialog").get_by_role("button").last.click()
    expect(page.locator("[data-said]")).to_contain_text(words["taken"])
    page.reload()
    expect(page.locator(".banner-error")).to_contain_text(words["taken"])
    assert page.locator("form[data-statement]").count() == 0
    assert tiles(page, coop, lang) == (20, 0, 20)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_cancelling_says_its_price_and_releases_the_rest(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words = SAID[lang]
    coop.join("Taro")
    earn(coop, "Taro", 2)
    cancellation = {"denominator": 2, "free_hours": 8760, "numerator": 1}
    room = offer_room(coop, "Hanako", cost=8, deposit=4, cancellation=cancellation)
    page = open_page(lang, phone=True)
    coop.sign_in(page, "Taro")
    page.goto(coop.address(f"things/{room}?week=1"))
    page.locator("label.slot").first.click()
    page.get_by_role("button", name=words["go"]).click()
    page.get_by_role("button", name=words["book"], exact=True).click()
    sign(page)
    booking = page.url
    assert tiles(page, coop, lang) == (20, 12, 8)
    page.goto(booking)
    page.get_by_role("button", name=words["cancel"]).first.click()
    expect(page.locator("#cancel")).to_contain_text("4")
    page.locator("#cancel button.button-danger").click()
    sign(page)
    assert tiles(page, coop, lang) == (16, 0, 16)


def test_a_gift_finds_its_receiver_by_name(coop: Coop, page: Page) -> None:
    coop.join("Taro", "Jiro")
    earn(coop, "Taro", 1)
    coop.sign_in(page, "Taro")
    page.goto(coop.address("tokens/give"))
    page.locator("#field-amount").fill("3")
    page.get_by_role("button", name="贈る", exact=True).click()
    expect(page.locator("[data-people]")).to_contain_text("名前で探して")
    page.locator("#gift-q").press_sequentially("jir")
    page.get_by_role("radio", name=re.compile("Jiro")).check()
    page.get_by_role("button", name="贈る", exact=True).click()
    expect(page.locator(".signing-sentence")).to_contain_text("Jiroさん")
    sign(page)
    assert tiles(page, coop, "ja") == (7, 0, 7)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_gift_is_given_back_in_part_with_a_reason(coop: Coop, open_page: OpenPage, lang: str) -> None:
    back, part = {"ja": ("お返しする", "うち 6 結 はお返し済み"), "en": ("Give back", "6 yui of it given back")}[lang]
    coop.join("Jiro")
    earn(coop, "Jiro", 2)
    coop.say("Jiro", "token.gift/1", {"to": coop.town.id("Hanako"), "amount": 15, "note": Private("いつもありがとう")})
    page = open_page(lang, phone=True)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("tokens"))
    page.get_by_role("button", name=back).click()
    asked = page.locator("dialog[open]")
    expect(asked.get_by_label(re.compile("^(いくつ|How many)"))).to_have_value("15")
    asked.get_by_label(re.compile("^(いくつ|How many)")).fill("16")
    asked.get_by_label(re.compile("^(わけ|Reason)")).fill("気持ちだけいただきます")
    asked.get_by_role("button", name=back).click()
    expect(asked.locator("[data-fault]")).to_be_visible()
    asked.get_by_label(re.compile("^(いくつ|How many)")).fill("6")
    asked.get_by_role("button", name=back).click()
    said = page.locator("dialog.signing-dialog")
    expect(said).to_contain_text("Jiro")
    expect(said).to_contain_text(WRITTEN[lang])
    expect(said).to_contain_text("気持ちだけいただきます")
    sign(page)
    expect(page.locator("#history")).to_contain_text(part)
    expect(page.locator(".chart-days li")).to_have_count(1)  # all of it happened today
    assert tiles(page, coop, lang) == (9, 0, 9)
    jiro = open_page(lang)
    coop.sign_in(jiro, "Jiro")
    jiro.goto(coop.address("tokens"))
    expect(jiro.locator("#history .thing").first).to_contain_text("気持ちだけいただきます")
    expect(jiro.get_by_role("button", name=back)).to_have_count(0)  # what came back is not given back again
    assert tiles(jiro, coop, lang) == (11, 0, 11)


@pytest.mark.parametrize(("lang", "amount"), [("ja", "を 2kg予約する"), ("en", ": 2 kg.")])
def test_what_is_signed_names_units_and_days_as_people_write_them(
    coop: Coop, open_page: OpenPage, lang: str, amount: str
) -> None:
    coop.join("Jiro")
    stock = {"kind": "stock", "quantity": 9, "unit": "kg"}
    terms = {"cost": 0, "needs_confirmation": False, "title": Private("もち米")}
    rice = made(coop.say("Hanako", "resource.offer/1", {"availability": stock, "terms": terms}), "res")
    page = open_page(lang)
    coop.sign_in(page, "Jiro")
    page.goto(coop.address(f"things/{rice}/book?quantity=2"))
    page.locator("form[data-statement='booking.request/1'] button").first.click()
    expect(page.locator(".signing-sentence")).to_contain_text(amount)
    sign(page)
    day = canonical.format_time(time.time_ns() // 1_000_000 - 86_400_000)[:10]
    report = coop.say("Hanako", "contribution.report/1", {"kind": "cleaning", "on": day, "quantity": 90})
    page.goto(coop.address(f"work/{made(report, 'con')}"))
    page.locator("[data-statement='contribution.attest/1'] button").click()
    attested = page.locator(".signing-sentence")
    expect(attested).to_contain_text(WRITTEN[lang])
    expect(attested).not_to_contain_text(day)
    sentence = attested.inner_text()
    sign(page)
    page.goto(coop.address("ledger"))
    expect(page.get_by_role("main")).to_contain_text(sentence)  # the entry says what was signed


def test_a_room_is_offered_with_its_hours(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("things/new?kind=calendar"))
    page.locator("#title").fill("ピアノ")
    page.locator("#cost").fill("2")
    page.locator("[data-hours] input[type=checkbox]").nth(5).check()
    page.locator("summary", has_text="取り消し").click()
    page.locator("#cancel").select_option(index=2)
    page.get_by_role("button", name="出す", exact=True).click()
    expect(page.locator(".signing-sentence")).to_contain_text("土曜 9:00〜17:00")
    sign(page)
    expect(page).to_have_url(re.compile(r"/things/res_[a-z2-7]{26}$"))
    expect(page.locator("dl.facts")).to_contain_text("1日 前まではかかりません。そのあとは必要な分の全部")
    page.goto(page.url + "/edit")
    page.locator("#cost").fill("0")
    page.get_by_role("button", name="この条件に変える").click()
    sign(page)
    expect(page.locator("dl.facts")).to_contain_text("無料")


def test_an_objection_is_decided_by_someone_else(coop: Coop, open_page: OpenPage) -> None:
    coop.join("Taro", "Jiro", "Saburo")
    earn(coop, "Taro", 1, witness="Jiro")
    page, office = open_page(), open_page()
    coop.sign_in(page, "Saburo")
    page.goto(coop.address("work?view=all"))
    page.locator("a.thing-title").first.click()
    page.get_by_role("button", name="異議を申し立てる").click()
    page.locator("#object textarea").fill("その日は雨でした")
    page.locator("#object button.button-danger").click()
    sign(page)
    coop.sign_in(office, "Hanako")
    office.goto(page.url)
    expect(office.locator("dl.facts")).to_contain_text("その日は雨でした")
    office.get_by_role("radio", name=re.compile("届出を取り消す")).check()
    office.locator("#resolve textarea").fill("話を聞きました")
    office.get_by_role("button", name="この判断を届け出る").click()
    sign(office)
    expect(office.locator("h1 + p")).to_contain_text("取り消し")


def test_a_concierge_reports_for_someone_and_an_official_signs_too(coop: Coop, page: Page) -> None:
    coop.join("Taro", "Jiro")
    coop.appoint("Taro", "concierge")
    coop.sign_in(page, "Taro")
    page.goto(coop.address("work"))
    with page.expect_navigation():
        page.get_by_role("link", name="代わりに届け出る").click()
    page.locator("#whom-q").press_sequentially("jiro")
    page.locator("#whom-q").press("Enter")  # searches, and leaves neither the page nor the helping
    page.get_by_role("radio", name=re.compile("Jiro")).check()
    page.get_by_role("button", name="この人の届出へ").click()
    page.locator("#field-witness").select_option(label="Hanakoさん")
    page.get_by_role("button", name="届け出る", exact=True).click()
    expect(page.locator(".signing-sentence")).to_contain_text("Jiroさんが")
    sign(page)
    expect(page.locator(".toast")).to_contain_text("あと1人の署名")
