"""Coming in: invitations on paper and by link, applications, first keys for people on the roll, signing in and out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "make": "招待リンクをつくる",
        "submit": "署名して届け出る",
        "copy": "リンクをコピー",
        "admits": "使った人の加入をすぐ認める",
        "passkey": "パスキーをつくって進む",
        "device": "この端末だけの鍵で進む",
        "in": "本人確認をして、はいる",
    },
    "en": {
        "make": "Make the invitation",
        "submit": "Sign and submit",
        "copy": "Copy the link",
        "admits": "Admit whoever uses it at once",
        "passkey": "Make a passkey and go on",
        "device": "Go on with a key of this browser only",
        "in": "Sign in",
        "waiting": "Your application has arrived",
    },
}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def invited(coop: Coop, page: Page, lang: str = "ja", *, at_once: bool = True, member: str = "") -> str:
    """The link that Hanako makes on her own device."""
    words = WORDS[lang]
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("members/invite") + (f"?member={member}" if member else ""))
    if not at_once:
        page.get_by_label(words["admits"]).uncheck()
    press(page, words["make"])
    page.get_by_role("dialog").get_by_role("button", name=words["submit"]).click()
    expect(page.locator("svg.qr")).to_be_visible()
    return page.get_by_role("button", name=words["copy"]).get_attribute("data-copy") or ""


@pytest.mark.parametrize(("lang", "kind"), [("ja", "passkey"), ("en", "device")])
def test_an_invitation_admits_at_once(coop: Coop, open_page: OpenPage, lang: str, kind: str) -> None:
    words = WORDS[lang]
    link = invited(coop, open_page(lang), lang)
    guest = open_page(lang, phone=True)
    guest.goto(link)
    guest.fill("[name=name]", "鈴木次郎")
    guest.fill("[name=kana]", "すずきじろう")
    press(guest, words[kind])
    expect(guest.get_by_role("dialog")).to_contain_text("鈴木次郎")
    guest.get_by_role("dialog").get_by_role("button", name=words["submit"]).click()
    if kind == "passkey":
        press(guest, words["in"])
    expect(guest).to_have_url(coop.address("me"))
    expect(guest.get_by_role("heading", name="鈴木次郎")).to_be_visible()


def test_the_link_keeps_its_secret_from_the_service(coop: Coop, page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    link = invited(coop, page)
    address, _, fragment = link.partition("#")
    assert "openExternalBrowser=1" in address
    secret, mark = fragment.split(".")
    assert len(canonical.unb64(mark.replace("-", "+").replace("_", "/") + "=")) == 32
    assert not any(secret in said for said in sent)


def test_without_admission_an_application_waits(coop: Coop, open_page: OpenPage) -> None:
    office, guest = open_page(), open_page("en")
    guest.goto(invited(coop, office, at_once=False))
    guest.fill("[name=name]", "Jiro")
    press(guest, WORDS["en"]["device"])
    guest.get_by_role("dialog").get_by_role("button", name="Sign and submit").click()
    expect(guest.get_by_text(WORDS["en"]["waiting"], exact=False)).to_be_visible()
    guest.goto(coop.address("sign-in"))
    guest.get_by_role("button", name=re.compile("Sign in as Jiro")).click()
    expect(guest.get_by_role("alert")).to_be_visible()


def test_whoever_waits_is_let_in_as_soon_as_admitted(coop: Coop, open_page: OpenPage) -> None:
    guest = open_page("en", phone=True)
    guest.goto(coop.address("join"))
    guest.fill("[name=name]", "Shiro")
    press(guest, WORDS["en"]["device"])
    with guest.expect_request("**/join/state/app_*") as looked:
        guest.get_by_role("dialog").get_by_role("button", name="Sign and submit").click()
    expect(guest.get_by_text(WORDS["en"]["waiting"], exact=False)).to_be_visible()
    office = open_page()
    coop.sign_in(office, "Hanako")
    office.goto(coop.address("office/applications"))
    press(office, "迎える")
    office.get_by_role("dialog").get_by_role("button", name=WORDS["ja"]["submit"]).click()
    expect(guest).to_have_url(coop.address("me"))
    assert "app_" in looked.value.url


def test_a_link_that_names_another_ledger_is_not_followed(coop: Coop, open_page: OpenPage) -> None:
    link = invited(coop, open_page())
    guest = open_page()
    guest.goto(link[:-43] + "A" * 43)
    expect(guest.get_by_text("招待した人の台帳とちがいます", exact=False)).to_be_visible()
    expect(guest.get_by_role("button", name=WORDS["ja"]["passkey"])).to_be_hidden()
    guest.goto("about:blank")
    guest.goto(link.partition("#")[0])
    expect(guest.get_by_text("招待リンクが途中で切れています", exact=False)).to_be_visible()


def test_a_closed_invitation_opens_nothing(coop: Coop, open_page: OpenPage) -> None:
    office = open_page()
    link = invited(coop, office)
    office.reload()
    press(office, "リンクとQRコード")
    expect(office.locator("svg.qr")).to_be_visible()
    press(office, "使えなくする")
    office.get_by_role("dialog").get_by_role("button", name=WORDS["ja"]["submit"]).click()
    expect(office.get_by_role("heading", name="使える招待")).to_have_count(0)
    guest = open_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="この招待は使えません")).to_be_visible()


def test_anyone_applies_where_the_coop_is_open(coop: Coop, open_page: OpenPage) -> None:
    guest = open_page("en", phone=True)
    guest.goto(coop.address("join"))
    guest.fill("[name=name]", "Saburo")
    press(guest, WORDS["en"]["passkey"])
    guest.get_by_role("dialog").get_by_role("button", name="Sign and submit").click()
    expect(guest.get_by_text(WORDS["en"]["waiting"], exact=False)).to_be_visible()


def test_someone_on_the_roll_takes_up_a_first_key(coop: Coop, open_page: OpenPage) -> None:
    coop.join("Taro")
    coop.appoint("Taro", "concierge")
    written = coop.say(
        "Hanako", "member.enter/1", {"cls": "member", "profile": {"name": Private("Ume")}, "type": "person"}
    )
    ume = ids.object_id("mem", written.id)
    office, second, guest = open_page(), open_page(), open_page("ja", phone=True)
    link = invited(coop, office, member=ume)
    guest.goto(link)
    expect(guest.get_by_role("heading", name="この招待は使えません")).to_be_visible()
    coop.sign_in(second, "Taro")
    second.goto(coop.address("office/countersign"))
    press(second, "確かめて連署する")
    second.get_by_role("dialog").get_by_role("button", name=WORDS["ja"]["submit"]).click()
    expect(second.get_by_role("heading", name="連署を待つ届出はありません")).to_be_visible()
    guest.reload()
    press(guest, WORDS["ja"]["passkey"])
    guest.get_by_role("dialog").get_by_role("button", name=WORDS["ja"]["submit"]).click()
    press(guest, WORDS["ja"]["in"])
    expect(guest.get_by_role("heading", name="Ume")).to_be_visible()


def test_out_and_in_again_and_with_a_passkey_that_travels(coop: Coop, open_page: OpenPage) -> None:
    link = invited(coop, open_page())
    guest = open_page()
    guest.goto(link)
    guest.fill("[name=name]", "四郎")
    press(guest, WORDS["ja"]["passkey"])
    guest.get_by_role("dialog").get_by_role("button", name=WORDS["ja"]["submit"]).click()
    press(guest, WORDS["ja"]["in"])
    expect(guest).to_have_url(coop.address("me"))
    guest.evaluate("indexedDB.deleteDatabase('yui')")
    guest.get_by_role("banner").get_by_text("四郎").click()
    guest.get_by_role("button", name="終わる").click()
    expect(guest).to_have_url(coop.address("sign-in"))
    press(guest, "パスキーではいる")
    expect(guest).to_have_url(coop.address())
    guest.goto(coop.address("me"))
    expect(guest.get_by_role("heading", name="四郎")).to_be_visible()
