"""Paper cards: made and printed once, worth nothing alone, forgotten by the device on which a concierge uses them."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage
from tests.town import Town

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "make": "署名してカードをつくる",
        "submit": "署名して届け出る",
        "print": "印刷する",
        "copy": "コードをコピー",
        "read": "カードを読む",
        "yes": "賛成",
        "sign": "いっしょに署名する",
        "recorded": "カードを返してください",
        "none": "いま投票できる議案はありません",
        "broken": "このカードは使えません",
        "stop": "カードを返しておわる",
        "shared": "みんなで使う端末のとき",
        "forget": "すべて消して出る",
    },
    "en": {
        "make": "Sign and make the card",
        "submit": "Sign and submit",
        "print": "Print",
        "copy": "Copy the code",
        "read": "Read the card",
        "yes": "Yes",
        "sign": "Sign together",
        "recorded": "Please give the card back",
        "none": "Nothing to vote on now",
        "broken": "This card can't be used",
        "stop": "Give the card back and stop",
        "shared": "On a device that others use too",
        "forget": "Remove everything and sign out",
    },
}
KEPT = """async () => {
  const { store } = await (await import("/static/js/sign.js")).openKeystore();
  const rows = await Promise.all(["keys", "receipts", "queue"].map((name) => store.below(name, [])));
  return JSON.stringify(rows);
}"""


@pytest.fixture
def voting(server: str) -> Coop:
    """Hanako administers, Kiku is concierge; something is being voted on, which Taro may decide too."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Kiku", "Taro")
    coop.appoint("Kiku", "concierge")
    body = {
        "kind": "ordinary",
        "title": Private("井戸を直す"),
        "text": Private("春に"),
        "effects": [{"effect": "text"}],
    }
    drafted = coop.say("Hanako", "proposal.draft/1", body)
    coop.say("Hanako", "proposal.open/1", {"proposal": ids.object_id("prop", drafted.id)})
    return coop


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def submit(page: Page, lang: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=WORDS[lang]["submit"]).click()


def card_of(coop: Coop, page: Page, name: str, lang: str) -> str:
    """The code on the card that the member makes."""
    coop.sign_in(page, name)
    page.goto(coop.address("me/keys/card"))
    press(page, WORDS[lang]["make"])
    submit(page, lang)
    expect(page.locator("svg.qr")).to_be_visible()
    return page.get_by_role("button", name=WORDS[lang]["copy"]).get_attribute("data-copy") or ""


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_card_and_a_concierge_vote_together(voting: Coop, open_page: OpenPage, lang: str) -> None:
    words = WORDS[lang]
    home, desk = open_page(lang, phone=True), open_page(lang, phone=True)
    code = card_of(voting, home, "Taro", lang)
    secret = code.partition("#")[2]
    assert secret not in home.evaluate(KEPT)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    voting.sign_in(desk, "Kiku")
    desk.goto(voting.address("office/card"))
    desk.fill("[name=code]", "no card")
    press(desk, words["read"])
    expect(desk.get_by_role("main")).to_contain_text(words["broken"])
    desk.fill("[name=code]", code)
    press(desk, words["read"])
    expect(desk.get_by_role("heading", name=re.compile("Taro"))).to_be_visible()
    desk.get_by_role("radio", name=words["yes"], exact=True).check()
    press(desk, words["sign"])
    submit(desk, lang)
    expect(desk.get_by_role("main")).to_contain_text(words["recorded"])
    expect(desk.get_by_text("井戸を直す")).to_have_count(0)
    assert "井戸" not in desk.evaluate(KEPT)
    assert not any(secret in one for one in asked)

    desk.goto(code.replace("/office/card#", "/office/card?again#"))  # as the camera opens it: the address keeps nothing
    expect(desk.get_by_role("button", name=words["sign"])).to_be_visible()  # what was entered may be entered anew
    assert secret not in desk.url
    press(desk, words["stop"])
    expect(desk.locator("[name=code]")).to_be_visible()
    desk.get_by_text(words["shared"]).click()
    press(desk, words["forget"])
    desk.wait_for_url(voting.address("sign-in"))
    assert desk.evaluate(KEPT) == "[[],[],[]]"


def test_only_a_concierge_reads_cards_and_not_their_own(voting: Coop, open_page: OpenPage) -> None:
    page, other = open_page("en"), open_page("en")
    code = card_of(voting, page, "Kiku", "en")
    page.goto(voting.address("office/card"))
    page.fill("[name=code]", code)
    press(page, "Read the card")
    expect(page.get_by_role("main")).to_contain_text(WORDS["en"]["broken"])
    voting.sign_in(other, "Hanako")
    answer = other.goto(voting.address("office/card"))
    assert answer is not None
    assert answer.status == 403
