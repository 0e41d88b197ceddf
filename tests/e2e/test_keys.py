"""Keys and devices on pages: another one, one less, a lost phone; the own entry on the roll, leaving and erasure."""

from __future__ import annotations

import re
import secrets
import time

import pytest
from playwright.sync_api import Page, Route, expect

from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.town import Town

pytestmark = pytest.mark.browser

DAY = 86_400
SUBMIT = {"ja": "署名して届け出る", "en": "Sign and submit"}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def submit(page: Page, lang: str = "ja") -> None:
    page.get_by_role("dialog").get_by_role("button", name=SUBMIT[lang]).click()


@pytest.mark.parametrize(
    ("lang", "button", "label"), [("ja", "パスキーをつくる", "パスキー"), ("en", "Make a passkey", "Passkey")]
)
def test_another_passkey_and_out_of_use_again(
    coop: Coop, open_page: OpenPage, lang: str, button: str, label: str
) -> None:
    page = open_page(lang, phone=True)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("me/keys"))
    mine = page.get_by_role("list", name={"ja": "使える鍵", "en": "Keys in use"}[lang])
    expect(mine.get_by_role("listitem")).to_have_count(1)
    press(page, button)
    submit(page, lang)
    expect(mine.get_by_role("listitem")).to_have_count(2)
    expect(mine).to_contain_text(label)
    mine.get_by_role("button").last.click()
    page.get_by_role("dialog").get_by_role("button", name={"ja": "使えなくする", "en": "Take out of use"}[lang]).click()
    page.get_by_role("button", name=SUBMIT[lang]).click()
    expect(mine.get_by_role("listitem")).to_have_count(1)


LIMIT = {
    "ja": {
        "passkey": "パスキーをつくる",
        "open": "使い道を限る",
        "none": "一つは選んでください",
        "work": "お手伝いを届け出る・確認する",
        "go": "署名して限る",
        "may": "できること:お手伝いを届け出る・確認する",
        "refused": "この鍵は使い道を限ってある",
        "profile": "署名して改める",
    },
    "en": {
        "passkey": "Make a passkey",
        "open": "Limit its use",
        "none": "choose at least one",
        "work": "report and confirm work",
        "go": "Sign and limit",
        "may": "may only: report and confirm work",
        "refused": "This key is limited",
        "profile": "Sign and change",
    },
}


def test_a_press_before_the_scripts_have_come_is_not_lost(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    held: list[Route] = []
    page.route(re.compile(r"/js/pages/keys\.js"), lambda route: held.append(route), times=1)  # noqa: PLW0108  (a bound method of a list takes no attributes)
    page.goto(coop.address("me/keys"), wait_until="commit")
    page.get_by_role("main").get_by_role("button", name=LIMIT["ja"]["passkey"]).click()
    held[0].continue_()
    expect(page.get_by_role("dialog").get_by_role("button", name=SUBMIT["ja"])).to_be_visible()


def test_where_scripts_do_not_come_nothing_said_gets_into_the_address(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.route(re.compile(r"/js/statement-form\.js"), lambda route: route.abort())
    page.goto(coop.address("work/new"))
    address = page.url
    pressed = page.evaluate(
        "() => { const form = document.querySelector('form[data-statement]'); form.noValidate = true; "
        "form.requestSubmit(); return form.elements.length; }"
    )
    page.wait_for_timeout(500)
    assert (pressed > 0, page.url) == (True, address)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_limited_key_signs_what_it_may_and_nothing_else(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words = LIMIT[lang]
    coop.join("Taro")
    day = canonical.format_time(time.time_ns() // 1_000_000 - 86_400_000)[:10]
    coop.say("Taro", "contribution.report/1", {"kind": "cleaning", "on": day, "quantity": 60})
    page = open_page(lang, phone=True)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("me/keys"))
    mine = page.locator(".things").first
    expect(mine.get_by_role("button", name=words["open"])).to_have_count(0)  # the only key that lets others in
    press(page, words["passkey"])
    submit(page, lang)
    expect(mine.get_by_role("button", name=words["open"])).to_have_count(2)
    ids = page.eval_on_selector_all("[id]", "elements => elements.map(element => element.id)")
    assert sorted(ids) == sorted(set(ids))
    mine.get_by_role("button", name=words["open"]).first.click()
    limiting = page.locator("dialog[open]")
    limiting.get_by_role("button", name=words["go"]).click()
    expect(limiting.locator(".field-error")).to_contain_text(words["none"])
    limiting.get_by_label(words["work"]).check()
    limiting.get_by_role("button", name=words["go"]).click()
    page.get_by_role("button", name=SUBMIT[lang]).click()
    expect(mine.get_by_role("listitem").first).to_contain_text(words["may"])
    expect(mine.get_by_role("listitem").first.get_by_role("button", name=words["open"])).to_have_count(0)
    only_that = open_page(lang)
    coop.sign_in(only_that, "Hanako")
    only_that.goto(coop.address("office/settings"))
    press(only_that, words["profile"])
    submit(only_that, lang)
    expect(only_that.get_by_role("main")).to_contain_text(words["refused"])
    only_that.goto(coop.address("work"))
    only_that.locator("[data-statement='contribution.attest/1'] button").click()
    submit(only_that, lang)
    expect(only_that.locator("[data-statement='contribution.attest/1']")).to_have_count(0)
    page.goto(coop.address("office/settings"))  # where there is another key as well, that one signs
    press(page, words["profile"])
    submit(page, lang)
    expect(page.locator("#toasts")).to_contain_text(re.compile("第[0-9]+号として|as entry [0-9]+"))


def ask(coop: Coop, device: Page, button: str) -> str:
    """The address that a new device shows."""
    device.goto(coop.address("recover"))
    press(device, button)
    expect(device.locator("svg.qr")).to_be_visible()
    return device.locator("[data-copy-link]").get_attribute("data-copy") or ""


def test_another_device_is_let_in(coop: Coop, open_page: OpenPage) -> None:
    old, new = open_page(), open_page("en", phone=True)
    request = ask(coop, new, "Go on with a key of this browser only")
    coop.sign_in(old, "Hanako")
    old.goto(request)
    number = new.locator("[data-number]").inner_text()
    expect(old.get_by_text(number)).to_be_visible()
    old.fill("[name=label]", "居間のタブレット")
    press(old, "この端末を加える")
    submit(old)
    press(new, "Read and sign")
    submit(new, "en")
    press(new, "Sign in")
    expect(new).to_have_url(coop.address("me/keys"))
    expect(new.get_by_text("居間のタブレット", exact=True)).to_be_visible()
    expect(new.get_by_text("on this device").filter(visible=True)).to_have_count(1)


def lose(coop: Coop, open_page: OpenPage) -> tuple[Page, Page]:
    """Taro has lost his phone: Hanako and Jiro sign for the key of a new device. Hanako's page and the device."""
    coop.join("Taro", "Jiro")
    coop.appoint("Jiro", "concierge")
    office, second, device = open_page(), open_page(), open_page("ja", phone=True)
    request = ask(coop, device, "パスキーをつくって進む")
    coop.sign_in(office, "Hanako")
    office.goto(request)
    office.get_by_role("link", name="鍵の再登録").click()
    office.select_option("[name=member]", label="Taroさん")
    office.select_option("[id=field-second]", label="Jiroさん")
    office.fill("[name=reason]", "海に落とした。自宅で会って確かめた。")
    press(office, "署名して、連署をたのむ")
    submit(office)
    press(device, "内容を読んで署名する")
    submit(device)
    expect(device.get_by_text("もうひとりの役員の署名を待っています", exact=False)).to_be_visible()
    coop.sign_in(second, "Jiro")
    second.goto(coop.address("office/countersign"))
    press(second, "確かめて連署する")
    submit(second)
    expect(second.get_by_role("heading", name="連署を待つ届出はありません")).to_be_visible()
    return office, device


def test_two_officials_recover_a_lost_key_and_all_see_the_waiting(coop: Coop, open_page: OpenPage) -> None:
    office, device = lose(coop, open_page)
    expect(device.get_by_text("登録されました", exact=False)).to_be_visible()
    office.goto(coop.address("office/recover"))
    expect(office.get_by_role("heading", name="Taroさん")).to_be_visible()
    expect(office.get_by_text("新しい鍵に変わります", exact=False)).to_be_visible()
    taro = open_page("en")
    coop.sign_in(taro, "Taro")
    taro.goto(coop.address("me/keys"))
    expect(taro.get_by_role("heading", name="A new key for you is about to come into force")).to_be_visible()


def test_the_old_key_objects_and_officials_can_not_settle_it(coop: Coop, open_page: OpenPage) -> None:
    office, device = lose(coop, open_page)
    taro = open_page()
    coop.sign_in(taro, "Taro")
    taro.goto(coop.address("me/keys"))
    press(taro, "わたしの望みではない")
    submit(taro)
    expect(taro.get_by_role("heading", name="再登録は止まっています")).to_be_visible()
    expect(device.get_by_text("監事が調べています", exact=False)).to_be_visible(timeout=10_000)
    office.goto(coop.address("office/recover"))
    expect(office.get_by_text("申し立てあり")).to_be_visible()
    expect(office.get_by_role("button", name="認めない")).to_have_count(0)


@pytest.fixture
def audited(travelling: Travelling, open_page: OpenPage) -> Coop:
    """A co-op whose members have elected Ume as their auditor."""
    token = secrets.token_hex(4)
    coop = Coop(travelling.address, Town(f"coop-{token}", token))
    coop.found("Hanako")
    coop.join("Ume")
    role = {"effect": "role", "from": None, "member": coop.town.id("Ume"), "role": "auditor", "scope": "coop"}
    said = {"effects": [role | {"until": None}], "kind": "role", "text": Private("監事"), "title": Private("監事")}
    proposal = ids.object_id("prop", coop.say("Hanako", "proposal.draft/1", said).id)
    coop.open("Hanako", proposal)
    coop.say("Hanako", "ballot.cast/1", {"choice": "yes", "proposal": proposal})
    coop.say("Ume", "ballot.cast/1", {"choice": "yes", "proposal": proposal})
    travelling.forward(10 * DAY)
    page = open_page()
    page.goto(coop.address(f"proposals/{proposal}"))
    expect(page.locator("#outcome")).to_contain_text("に実行されました")
    coop.catch_up()
    return coop


@pytest.mark.parametrize(
    ("button", "heading"),
    [("認めない", "この鍵は認められませんでした"), ("新しい鍵を認める", "使えるようになりました")],
)
def test_an_auditor_settles_what_was_disputed(audited: Coop, open_page: OpenPage, button: str, heading: str) -> None:
    coop = audited
    _, device = lose(coop, open_page)
    taro, auditor = open_page(), open_page("ja", phone=True)
    coop.sign_in(taro, "Taro")
    taro.goto(coop.address("me/keys"))
    press(taro, "わたしの望みではない")
    submit(taro)
    expect(taro.get_by_role("heading", name="再登録は止まっています")).to_be_visible()
    coop.sign_in(auditor, "Ume")
    auditor.goto(coop.address())
    auditor.get_by_role("link", name="鍵の再登録への申し立てが1件あります").click()
    auditor.get_by_label("決めたわけ").fill("本人に会って確かめた。")
    press(auditor, button)
    submit(auditor)
    expect(auditor.get_by_role("heading", name="進んでいる再登録はありません")).to_be_visible()
    expect(device.get_by_text(heading, exact=False)).to_be_visible()


def test_leaving_is_explained_and_erasure_asked_for(coop: Coop, page: Page) -> None:
    coop.join("Taro")
    coop.sign_in(page, "Taro")
    page.goto(coop.address("me"))
    page.get_by_role("link", name="組合を脱退する").click()
    expect(page.get_by_text("持っているトークンは、組合に返ります", exact=False)).to_be_visible()
    press(page, "脱退する")
    submit(page)
    expect(page.get_by_role("heading", name="脱退しました")).to_be_visible()
    press(page, "個人情報の消去をたのむ")
    submit(page)
    expect(page.get_by_text("消去を受け付けました", exact=False)).to_be_visible()


def test_the_only_administrator_can_not_leave(coop: Coop, open_page: OpenPage) -> None:
    page = open_page("en")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("me/leave"))
    expect(page.get_by_role("heading", name="You can't leave yet")).to_be_visible()
    expect(page.get_by_role("button", name="Leave", exact=True)).to_have_count(0)


def test_the_roll_is_corrected_by_its_member(coop: Coop, page: Page) -> None:
    coop.join("Taro")
    coop.sign_in(page, "Taro")
    page.goto(coop.address("me/profile"))
    page.get_by_label("氏名").fill("山田太郎")
    page.get_by_label("連絡先").fill("090-0000-0000")
    press(page, "改める")
    submit(page)
    expect(page.get_by_role("heading", name="山田太郎さん")).to_be_visible()
    expect(page.get_by_text("1通の控えがあります", exact=False)).to_be_visible()


GUARDIANS = {
    "ja": ("見守り人を選ぶ", "署名して選ぶ", "署名して、ほかの人にたのむ", "内容を読んで署名する", "確かめて連署する"),
    "en": ("Choose guardians", "Sign and choose", "Sign and ask the others", "Read and sign", "Check and countersign"),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_guardians_are_chosen_and_two_of_them_sign_a_new_key(coop: Coop, open_page: OpenPage, lang: str) -> None:
    choose, sign, ask_others, read, cosign = GUARDIANS[lang]
    coop.join("Taro", "Yuki", "Saki")
    mine = open_page(lang, phone=True)
    coop.sign_in(mine, "Taro")
    mine.goto(coop.address("me/keys"))
    mine.get_by_role("link", name=choose).click()
    mine.wait_for_url(coop.address("me/keys/guardians"))
    for place, name in enumerate(("Hanako", "Yuki", "Saki")):
        mine.fill(f"#guardian-{place}-q", name)
        mine.locator(f"#guardian-{place}-found").get_by_role("radio").check()
    press(mine, sign)
    submit(mine, lang)
    expect(mine).to_have_url(coop.address("me/keys"))
    expect(mine.get_by_role("main")).to_contain_text("Saki")

    new = open_page(lang, phone=True)
    request = ask(coop, new, {"ja": "この端末だけの鍵で進む", "en": "Go on with a key of this browser only"}[lang])
    first = open_page(lang, phone=True)
    coop.sign_in(first, "Yuki")
    first.goto(request)
    first.get_by_role("link", name={"ja": "見守り人として署名する", "en": "Sign as a guardian"}[lang]).click()
    first.get_by_role("radio").check()
    first.get_by_role("button", name={"ja": "次へ", "en": "Next"}[lang]).click()
    first.get_by_role("checkbox", name=re.compile("Saki")).check()
    first.fill("[name=reason]", "海に落とした")
    press(first, ask_others)
    submit(first, lang)
    expect(first).to_have_url(coop.address("me/keys"))
    press(new, read)
    submit(new, lang)

    second = open_page(lang, phone=True)
    coop.sign_in(second, "Saki")
    second.goto(coop.address("office/countersign"))
    press(second, cosign)
    submit(second, lang)
    expect(new.locator("[data-said]")).to_contain_text({"ja": "登録", "en": "Registered"}[lang])
