"""Paper cards: made and printed once, worth nothing alone, read by a camera, and forgotten with all that was said, by
the device on which a concierge uses them.
"""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Village
from tests.e2e.test_accessibility import AXE, EVERYTHING, RUN
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
    coop.open("Hanako", ids.object_id("prop", drafted.id))
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


CAMERA = """(code) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const context = canvas.getContext("2d");
  const image = new Image();
  image.onload = () => setInterval(() => {
    context.fillStyle = "#886";
    context.fillRect(0, 0, 640, 480);
    context.drawImage(image, 150, 70, 340, 340);
  }, 50);
  image.src = `data:image/svg+xml,${encodeURIComponent(code)}`;
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(20);
    window.tracks = stream.getTracks();
    return stream;
  };
  delete window.BarcodeDetector;
}"""
"""A camera before which a card is held, in a browser without a detector of its own."""
NO_CAMERA = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""
TRACES = """async () => {
  const rows = await new Promise((resolve) => {
    const opening = indexedDB.open("yui");
    opening.onsuccess = async () => {
      const found = {};
      for (const name of opening.result.objectStoreNames) {
        found[name] = await new Promise((done) => {
          const all = opening.result.transaction(name).objectStore(name).getAll();
          all.onsuccess = () => done(all.result);
        });
      }
      opening.result.close();
      resolve(found);
    };
  });
  const shown = [document.body.innerHTML, location.href, history.state];
  return JSON.stringify([rows, { ...localStorage }, { ...sessionStorage }, await caches.keys(), shown]);
}"""
"""All that a page can leave on a device, and what it shows."""


def traces(page: Page) -> str:
    return str(page.evaluate(TRACES))


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    return list(page.evaluate(RUN, EVERYTHING))


def read_card(desk: Page, coop: Coop, code: str) -> None:
    desk.goto(coop.address("office/card"))
    desk.fill("[name=code]", code)
    press(desk, WORDS["ja"]["read"])
    expect(desk.get_by_role("heading", name=re.compile("Taro"))).to_be_visible()


def test_a_camera_reads_the_card_and_is_let_go(voting: Coop, open_page: OpenPage) -> None:
    home, desk = open_page(), open_page(phone=True)
    card_of(voting, home, "Taro", "ja")
    voting.sign_in(desk, "Kiku")
    desk.goto(voting.address("office/card"))
    assert "camera=(self)" in (desk.request.get(desk.url).headers["permissions-policy"])
    drawn = home.locator("svg.qr").evaluate("(svg) => new XMLSerializer().serializeToString(svg)")
    desk.evaluate(CAMERA, drawn)
    press(desk, "カメラで読む")
    expect(desk.get_by_role("heading", name=re.compile("Taro"))).to_be_visible()
    assert desk.evaluate("window.tracks.map(({ readyState }) => readyState)") == ["ended"]
    expect(desk.locator("video")).to_be_hidden()
    press(desk, WORDS["ja"]["stop"])
    # Stopped before there was anything to read, and where there is no camera, the keyboard is still there.
    desk.evaluate(CAMERA, "<svg xmlns='http://www.w3.org/2000/svg'/>")
    press(desk, "カメラで読む")
    expect(desk.locator("video")).to_be_visible()
    press(desk, "カメラをやめる")
    expect(desk.locator("[name=code]")).to_be_visible()
    desk.evaluate(NO_CAMERA)
    press(desk, "カメラで読む")
    expect(desk.get_by_role("main")).to_contain_text("カメラを使うことが許されていません")
    expect(desk.locator("[name=code]")).to_be_visible()


def test_cards_report_and_book_within_their_limits(voting: Coop, open_page: OpenPage) -> None:
    home, desk = open_page(), open_page()
    code = card_of(voting, home, "Taro", "ja")
    voting.catch_up()
    stock = {"kind": "stock", "quantity": 3, "unit": "box"}
    terms = {"title": Private("もち米"), "cost": 0, "needs_confirmation": False}
    voting.say("Hanako", "resource.offer/1", {"availability": stock, "terms": terms})
    voting.sign_in(desk, "Kiku")
    read_card(desk, voting, code)
    for act in ("お手伝いを届け出る", "結を贈る", "品物を頼む"):
        desk.get_by_text(act).click()
    assert violations(desk) == []
    report = desk.locator("form[data-report]")
    report.locator("[name=note]").fill("堰の草刈り")
    report.get_by_role("button", name="いっしょに署名する").click()
    submit(desk, "ja")
    expect(desk.get_by_role("main")).to_contain_text(WORDS["ja"]["recorded"])
    read_card(desk, voting, code)
    desk.get_by_text("品物を頼む").click()
    booking = desk.locator("form[data-statement='booking.request/1']")
    booking.locator("[name=resource]").select_option(index=1)
    booking.locator("[name=quantity]").fill("2")
    booking.get_by_role("button", name="いっしょに署名する").click()
    submit(desk, "ja")
    expect(desk.get_by_role("main")).to_contain_text(WORDS["ja"]["recorded"])
    api = f"{voting.server}/api/v1/ledgers/{voting.slug}"
    size = desk.request.get(f"{api}/context").json()["size"]
    said = [desk.request.get(f"{api}/entries/{size - back}").json()["statement"] for back in (2, 1)]
    assert [one["type"] for one in said] == ["contribution.report/1", "booking.request/1"]
    taro = voting.town.id("Taro")
    assert all((one["for"], one["via"], one["cosigners"]) == (taro, "assisted", [taro]) for one in said)

    # Limited to voting, a card is asked for nothing else.
    home.goto(voting.address("me/keys"))
    card = home.locator(".thing").filter(has_text="紙のカード")
    card.get_by_role("button", name="使い道を限る").click()
    home.get_by_role("dialog").get_by_label("投票する").check()
    home.get_by_role("dialog").get_by_role("button", name="署名して限る").click()
    submit(home, "ja")
    expect(home.locator(".thing").filter(has_text="できること:投票する")).to_be_visible()
    read_card(desk, voting, code)
    expect(desk.get_by_role("button", name=WORDS["ja"]["sign"])).to_be_visible()
    expect(desk.get_by_text("お手伝いを届け出る")).to_have_count(0)
    expect(desk.get_by_text("品物を頼む")).to_have_count(0)


class Desk:
    """A device that is not the bearer's own, and what would be left of them on it."""

    def __init__(self, coop: Coop, page: Page, code: str) -> None:
        self.coop, self.page, self.code = coop, page, code
        self.marks = (code.partition("#")[2], coop.town.id("Taro"), "Taro", "井戸を直す", "賛成", "ひみつのメモ")
        coop.sign_in(page, "Kiku")
        page.goto(coop.address("office/card"))

    def vote(self) -> None:
        read_card(self.page, self.coop, self.code)
        assert "井戸を直す" in traces(self.page)
        self.page.get_by_role("radio", name="賛成", exact=True).check()
        press(self.page, "いっしょに署名する")
        submit(self.page, "ja")

    def keeps_nothing(self) -> bool:
        found = traces(self.page)
        return [mark for mark in self.marks if mark in found] == []


def test_nothing_of_its_bearer_stays_on_the_device(voting: Coop, open_page: OpenPage) -> None:
    page = open_page(phone=True)
    desk = Desk(voting, page, card_of(voting, open_page(), "Taro", "ja"))
    assert desk.keeps_nothing()
    desk.vote()
    expect(page.get_by_role("main")).to_contain_text(WORDS["ja"]["recorded"])
    assert desk.keeps_nothing()
    # Begun and not said.
    read_card(page, voting, desk.code)
    page.get_by_text("お手伝いを届け出る").click()
    page.locator("form[data-report] [name=note]").fill("ひみつのメモ")
    press(page, WORDS["ja"]["stop"])
    assert desk.keeps_nothing()
    # Left alone in the middle of it, and come back to.
    read_card(page, voting, desk.code)
    page.goto(voting.address("rules"))
    page.go_back()
    expect(page.locator("[name=code]")).to_be_visible()
    assert desk.keeps_nothing()


def test_nor_of_what_did_not_get_through_or_was_refused(voting: Coop, open_page: OpenPage) -> None:
    page, home = open_page(phone=True), open_page()
    desk = Desk(voting, page, card_of(voting, home, "Taro", "ja"))
    # Nothing was heard of it: it does not wait here.
    page.route("**/statements*", lambda route: route.abort())
    desk.vote()
    expect(page.get_by_role("main")).to_contain_text("記録できたか分かりません")
    assert desk.keeps_nothing()
    page.unroute_all()
    # The card is taken out of use while it is at the desk.
    read_card(page, voting, desk.code)
    home.goto(voting.address("me/keys"))
    home.locator(".thing").filter(has_text="紙のカード").get_by_role("button", name="使えなくする").click()
    home.locator("dialog[open]").get_by_role("button", name="使えなくする").click()
    submit(home, "ja")
    expect(home.locator(".thing").filter(has_text="紙のカード")).to_have_count(0)
    page.get_by_role("radio", name="賛成", exact=True).check()
    press(page, "いっしょに署名する")
    submit(page, "ja")
    expect(page.locator("form [data-said] .banner").first).to_be_visible()
    press(page, WORDS["ja"]["stop"])
    assert desk.keeps_nothing()


def test_a_card_is_printed_alone(village: Village, open_page: OpenPage) -> None:
    page = open_page()
    village.be(page, village.MEMBER)
    page.goto(village.address("me/keys/card"))
    expect(page.locator(".ribbon")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name=WORDS["ja"]["make"]).click()
    submit(page, "ja")
    expect(page.locator("svg.qr")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".paper-card")).to_be_visible()
    for other in (".ribbon", ".header", ".breadcrumb", ".banner", "h1", ".buttons"):
        expect(page.locator(other).first).to_be_hidden()
