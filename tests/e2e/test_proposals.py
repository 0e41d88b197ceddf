"""From a draft to its outcome in browsers: drafting, voting, paper, countersigning, counting, rules changed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.simulator import majority_rule
from tests.town import Town, Written

pytestmark = pytest.mark.browser

DAY = 86_400
TIMING = {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": DAY}
WORDS = {
    "ja": {
        "draft": "下書きを届け出る",
        "sign": "署名して届け出る",
        "call": "投票を呼びかける",
        "yes": "賛成",
        "no": "反対",
        "mine": "あなたの票:",
        "passed": "可決されました",
        "quorum": "定足数",
        "majority": "可決の条件",
        "second": "署名して連署を頼む",
        "countersign": "確かめて連署する",
        "none": "連署を待つ届出はありません",
        "waiting": "連署待ち",
    },
    "en": {
        "draft": "Submit the draft",
        "sign": "Sign and submit",
        "call": "Call the vote",
        "yes": "Yes",
        "no": "No",
        "mine": "Your vote:",
        "passed": "Passed",
        "quorum": "Quorum",
        "majority": "Majority",
        "second": "Sign and ask for the countersignature",
        "countersign": "Check and countersign",
        "none": "Nothing waits for you",
        "waiting": "waits for countersignature",
    },
}


@pytest.fixture
def assembly(travelling: Travelling) -> Coop:
    """Votes take a day here. Hanako (administrator), Jiro (facilitator), Ume, and Matsu without a device."""
    token = secrets.token_hex(4)
    coop = Coop(travelling.address, Town(f"coop-{token}", token))
    quorum = {"fraction": "1/2", "module": "heads/1", "strict": True}
    kinds = ("ordinary", "rules", "policy", "role", "admit")
    rules: dict[str, Any] = {kind: majority_rule(timing=TIMING, quorum=quorum) for kind in kinds}
    sealed = {"secrecy": {"module": "confidential/1"}, "method": {"module": "single_choice/1"}}
    rules["choice"] = majority_rule(timing=TIMING, threshold={"module": "relative_majority/1"}, **sealed)
    coop.found("Hanako", rules=rules)
    coop.join("Jiro", "Ume")
    coop.appoint("Jiro", "facilitator")
    entered = coop.say(
        "Hanako", "member.enter/1", {"cls": "member", "profile": {"name": Private("Matsu")}, "type": "person"}
    )
    coop.town.ids["Matsu"] = ids.object_id("mem", entered.id)
    return coop


def draft(page: Page, lang: str, title: str) -> str:
    """Fill in title and text of the form that is open, sign, and be on the proposal's page: its address."""
    page.fill("[name=title]", title)
    page.fill("[name=text]", "月に一度、皆で刈る。\n\n道具は組合のものを使う。")
    page.get_by_role("button", name=WORDS[lang]["draft"]).click()
    sign(page, lang)
    page.wait_for_url(re.compile(r"/proposals/prop_[a-z2-7]{26}$"))
    return page.url


SETTLES = """() => {
  const { dataset } = document.documentElement;
  delete dataset.settled;
  document.body.addEventListener("htmx:afterSettle", () => { dataset.settled = ""; }, { once: true });
}"""


def fill(page: Page, name: str, value: str) -> None:
    """Fill in a field of a form that answers to changes, and leave it."""
    page.fill(f"[name='{name}']", value)
    page.locator(f"[name='{name}']").blur()


def answered(page: Page, act: Callable[[], object]) -> None:
    """Do something that a form answers to, and wait until it stands there anew."""
    page.evaluate(SETTLES)
    act()
    expect(page.locator("html[data-settled]")).to_have_count(1)


def sign(page: Page, lang: str) -> None:
    """The second tap."""
    page.get_by_role("dialog").get_by_role("button", name=WORDS[lang]["sign"]).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def call(page: Page, lang: str) -> None:
    page.get_by_role("button", name=WORDS[lang]["call"]).click()
    sign(page, lang)


def vote(page: Page, lang: str, choice: str) -> None:
    page.locator("#vote").get_by_role("button", name=choice, exact=True).click()
    sign(page, lang)
    expect(page.locator("#vote")).to_contain_text(re.compile(rf"{WORDS[lang]['mine']}\s*{choice}"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_draft_to_outcome(assembly: Coop, travelling: Travelling, open_page: OpenPage, lang: str) -> None:
    words, coop = WORDS[lang], assembly
    ume, hanako, jiro = (open_page(lang, phone=lang == "ja") for _ in range(3))
    for page, name in ((ume, "Ume"), (hanako, "Hanako"), (jiro, "Jiro")):
        coop.sign_in(page, name)
    ume.goto(coop.address("proposals/new?kind=ordinary"))
    address = draft(ume, lang, "畦道の草刈り")
    call(ume, lang)
    vote(ume, lang, words["no"])
    vote(ume, lang, words["yes"])
    hanako.goto(address)
    expect(hanako.get_by_role("heading", level=1)).to_have_text("畦道の草刈り")
    vote(hanako, lang, words["yes"])
    enter_paper(jiro, address, lang, words["no"])
    hanako.goto(coop.address("office/countersign"))
    hanako.get_by_role("button", name=words["countersign"]).click()
    sign(hanako, lang)
    expect(hanako.get_by_text(words["none"])).to_be_visible()
    # Nothing about how the others vote before the close.
    assert ume.locator("#outcome").count() == 0
    travelling.forward(DAY)
    outcome = ume.locator("#outcome")
    expect(outcome).to_be_visible()
    expect(outcome).to_contain_text(words["passed"])
    steps = outcome.locator("#count-steps > li")
    expect(steps).to_have_count(3)
    expect(steps.nth(0)).to_contain_text(words["quorum"])
    expect(steps.nth(1)).to_contain_text(words["majority"])
    outcome.locator("summary").click()
    rows = outcome.get_by_role("row")
    assert [re.findall(r"\d+", row)[0] for row in rows.all_inner_texts()[1:]] == ["2", "1", "0"]


def enter_paper(page: Page, address: str, lang: str, choice: str) -> None:
    matsu = page.get_by_role("link", name="Matsu")
    page.goto(f"{address}/paper?q=mat")
    for _ in range(100):  # nobody is on the roll before the clerk has opened the vote
        if matsu.count():
            break
        page.wait_for_timeout(300)
        page.reload()
    matsu.click()
    page.get_by_label(choice, exact=True).check()
    page.fill("[name=paper]", "書面議決書 17番、事務局の綴り")
    page.select_option("#field-second", label=page.locator("#field-second option").nth(1).inner_text())
    page.get_by_role("button", name=WORDS[lang]["second"]).click()
    sign(page, lang)
    # It waits on the server only once the page has gone back to the list.
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator("#waiting")).to_contain_text("Matsu")
    expect(page.locator("#waiting")).to_contain_text(WORDS[lang]["waiting"])


def test_an_entered_ballot_is_taken_back_or_comes_too_late(
    assembly: Coop, travelling: Travelling, open_page: OpenPage
) -> None:
    coop, (jiro, hanako) = assembly, (open_page("ja", phone=True), open_page("ja"))
    draft_ = {"kind": "ordinary", "title": Private("堰の修理"), "text": Private("春に直す")}
    proposal = ids.object_id("prop", coop.say("Ume", "proposal.draft/1", draft_).id)
    coop.open("Ume", proposal)
    for page, name in ((jiro, "Jiro"), (hanako, "Hanako")):
        coop.sign_in(page, name)
    address = coop.address(f"proposals/{proposal}")
    enter_paper(jiro, address, "ja", "反対")
    jiro.locator("#waiting").get_by_role("link", name="確かめる・取り下げる").click()
    jiro.get_by_role("button", name="取り下げる").click()
    jiro.get_by_role("dialog").get_by_role("button", name="取り下げる").click()
    expect(jiro.get_by_text("連署を待つ届出はありません")).to_be_visible()
    enter_paper(jiro, address, "ja", "賛成")
    hanako.goto(coop.address("office/countersign"))
    expect(hanako.locator("main")).to_contain_text("届け出た人:Jiroさん")
    expect(hanako.locator("main")).to_contain_text("投票が締め切られる")
    travelling.forward(DAY)
    hanako.get_by_role("button", name="確かめて連署する").click()
    expect(hanako.locator("#said")).to_contain_text("この議案の投票は、もう締め切られています。")


def test_a_link_fills_in_whom_and_what_it_names(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    applicants = [coop.record(apply_openly(coop.town, name)) for name in ("Kiku", "Take")]
    coop.sign_in(page, "Ume")
    take = ids.object_id("app", applicants[1].id)
    page.goto(coop.address(f"proposals/new?kind=admit&applicant={take}"))
    expect(page.get_by_label("Takeさん")).to_be_checked()
    expect(page.locator("#told")).to_contain_text("Take")
    page.goto(coop.address("proposals/new?kind=admit&applicant=app_gone"))
    expect(page.locator("[name=applicant]:checked")).to_have_count(0)
    page.goto(coop.address("office/roles"))
    page.get_by_role("link", name="監事を提案する").click()
    expect(page.locator("[name=role]")).to_have_value("auditor")
    page.goto(coop.address(f"proposals/new?kind=role&role=auditor&member={coop.town.id('Jiro')}"))
    expect(page.get_by_label("Jiroさん")).to_be_checked()


def apply_openly(town: Town, name: str) -> Written:
    """Somebody applies without an invitation, and waits."""
    own = town.key_id(name)
    body = {"alg": "ed25519", "cls": "member", "profile": {"name": Private(name)}, "public": town.public(name)}
    return town.says(own, "member.apply/1", body | {"type": "person"}, keys={own: name})


def test_a_rule_that_passes_governs_the_next_vote(assembly: Coop, travelling: Travelling, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("rules"))
    page.locator("#ordinary").get_by_role("link", name="変更を提案する").click()
    page.wait_for_url(re.compile("/proposals/new"))  # and for its scripts, which hear of changes
    page.select_option("[name='quorum/module']", "none/1")
    expect(page.locator("#told")).to_contain_text("定足数はありません。投票した人だけで決まります。")
    fill(page, "timing/voting_seconds", "0")
    expect(page.get_by_text("短すぎます(投票は60秒以上)。").first).to_be_visible()
    expect(page.locator("#incomplete")).to_be_visible()
    fill(page, "timing/voting_seconds", "2")
    told = page.locator("#told")
    expect(told).to_contain_text("投票の期間は2日です。")
    expect(told).to_contain_text("定足数はありません。投票した人だけで決まります。")
    address = draft(page, "ja", "定足数をなくす")
    expect(page.locator("#proposal")).to_contain_text("定足数はありません。")
    call(page, "ja")
    vote(page, "ja", "賛成")
    coop.catch_up()
    for name in ("Jiro", "Ume"):
        coop.say(name, "ballot.cast/1", {"proposal": address.rpartition("/")[2], "choice": "yes"})
    next_draft = coop.say(
        "Ume", "proposal.draft/1", {"kind": "ordinary", "title": Private("次"), "text": Private("次")}
    )
    travelling.forward(DAY)
    expect(page.locator("#outcome")).to_contain_text("に実行されました")
    page.goto(coop.address("rules"))
    expect(page.locator("#ordinary")).to_contain_text("第2版")
    expect(page.locator("#policy")).to_contain_text("第1版")
    expect(page.locator("#ordinary").get_by_role("link", name="定足数をなくす")).to_be_visible()
    following = ids.object_id("prop", next_draft.id)
    coop.open("Ume", following)
    page.goto(coop.address(f"proposals/{following}"))
    expect(page.locator("#proposal")).to_contain_text("決め方の第2版")
    expect(page.locator("#proposal")).to_contain_text("定足数はありません。")


def test_a_confidential_choice_with_an_objection(assembly: Coop, travelling: Travelling, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja", phone=True)
    coop.sign_in(page, "Ume")
    page.goto(coop.address("proposals/new?kind=choice"))
    fill(page, "options", "白\n緑")
    expect(page.locator("#incomplete")).to_have_count(0)
    address = draft(page, "ja", "軽トラックの色")
    proposal = address.rpartition("/")[2]
    call(page, "ja")
    expect(page.locator("#vote")).to_contain_text("何を選んだかは封をして記録します")
    coop.catch_up()
    sealed = {"proposal": proposal, "choice": Private("option_2")}
    by = {"for_": "Ume", "via": "paper", "cosigners": ("Hanako",)}
    coop.say("Jiro", "ballot.cast/1", sealed | {"paper": Private("17")}, **by)
    # What officials have entered, the member can say is not theirs.
    page.get_by_role("button", name="これはわたしの票ではありません").click()
    sign(page, "ja")
    expect(page.locator("#vote")).to_contain_text("異議を申し立てています")
    vote(page, "ja", "白")
    expect(page.locator("#vote")).to_contain_text("あなたの票:白")
    for name in ("Hanako", "Jiro"):
        coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": Private("option_1")})
    mine = page.locator("#vote").get_by_role("link", name="台帳の記録を見る").get_attribute("href")
    index = str(mine).rpartition("/")[2]
    entry = page.request.get(f"{coop.server}/api/v1/ledgers/{coop.slug}/entries/{index}").json()
    assert set(entry["statement"]["body"]["choice"]) == {"commit"}
    other = open_page("ja")
    coop.sign_in(other, "Hanako")
    other.goto(f"{coop.server}{mine}")
    expect(other.locator("main")).to_contain_text("Ume")
    assert "白" not in other.locator("main").inner_text()
    travelling.forward(DAY)
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("可決されました:「白」")
    outcome.locator("summary").click()
    rows = outcome.get_by_role("row").all_inner_texts()[1:]
    assert [re.findall(r"\d+", row)[0] for row in rows] == ["3", "0", "0", "0"]


def test_news_on_their_way_do_not_take_the_vote_out_of_ones_hands(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    coop.sign_in(page, "Ume")
    page.goto(coop.address("proposals/new?kind=ordinary"))
    address = draft(page, "ja", "井戸の掃除")
    call(page, "ja")
    expect(page.locator("#vote")).to_be_visible()
    coop.catch_up()
    held: list[Route] = []

    def is_news(request: Request) -> bool:
        return request.url == address and request.resource_type == "xhr"

    with page.expect_request(is_news):
        # The opening may be news as well: what is asked for first is held, and the rest waits behind it.
        page.route(address, lambda route: held.append(route) if is_news(route.request) else route.continue_())
        coop.say("Jiro", "ballot.cast/1", {"proposal": address.rpartition("/")[2], "choice": "no"})
    page.locator("#vote").get_by_role("button", name="賛成", exact=True).click()
    for route in held:
        route.continue_()
    sign(page, "ja")
    expect(page.locator("#vote")).to_contain_text("あなたの票:賛成")
