"""The rule editor in browsers: from a preset to a rule in force, conditions, JSON both ways, faults at their place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_proposals import DAY, answered, assembly, call, draft, fill, vote

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ("assembly",)

WORDS = {
    "ja": ("労働者協同組合法 第65条", "この内容から始める", "3分の2以上", "4人分まで", "賛成"),
    "en": (
        "Worker Cooperatives Act (Japan), article 65",
        "Begin from this",
        "at least two thirds",
        "4 mandates",
        "Yes",
    ),
}


def edit(coop: Coop, page: Page, decides: str) -> None:
    page.goto(coop.address(f"proposals/new?kind=rules&decides={decides}"))
    page.wait_for_function("window.htmx")


def choose(page: Page, name: str, value: str) -> None:
    """Choose, and wait until the form has come anew."""
    answered(page, lambda: page.select_option(f"[name='{name}']", value))


def press(page: Page, name: str) -> None:
    answered(page, page.get_by_role("button", name=name, exact=True).last.click)


def shown_json(page: Page) -> dict[str, object]:
    found: dict[str, object] = json.loads(page.locator("#field-json").input_value())
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_presets_rule_is_proposed_adopted_and_stands_in_the_rule_book(
    assembly: Coop, travelling: Travelling, open_page: OpenPage, lang: str
) -> None:
    coop, page = assembly, open_page(lang)
    source, begin, share, cap, yes = WORDS[lang]
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("rules"))
    page.locator("#unruled a[href$='decides=special']").click()
    page.wait_for_url(re.compile("/proposals/new"))
    page.wait_for_function("window.htmx")
    choose(page, "start", "worker_coop/special")
    expect(page.locator("#effect")).to_contain_text(source)
    press(page, begin)
    told = page.locator("#told")
    expect(told).to_contain_text(share)
    expect(told).to_contain_text(cap)
    address = draft(page, lang, "特別議決の決め方")
    expect(page.locator("#proposal")).to_contain_text(share)
    call(page, lang)
    vote(page, lang, yes)
    coop.catch_up()
    for name in ("Jiro", "Ume"):
        coop.say(name, "ballot.cast/1", {"proposal": address.rpartition("/")[2], "choice": "yes"})
    travelling.forward(DAY)
    expect(page.locator("#outcome")).to_contain_text(re.compile("に実行されました|It took effect"))
    page.goto(coop.address("rules"))
    expect(page.locator("#special")).to_contain_text(share)
    page.locator("#special").get_by_role("link", name=re.compile("移り変わり|History")).click()
    expect(page.locator("#version-1")).to_contain_text("特別議決の決め方")
    expect(page.locator("#version-1")).to_contain_text(cap)


def test_conditions_come_and_go_and_nothing_is_lost_on_the_way(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    coop.sign_in(page, "Hanako")
    edit(coop, page, "ordinary")
    choose(page, "electorate/module", "any_of/1")
    expect(page.locator("[id='field-electorate/parts/1/classes']")).to_be_visible()
    expect(page.locator("#told")).to_contain_text("一つ以上選んでください。")
    choose(page, "electorate/parts/1/module", "by_role/1")
    answered(page, page.get_by_role("checkbox", name="監事").check)
    expect(page.locator("#told")).to_contain_text("(2)投票できるのは、投票が始まるときに次の役にある人です:監事。")
    press(page, "条件を加える")
    choose(page, "electorate/parts/2/module", "tenure/1")
    fill(page, "electorate/parts/2/member_seconds", "30")
    expect(page.locator("#told")).to_contain_text("加入から30日以上たった人です。")
    press(page, "外す:条件 1")
    expect(page.locator("#told")).to_contain_text("(1)投票できるのは、投票が始まるときに次の役にある人です:監事。")
    page.locator("#advanced summary").click()
    document = shown_json(page)
    assert document["electorate"] == {
        "module": "any_of/1",
        "parts": [{"module": "by_role/1", "roles": ["auditor"]}, {"member_seconds": 2_592_000, "module": "tenure/1"}],
    }
    # By hand, with a fault deep inside; then put right, by the form.
    document["threshold"] = {"module": "fraction/1", "fraction": "7/2", "strict": True, "of": "cast"}
    page.fill("#field-json", json.dumps(document))
    press(page, "このJSONを使う")
    expect(page.locator("[id='field-threshold/fraction/own-error']")).to_contain_text("全部(1)を超えています。")
    for weight, key in (("by_class/1", "member"), ("table/1", coop.town.id("Ume"))):
        faulty = document | {"weight": {"module": weight, "weights": {key: 0}, "others": 1}}
        page.locator("#advanced summary").click()
        page.fill("#field-json", json.dumps(faulty))
        press(page, "このJSONを使う")
        expect(page.locator(f"[id='field-weight/weights/{key}-error']")).to_be_visible()
    page.locator("#advanced summary").click()
    page.fill("#field-json", json.dumps(document))
    press(page, "このJSONを使う")
    fill(page, "threshold/fraction/own", "4/7")
    expect(page.locator("#told")).to_contain_text("7分の4を超える")
    expect(page.locator("#incomplete")).to_have_count(0)
    expect(page.locator("[name='electorate/parts/1/member_seconds']")).to_have_value("30")


def test_the_sentence_follows_while_one_types(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    coop.sign_in(page, "Hanako")
    edit(coop, page, "ordinary")
    field = page.locator("[name='timing/voting_seconds']")
    field.fill("12")
    expect(page.locator("#told")).to_contain_text("投票の期間は12日です。")
    expect(field).to_be_focused()
    expect(field).to_have_value("12")


def test_on_a_phone_the_differences_are_a_tap_away(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    page.set_viewport_size({"width": 360, "height": 640})
    coop.sign_in(page, "Hanako")
    edit(coop, page, "ordinary")
    glance = page.locator("#glance")
    expect(glance).to_have_text("いまの決め方と同じ")
    choose(page, "threshold/fraction", "2/3")
    expect(page.locator("[name='threshold/strict']")).to_have_value("false")
    expect(glance).to_have_text("いまの決め方と違うところ 1件")
    page.fill("[name='timing/voting_seconds']", "x")
    expect(glance).to_have_text("直すところ 1件")
    page.fill("[name='timing/voting_seconds']", "12")
    expect(glance).to_have_text("いまの決め方と違うところ 2件")
    expect(glance).to_be_in_viewport()
    expect(page.locator("#told")).not_to_be_in_viewport()
    glance.get_by_role("link").click()
    expect(page.locator("#told")).to_be_in_viewport()


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A browser in which no script runs."""
    context = browser.new_context(java_script_enabled=False, locale="ja")
    yield context.new_page()
    context.close()


def test_without_scripts_the_editor_works_by_its_buttons(assembly: Coop, open_page: OpenPage, plain_page: Page) -> None:
    coop, page = assembly, open_page("ja")
    coop.sign_in(page, "Hanako")
    cookies = page.context.cookies()
    plain_page.context.add_cookies(
        [{name: one[name] for name in ("name", "value", "domain", "path")} for one in cookies]  # type: ignore[misc]
    )
    plain_page.goto(coop.address("proposals/new?kind=rules&decides=ordinary"))
    plain_page.select_option("[name='quorum/module']", "all_of/1")
    plain_page.get_by_role("button", name="内容を確かめる").click()
    expect(plain_page.locator("#told")).to_contain_text("定足数は、次のすべてが要ります。")
    plain_page.get_by_role("button", name="条件を加える").click()
    expect(plain_page.locator("[id='field-quorum/parts/2']")).to_be_visible()
    plain_page.get_by_role("button", name="外す:定足数 2").click()
    expect(plain_page.locator("[id='field-quorum/parts/2']")).to_have_count(0)
    expect(plain_page.locator("[id='field-quorum/parts/1']")).to_be_visible()
