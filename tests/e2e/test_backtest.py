"""A draft rule tried on past decisions, in browsers: from the editor to the picture, and beside a proposal."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Village
from tests.e2e.test_accessibility import faults
from tests.e2e.test_proposals import answered, assembly

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ("assembly",)

TRY = {"ja": "過去の決定にあてはめてみる", "en": "Try it on past decisions"}
POWER = {"ja": "だれがどれだけの力を持つか", "en": "Who holds how much power"}
WEIGHTED = """{"channels": ["online", "paper", "assisted"], "electorate": {"module": "all_active/1"},
 "method": {"module": "yes_no_abstain/1"}, "quorum": {"fraction": "3/4", "module": "heads/1", "strict": false},
 "secrecy": {"module": "open/1"},
 "threshold": {"fraction": "2/3", "module": "fraction/1", "of": "cast", "strict": false},
 "tie": {"module": "status_quo/1"},
 "timing": {"delay_seconds": 0, "module": "fixed/1", "timelock_seconds": 0, "voting_seconds": 864000},
 "weight": {"module": "balance/1", "cap": 300}}"""


def tried(village: Village, page: Page, lang: str) -> Page:
    """The backtest of a draft written as JSON in the editor, in a window of its own."""
    village.be(page, Village.MEMBER)
    page.goto(village.address("proposals/new?kind=rules&decides=ordinary"))
    page.wait_for_function("window.htmx")
    page.locator("#advanced summary").click()
    page.locator("#field-json").fill(WEIGHTED)
    answered(page, page.locator("#json-form button").click)
    with page.expect_popup() as opened:
        page.get_by_role("button", name=TRY[lang], exact=True).click()
    found = opened.value
    expect(found).to_have_url(re.compile(r"/rules/backtest/[a-z]+-[0-9a-f]{32}$"))
    expect(found.get_by_role("heading", name=POWER[lang], exact=True)).to_be_visible()
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_the_editor_to_what_it_would_have_changed(village: Village, open_page: OpenPage, lang: str) -> None:
    found = tried(village, open_page(lang), lang)
    expect(found.locator("svg.lorenz polyline")).to_have_count(2)
    assert found.locator("tbody tr").count() > 10
    found.emulate_media(reduced_motion="reduce")  # no colour on its way
    assert faults(found, found.url, lang) == []


def test_a_proposal_has_it_beside_its_effect_on_the_screen_and_on_paper(assembly: Coop, open_page: OpenPage) -> None:
    coop, page = assembly, open_page("ja")
    document = json.loads(WEIGHTED) | {"weight": {"module": "one_member_one_vote/1"}}
    effect = {"effect": "rule", "kind": "ordinary", "document": document}
    body = {
        "kind": "rules",
        "title": Private("定足数を設ける"),
        "text": Private("半分は来てほしい"),
        "effects": [effect],
    }
    proposal = ids.object_id("prop", coop.say("Hanako", "proposal.draft/1", body).id)
    coop.sign_in(page, "Hanako")
    page.goto(coop.address(f"proposals/{proposal}"))
    beside = page.locator("section#backtest")
    expect(beside.get_by_role("heading", name="過去の決定にあてはめると", exact=True)).to_be_visible()
    expect(beside).to_contain_text("この種類の提案は、まだ一度も決まっていません。")
    page.emulate_media(media="print")
    expect(beside).to_contain_text("ほかの人が何をしても決められる最少の人数")
    expect(beside.get_by_role("link")).to_have_count(0)
