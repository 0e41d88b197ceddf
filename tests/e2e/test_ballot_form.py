"""The form of a ballot while it is filled in: what it says, what it keeps, what it asks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Error, Route, expect

from ledger.compose import Private
from tests.e2e.conftest import OpenPage, Travelling
from tests.e2e.test_proposals import sign
from tests.e2e.votes import VOTE, at_the_ballot, choose, give, open_vote, raise_

pytestmark = pytest.mark.browser


def test_a_ballot_says_what_is_wrong_with_it(travelling: Travelling, open_page: OpenPage) -> None:
    _, _, page = at_the_ballot(travelling, open_page, "en", module="weighted/1", points=5)
    vote = page.locator("#vote")
    go, told = vote.get_by_role("button", name=VOTE["en"]), vote.get_by_text("Choose at least one, or tick “Abstain”.")
    go.click()
    expect(told).to_be_visible()
    give(_1=3)(page)
    expect(vote.get_by_text("Points left: 2 of 5.")).to_be_visible()
    give(_3=4)(page)
    expect(vote.locator("[data-left]")).to_have_text("You have 5 points in all. Take some away.")  # before it is sent
    give(_3=0)(page)
    go.click()
    expect(vote.get_by_text("Give away exactly 5 points.")).to_be_visible()
    give(_2=4)(page)
    go.click()
    expect(vote.locator(".field-error")).to_have_text(re.compile("You have 5 points in all."))
    vote.get_by_label("Abstain").press("Space")
    go.click()
    sign(page, "en")
    expect(vote).to_contain_text("Your vote: Abstain")


def test_votes_that_are_too_dear_say_what_they_cost(travelling: Travelling, open_page: OpenPage) -> None:
    _, _, page = at_the_ballot(travelling, open_page, "en", module="quadratic/1", credits=10)
    give(_1=3, _2=3)(page)
    vote = page.locator("#vote")
    expect(vote.locator("[data-left]")).to_have_text("You have 10 credits in all. Take some away.")
    expect(vote.locator("[data-costs]").nth(1)).to_have_text("Costs 9")
    vote.get_by_role("button", name="One fewer for “みかん”").press("Enter")
    vote.get_by_role("button", name="One fewer for “みかん”").press("Enter")
    expect(vote.locator("[data-left]")).to_have_text("Credits left: 0 of 10.")


def test_what_was_begun_can_be_undone_and_is_not_left_unasked(travelling: Travelling, open_page: OpenPage) -> None:
    coop, _, page = at_the_ballot(travelling, open_page, "ja", module="irv/1")
    vote, asked = page.locator("#vote"), list[str]()
    again = vote.get_by_role("button", name="書きこみを元に戻す")

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    expect(again).to_be_hidden()
    raise_(3, 1)(page)
    with pytest.raises(Error):
        page.goto(coop.address())
    assert asked == ["beforeunload"]
    expect(vote.locator("[data-left]")).to_have_text("1位 花火、2位 屋根")
    again.press("Enter")
    expect(again).to_be_hidden()
    expect(vote.locator("[data-left]")).to_have_text("")
    raise_(2)(page)
    vote.get_by_role("button", name=VOTE["ja"]).click()
    sign(page, "ja")
    expect(vote).to_contain_text("あなたの票:みかん")
    raise_(1)(page)
    again.press("Enter")
    expect(vote.locator("[data-left]")).to_have_text("1位 みかん")
    page.goto(coop.address())
    assert asked == ["beforeunload"]


def test_nothing_is_graded_before_it_is(travelling: Travelling, open_page: OpenPage) -> None:
    _, _, page = at_the_ballot(travelling, open_page, "ja", module="majority_judgement/1", grades=5)
    vote = page.locator("#vote")
    first = vote.locator("[data-option='1']")
    expect(first.locator("option:checked")).to_have_text("選んでください")
    vote.get_by_role("button", name=VOTE["ja"]).click()
    expect(vote.get_by_text("一つ以上に評価をつけるか、")).to_be_visible()
    choose(_1="0")(page)
    expect(vote.locator("[data-left]")).to_have_text("1個に評価をつけました。まだのものは2個です。")
    choose(_2="3")(page)
    vote.get_by_role("button", name=VOTE["ja"]).click()
    sign(page, "ja")
    expect(vote).to_contain_text("あなたの票:みかんに3")
    expect(first.locator("option:checked")).to_have_text("0 認められない")
    choose(_2="0")(page)
    vote.get_by_role("button", name=VOTE["ja"]).click()
    sign(page, "ja")
    expect(vote).to_contain_text("あなたの票:どれも最低の評価")
    expect(vote.locator("option:checked")).to_have_text(["0 認められない"] * 3)


def test_places_that_are_taken_move_down(travelling: Travelling, open_page: OpenPage) -> None:
    _, _, page = at_the_ballot(travelling, open_page, "ja", module="irv/1")
    said, text = page.locator("#vote [data-left]"), page.locator("#vote [name=choice]")
    choose(_2="1", _3="1")(page)
    expect(said).to_have_text("1位 花火、2位 みかん")
    page.get_by_role("button", name="「みかん」を一つ上げる").press("Enter")
    expect(said).to_have_text("1位 みかん、2位 花火")
    choose(_1="3")(page)
    assert text.input_value() == "2>3>1"
    page.get_by_role("button", name="「屋根」を一つ下げる").press("Enter")
    assert text.input_value() == "2>3"


def test_what_is_filled_in_while_the_form_is_on_its_way_stays(travelling: Travelling, open_page: OpenPage) -> None:
    coop, _ = open_vote(travelling, "election", {"module": "stv/1"}, options=[Private("a"), Private("b")], effects=[])
    page = open_page("ja")
    coop.sign_in(page, "Hanako")
    page.goto(coop.address("proposals/new?kind=election"))
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.route("**/proposals/new*", hold)
    boxes = page.locator(".choice").get_by_role("checkbox")
    with page.expect_request("**/proposals/new*"):
        boxes.nth(0).check()
    boxes.nth(1).check()
    with page.expect_request("**/proposals/new*") as again:
        waiting[0].continue_()
    assert str(again.value.post_data).count("candidates=") == 2
    again.value.response()
    expect(page.locator("[name=candidates]:checked")).to_have_count(2)
