"""Parts of a page that follow the ledger, and what they leave in the hands of whoever uses the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.votes import at_the_ballot, choice_of, raise_

pytestmark = pytest.mark.browser

UP = "「花火」を一つ上げる"
OFFER = "新しい記録があります。表示する"
OLD = "#proposal > [data-old]"


@pytest.fixture
def vote(travelling: Travelling, open_page: OpenPage) -> tuple[Coop, str, Page]:
    """An open vote with places, and Matsu's page of it."""
    coop, proposal, page = at_the_ballot(travelling, open_page, "ja", module="irv/1")
    page.evaluate("document.querySelector('#proposal > *').dataset.old = ''")
    return coop, proposal, page


def test_a_part_follows_the_ledger_and_the_keyboard_keeps_its_place(vote: tuple[Coop, str, Page]) -> None:
    coop, proposal, page = vote
    page.get_by_role("button", name=UP).focus()
    coop.say("Ume", "ballot.cast/1", choice_of(coop, proposal, "2>1"))
    expect(page.locator(OLD)).to_have_count(0)
    expect(page.get_by_role("button", name=UP)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#vote [data-left]")).to_have_text("1位 花火")


def test_a_button_is_not_taken_from_under_the_finger(vote: tuple[Coop, str, Page]) -> None:
    coop, proposal, page = vote
    page.get_by_role("button", name=UP).hover()
    page.mouse.down()
    coop.say("Ume", "ballot.cast/1", choice_of(coop, proposal, "2>1"))
    expect(page.get_by_role("button", name=OFFER)).to_be_visible()
    page.mouse.up()
    expect(page.locator("#vote [data-left]")).to_have_text("1位 花火")


def test_what_was_begun_is_not_taken_away_by_news(vote: tuple[Coop, str, Page]) -> None:
    coop, proposal, page = vote
    raise_(3)(page)
    coop.say("Ume", "ballot.cast/1", choice_of(coop, proposal, "2>1"))
    offer = page.get_by_role("button", name=OFFER)
    expect(offer).to_be_visible()
    expect(page.locator(OLD)).to_have_count(1)
    expect(page.locator("#vote [data-left]")).to_have_text("1位 花火")
    offer.press("Enter")
    expect(page.locator(OLD)).to_have_count(0)
    expect(offer).to_have_count(0)
    expect(page.locator("#proposal")).to_be_focused()
    expect(page.locator("#vote [data-left]")).to_have_text("")


def test_news_on_their_way_when_something_is_begun_are_offered(vote: tuple[Coop, str, Page]) -> None:
    coop, proposal, page = vote
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/proposals/{proposal}", hold)
    with page.expect_request(f"**/proposals/{proposal}"):
        coop.say("Ume", "ballot.cast/1", choice_of(coop, proposal, "2>1"))
    raise_(3)(page)
    with page.expect_response(f"**/proposals/{proposal}"):
        held[0].continue_()
    expect(page.get_by_role("button", name=OFFER)).to_be_visible()
    expect(page.locator(OLD)).to_have_count(1)
    expect(page.locator("#vote [data-left]")).to_have_text("1位 花火")
