"""Ballots of every family, filled in with the keyboard in real browsers, signed, counted and looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_proposals import DAY, sign
from tests.e2e.votes import OPTIONS, OTHERS, VOTE, Fill, choice_of, choose, faults, give, open_vote, raise_, tick

pytestmark = pytest.mark.browser

METHODS: dict[str, tuple[dict[str, Any], Fill, str, str, tuple[str, str], str]] = {
    "approval": ({"module": "approval/1", "most": 2}, tick(1, 3), "1,3", "屋根、花火", ("1", "1,2"), "屋根"),
    "score": ({"module": "score/1", "highest": 5}, give(_1=4, _2=2), "1:4,2:2", "屋根に4、みかんに2", ("1:5", "3:1"),
              "屋根"),
    "grades": ({"module": "majority_judgement/1", "grades": 5}, choose(_1="4", _2="1"), "1:4,2:1", "屋根に4、みかんに1",
               ("1:3", "1:2,2:4"), "屋根"),
    "weighted": ({"module": "weighted/1", "points": 5}, give(_2=3, _3=2), "2:3,3:2", "みかんに3、花火に2",
                 ("2:5", "1:5"), "みかん"),
    "quadratic": ({"module": "quadratic/1", "credits": 10}, give(_1=3, _2=1), "1:3,2:1", "屋根に3、みかんに1",
                  ("1:2", "2:3"), "屋根"),
    "irv": ({"module": "irv/1"}, raise_(3, 1), "3>1", "1位 花火、2位 屋根", ("1>3", "3>2"), "花火"),
    "schulze": ({"module": "schulze/1", "equal": True}, choose(_1="1", _2="1", _3="2"), "1=2>3",
                "1位 屋根とみかん、2位 花火", ("2>1", "2"), "みかん"),
}  # fmt: skip
"""Rule, how the ballot is filled in, its text, its words, what others say, and what wins."""


@pytest.mark.parametrize("name", METHODS)
def test_a_ballot_is_filled_in_signed_and_counted(travelling: Travelling, open_page: OpenPage, name: str) -> None:
    method, fill, text, words, others, winner = METHODS[name]
    coop, proposal = open_vote(travelling, "choice", method, options=[Private(option) for option in OPTIONS])
    coop.open("Hanako", proposal)
    page = open_page("ja", phone=True)
    coop.sign_in(page, "Matsu")
    page.goto(coop.address(f"proposals/{proposal}"))
    fill(page)
    page.get_by_role("button", name=VOTE["ja"]).press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("来年の取り組み")
    sign(page, "ja")
    expect(page.locator("#vote")).to_contain_text(f"あなたの票:{words}")
    # What was said stands in the form again, and can be said otherwise.
    assert page.locator("#vote [name=choice]").input_value() == text
    assert faults(page) == []
    coop.catch_up()
    for other, said in zip(OTHERS, others, strict=True):
        coop.say(other, "ballot.cast/1", choice_of(coop, proposal, said))
    travelling.forward(DAY)
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text(f"可決されました:「{winner}」")
    outcome.locator("summary").first.click()
    expect(outcome.get_by_role("row").filter(has_text=winner).first).to_be_visible()
    assert faults(page) == []


def test_a_budget_from_the_first_project_to_what_is_funded(travelling: Travelling, open_page: OpenPage) -> None:
    method = {"module": "greedy_budget/1", "most": 3, "by": "votes"}
    coop, proposal = open_vote(travelling, "budget", method, budget=100)
    page = open_page("ja", phone=True)
    coop.sign_in(page, "Matsu")
    page.goto(coop.address(f"proposals/{proposal}/items"))
    page.get_by_label("事業の名前").fill("井戸さらい")
    page.get_by_label("何をするか").fill("みんなで。")
    page.get_by_label("費用").fill("６０")
    page.get_by_role("button", name="事業を届け出る").click()
    sign(page, "ja")
    expect(page.locator("#item-1")).to_contain_text("井戸さらい")
    assert faults(page) == []
    coop.catch_up()
    for number in range(2, 56):
        item = {"proposal": proposal, "title": Private(f"花壇{number}"), "text": Private("植える。"), "cost": 30}
        coop.say("Jiro", "proposal.item/1", item)
    coop.open("Hanako", proposal)
    page.goto(coop.address(f"proposals/{proposal}"))
    tick(1)(page)
    vote = page.locator("#vote")
    vote.get_by_role("button", name="次へ").click()
    vote.get_by_label("花壇55").first.check()
    vote.get_by_placeholder("事業を探す").fill("花壇5")
    expect(vote.get_by_text("全7件")).to_be_visible()
    expect(vote.locator("[data-option='55']")).to_be_checked()
    expect(vote.locator("[data-left]")).to_contain_text("2件を選びました(費用は合わせて90、予算は100)")
    vote.get_by_role("button", name=VOTE["ja"]).click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile("選択肢1「井戸さらい」、選択肢55「花壇55」"))
    sign(page, "ja")
    expect(vote).to_contain_text("あなたの票:井戸さらい、花壇55")
    expect(vote.locator("[data-left]")).to_contain_text("費用は合わせて90")
    assert faults(page) == []
    coop.catch_up()
    coop.say("Ume", "ballot.cast/1", choice_of(coop, proposal, "1,55"))
    travelling.forward(DAY)
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("100 のうち 90")
    expect(outcome).to_contain_text("決まった順")
    assert faults(page) == []


def test_a_paper_with_places_is_entered_and_countersigned(travelling: Travelling, open_page: OpenPage) -> None:
    options = [Private(option) for option in OPTIONS]
    coop, proposal = open_vote(travelling, "choice", {"module": "irv/1"}, options=options)
    coop.appoint("Jiro", "facilitator")
    coop.open("Hanako", proposal)
    page, second = open_page("ja", phone=True), open_page("ja")
    coop.sign_in(page, "Jiro")
    page.goto(coop.address(f"proposals/{proposal}/paper?member={coop.town.id('Matsu')}"))
    page.locator("[data-option='2']").select_option("1")
    page.get_by_role("button", name="「屋根」を一つ上げる").press("Enter")
    expect(page.locator("[data-left]")).to_have_text("1位 みかん、2位 屋根")
    assert faults(page) == []
    page.get_by_label("書面について").fill("第17号")
    page.locator("#field-second").select_option(coop.town.id("Hanako"))
    page.get_by_role("button", name="署名して連署を頼む").click()
    sign(page, "ja")
    coop.sign_in(second, "Hanako")
    second.goto(coop.address("office/countersign"))
    expect(second.locator("main")).to_contain_text("1位 選択肢2「みかん」、2位 選択肢1「屋根」")
    second.get_by_role("button", name="確かめて連署する").click()
    sign(second, "ja")
    expect(second.get_by_text("連署を待つ届出はありません")).to_be_visible()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_election_by_transfers_shows_its_rounds(travelling: Travelling, open_page: OpenPage, lang: str) -> None:
    coop, page = drafted_election(travelling, open_page, lang)
    proposal = page.url.rpartition("/")[2]
    coop.catch_up()
    coop.open("Hanako", proposal)
    for name, said in (("Hanako", "1>2"), ("Jiro", "1>2"), ("Ume", "1>3"), ("Matsu", "3")):
        coop.say(name, "ballot.cast/1", choice_of(coop, proposal, said))
    travelling.forward(DAY)
    outcome = page.locator("#outcome")
    expect(outcome.locator("svg.rounds")).to_be_visible()
    expect(outcome).to_contain_text({"ja": "当選に要る票", "en": "Needed to be elected"}[lang])
    assert faults(page) == []
    coop.sign_in(page, "Ume")
    page.goto(coop.address(f"audit/proposals/{proposal}"))
    expect(page.locator("main")).to_contain_text({"ja": "発表と一致しました", "en": "equals what was announced"}[lang])
    assert faults(page) == []


def drafted_election(travelling: Travelling, open_page: OpenPage, lang: str) -> tuple[Coop, Page]:
    """An election for two seats, drafted on its form by its proposer."""
    coop, _ = open_vote(travelling, "election", {"module": "stv/1"}, options=[Private("a"), Private("b")], effects=[])
    page = open_page(lang)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("proposals/new?kind=election"))
    for name in ("Jiro", "Ume", "Matsu"):
        page.locator(".choice").filter(has_text=name).get_by_role("checkbox").check()
        expect(page.locator("[name=candidates]:checked")).to_have_count(("Jiro", "Ume", "Matsu").index(name) + 1)
    page.locator("[name=seats]").fill("2")
    page.locator("[name=seats]").blur()
    page.locator("[name=role]").select_option("director")
    expect(page.locator("#told")).to_contain_text("Matsu")
    page.fill("[name=title]", "理事の選挙")
    page.fill("[name=text]", "二人を選ぶ。")
    page.locator("#statement").get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("Matsu")
    sign(page, lang)
    page.wait_for_url(re.compile(r"/proposals/prop_[a-z2-7]{26}$"))
    return coop, page
