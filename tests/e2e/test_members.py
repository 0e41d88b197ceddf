"""The roll, one member, and the office's work on both: entering, editing, correcting, suspending by two, roles."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage

pytestmark = pytest.mark.browser

WORDS = {
    "ja": {
        "sign": "署名して届け出る",
        "enter": "署名して加える",
        "edit": "この内容で届け出る",
        "give": "署名して任せる",
    },
    "en": {"sign": "Sign and submit", "enter": "Sign and enter", "edit": "Submit these", "give": "Sign and give"},
}


def entered(coop: Coop, name: str, kana: str = "", **fields: str) -> str:
    """A member without a device, entered by Hanako; the id."""
    values = {"name": name, **({"kana": kana} if kana else {}), **fields}
    body = {"cls": "member", "profile": {k: Private(v) for k, v in values.items()}, "type": "person"}
    return ids.object_id("mem", coop.say("Hanako", "member.enter/1", body).id)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign(page: Page, lang: str = "ja") -> None:
    page.get_by_role("dialog").get_by_role("button", name=WORDS[lang]["sign"], exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def names(page: Page) -> list[str]:
    return page.locator(".thing-title").all_inner_texts()


def test_the_roll_is_in_reading_order_and_searched_by_reading(coop: Coop, page: Page) -> None:
    for name, kana in (("渡辺", "わたなべ"), ("ガイ", "がい"), ("神谷", "ｶﾐﾔ"), ("相田", "あいだ"), ("柿", "かき")):
        entered(coop, name, kana, number=f"00{len(name)}")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("members"))
    shown = [name.removesuffix("さん") for name in names(page)]
    assert [name for name in shown if name != "Hanako"] == ["相田", "ガイ", "柿", "神谷", "渡辺"]
    page.get_by_label("探す").first.fill("カミ")
    page.get_by_role("main").get_by_role("button", name="探す").click()
    expect(page.locator(".thing-title")).to_have_text(["神谷さん"])


def test_members_see_names_and_officials_the_rest(coop: Coop, open_page: OpenPage) -> None:
    id_ = entered(coop, "海野 花子", "うんの はなこ", group="二班", address="浦町一番地", number="077")
    coop.join("Taro")
    page = open_page()
    coop.sign_in(page, "Taro")
    page.goto(coop.address(f"members/{id_}"))
    expect(page.get_by_role("main")).to_contain_text("二班")
    assert "浦町一番地" not in page.content()
    page.goto(coop.address("members?q=077"))
    assert names(page) == []
    page.goto(coop.address("office/roll.csv"))
    assert page.request.get(coop.address("office/roll.csv")).status == 403
    coop.appoint("Taro", "facilitator")
    page.goto(coop.address(f"members/{id_}"))
    expect(page.get_by_role("main")).to_contain_text("浦町一番地")
    page.goto(coop.address("members?q=77"))
    assert names(page) == ["海野 花子さん"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_member_without_a_device_is_entered_and_edited(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words, page = WORDS[lang], open_page(lang, phone=True)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("office/enter"))
    page.fill("[name='profile/name']", "\ufa1b田 髙子")
    page.fill("[name='profile/kana']", "ふくだ たかこ")
    page.fill("[name=joined_on]", "2026-04-01")
    press(page, words["enter"])
    sign(page, lang)
    expect(page).to_have_url(re.compile(r"/members/mem_[a-z2-7]{26}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("\ufa1b田 髙子")
    page.goto(page.url + "/edit")
    page.fill("[name='profile/group']", "三班")
    press(page, words["edit"])
    sign(page, lang)
    expect(page.get_by_role("main")).to_contain_text("三班")
    expect(page.get_by_role("heading", level=1)).to_contain_text("\ufa1b田 髙子")


def test_a_class_is_corrected_by_a_statement_that_replaces(coop: Coop, page: Page) -> None:
    id_ = entered(coop, "海野 花子")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address(f"members/{id_}"))
    page.get_by_text("区分を正す").click()
    page.get_by_label("個人・世帯・団体").select_option("household")
    page.fill("#field-correct-reason", "世帯での加入でした")
    press(page, "正す")
    sign(page)
    expect(page.locator(".facts").first).to_contain_text("世帯")


def test_two_officials_suspend_and_one_reinstates(coop: Coop, open_page: OpenPage) -> None:
    id_ = entered(coop, "海野 花子")
    coop.join("Taro")
    coop.appoint("Taro", "facilitator")
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(coop.address(f"members/{id_}"))
    page.get_by_text("権利を止める", exact=True).click()
    page.fill("#field-suspend-reason", "会費ではなく、約束を守らなかったため")
    page.get_by_label("もう一人の署名者").first.select_option(coop.town.id("Taro"))
    press(page, "止める届出に署名する")
    sign(page)
    expect(page.get_by_text("署名を待っています")).to_be_visible()
    second = open_page()
    coop.sign_in(second, "Taro")
    second.goto(coop.address("office"))
    expect(second.get_by_role("main")).to_contain_text("あなたの署名待ち")
    second.goto(coop.address("office/countersign"))
    second.locator("[data-cosign]").click()
    sign(second)
    expect(second.locator("[data-cosign]")).to_have_count(0)
    page.goto(coop.address(f"members/{id_}"))
    expect(page.get_by_role("main")).to_contain_text("権利が停止されています")
    press(page, "停止を解く")
    sign(page)
    expect(page.get_by_role("main")).not_to_contain_text("権利が停止されています")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_address_is_added_by_two_officials_and_one_taken_away(coop: Coop, open_page: OpenPage, lang: str) -> None:
    coop.join("Taro")
    coop.appoint("Taro", "facilitator")
    page, second = open_page(lang, phone=True), open_page(lang)
    coop.sign_in(page, "Hanako")
    coop.sign_in(second, "Taro")
    page.goto(coop.address("office/settings"))
    addresses = page.locator("#addresses .things")
    expect(addresses.get_by_role("listitem")).to_have_text([re.compile(re.escape(coop.server))])
    ask_for(page, "http://new.example")
    expect(page.locator("#addresses .field-error")).to_contain_text("http://new.example")
    ask_for(page, "New.Example/c/somewhere")
    expect(page.locator("#addresses .card")).to_contain_text("https://new.example")
    page.locator("#field-second-added").select_option(coop.town.id("Taro"))
    page.locator("#addresses .card button").click()
    expect(page.locator(".signing-sentence")).to_contain_text("https://new.example")
    sign(page, lang)
    expect(page.locator("#addresses .banner")).to_be_visible()  # nothing is in force before the second signature
    expect(addresses.get_by_role("listitem")).to_have_count(1)
    countersign(coop, second, lang)
    page.goto(coop.address("office/settings"))
    expect(page.locator("#addresses .banner")).to_have_count(0)
    expect(addresses).to_contain_text("https://new.example")
    expect(addresses.get_by_role("listitem")).to_have_count(2)
    context = page.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/context").json()
    assert context["rp_ids"] == ["localhost", "new.example"]
    addresses.get_by_role("button").last.click()
    dropping = page.locator("dialog[open]")
    dropping.locator("select").select_option(coop.town.id("Taro"))
    dropping.locator("button[type=submit]").click()
    sign(page, lang)
    countersign(coop, second, lang)
    page.goto(coop.address("office/settings"))
    expect(addresses.get_by_role("listitem")).to_have_text([re.compile(re.escape(coop.server))])


def ask_for(page: Page, address: str) -> None:
    page.locator("#field-address").fill(address)
    with page.expect_navigation():
        page.locator("#addresses form[method=get] button").click()


def countersign(coop: Coop, page: Page, lang: str) -> None:
    page.goto(coop.address("office/countersign"))
    page.locator("[data-cosign]").click()
    sign(page, lang)
    expect(page.locator("[data-cosign]")).to_have_count(0)


def test_an_application_is_admitted_and_another_declined(coop: Coop, page: Page) -> None:
    for name in ("Jiro", "Saburo"):
        body = {"admits": False, "cls": "member", "key": coop.town.key_id(f"link for {name}")}
        invitation = coop.say(
            "Hanako", "member.invite/1", body | {"until": coop.town.invitation(name, "Hanako").statement.body["until"]}
        )
        coop.record(coop.town.application(name, invitation))
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("office/applications"))
    page.locator(".card").filter(has_text="Jiro").get_by_role("button", name="迎える").click()
    sign(page)
    expect(page.locator(".card")).to_have_count(1)
    card = page.locator(".card").filter(has_text="Saburo")
    card.get_by_text("断る", exact=True).click()
    card.get_by_label("わけ").fill("まだ決められません")
    card.get_by_role("button", name="断る届出に署名する").click()
    sign(page)
    expect(page.get_by_text("待っている申し込みはありません")).to_be_visible()
    page.get_by_role("link", name="断った申し込み").click()
    press(page, "個人情報を消す")
    sign(page)
    expect(page.get_by_text("個人情報は消えました")).to_be_visible()
    page.goto(coop.address("members?q=Jiro"))
    assert names(page) == ["Jiroさん"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_role_is_given_for_a_term_and_ended(coop: Coop, open_page: OpenPage, lang: str) -> None:
    words, page = WORDS[lang], open_page(lang)
    coop.join("Taro")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("office/roles?q=Taro"))
    page.locator("input[name=member]").check()
    page.locator("select[name=role]").select_option("concierge")
    page.fill("[name=until]", "2099-04-01")
    press(page, words["give"])
    sign(page, lang)
    expect(page.locator(".thing").filter(has_text="Taro")).to_contain_text("2099")
    page.locator(".thing").filter(has_text="Taro").get_by_role("button").click()
    sign(page, lang)
    expect(page.locator(".thing").filter(has_text="Taro")).to_have_count(0)


def test_visibility_only_widens_and_the_words_change(coop: Coop, page: Page) -> None:
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("office/settings"))
    expect(page.get_by_role("main")).to_contain_text("もう、だれでも見られます")
    page.fill("#field-name", "海の里の会")
    press(page, "署名して改める")
    sign(page)
    expect(page.locator(".brand-name")).to_have_text("海の里の会")


def test_a_closed_co_op_is_opened_with_a_confirmation(server: str, page: Page) -> None:
    from tests.town import Town

    closed = Coop(server, Town("closed-members", "closed-members"))
    closed.found("Hanako", tiles="members", entries="auditors")
    closed.sign_in(page, "Hanako")
    page.goto(closed.address("office/settings"))
    page.get_by_text("広げる:組合員だけ").click()
    form = page.locator("form[data-statement='coop.visibility/1']").first
    form.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    form.get_by_role("checkbox").check()
    form.get_by_role("button").click()
    sign(page)
    expect(page.locator("strong")).to_have_text("組合員だけ")


def test_ending_a_membership_takes_two_and_leads_to_erasure(coop: Coop, open_page: OpenPage) -> None:
    id_ = entered(coop, "海野 花子")
    coop.join("Taro")
    coop.appoint("Taro", "facilitator")
    coop.say(
        "Hanako", "member.end/1", {"how": "moved", "member": id_, "reason": Private("転出届")}, cosigners=("Taro",)
    )
    page = open_page()
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("members"))
    assert "海野 花子さん" not in names(page)
    page.goto(coop.address("members?status=moved"))
    assert names(page) == ["海野 花子さん"]
    page.locator(".thing-title").click()
    page.get_by_text("個人情報を消す", exact=True).first.click()
    press(page, "個人情報を消す")
    sign(page)
    expect(page.get_by_role("main")).to_contain_text("消され")
