"""What somebody without a phone moves in a meeting, from the word to the agenda, in real browsers."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger import canonical, ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage
from tests.e2e.test_accessibility import faults
from tests.e2e.test_proposals import sign
from tests.governance.hall import general
from tests.simulator import majority_rule
from tests.town import Town

pytestmark = pytest.mark.browser
SOON = 3.0
"""Seconds until the meeting begins."""
FLOOR = {"module": "meeting/1", "kinds": ["general"], "motions": True}
AT_ONCE = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 0}
TITLE = "議事の順を変える"


@pytest.fixture
def coop(server: str) -> Coop:
    """Hanako administers, Jiro countersigns, Matsu has no device."""
    token = secrets.token_hex(4)
    coop = Coop(server, Town(f"coop-{token}", token))
    rules = {kind: majority_rule() for kind in ("rules", "policy", "role", "admit")}
    coop.found("Hanako", rules=rules | {"ordinary": general(venue=FLOOR, timing=AT_ONCE)})
    coop.join("Jiro")
    coop.appoint("Jiro", "facilitator")
    body = {"cls": "member", "profile": {"name": Private("松"), "kana": Private("まつ")}, "type": "person"}
    coop.say("Hanako", "member.enter/1", body)
    return coop


@pytest.fixture
def meeting(coop: Coop) -> str:
    """The address of a meeting that has been opened."""
    begins = time.time() + SOON
    body: dict[str, Any] = {
        "kind": "general",
        "mode": "room",
        "title": Private("春の総会"),
        "starts_at": canonical.format_time(int(begins * 1000)),
        "chair": coop.town.id("Hanako"),
    }
    id_ = ids.object_id("mtg", coop.say("Hanako", "meeting.convene/1", body).id)
    time.sleep(max(0.0, begins - time.time()))
    coop.say("Hanako", "meeting.open/1", {"meeting": id_})
    return coop.address(f"meetings/{id_}")


def countersign(page: Page, coop: Coop) -> None:
    page.goto(coop.address("office/countersign"))
    page.get_by_role("button", name="連署する").click()
    sign(page, "ja")
    expect(page.get_by_text("連署を待つ届出はありません")).to_be_visible()


def test_two_officials_write_a_motion_down_and_put_it_on_the_agenda(
    coop: Coop, meeting: str, open_page: OpenPage
) -> None:
    desk, second = open_page(), open_page(phone=True)
    coop.sign_in(desk, "Hanako")
    coop.sign_in(second, "Jiro")
    desk.goto(f"{meeting}/reception")
    desk.get_by_role("button", name="松さんの受付をする").click()
    sign(desk, "ja")
    expect(desk.locator("#reception")).to_contain_text("連署待ち 1 人")
    countersign(second, coop)
    desk.get_by_role("link", name="松さんの動議").click()
    assert faults(desk, desk.url, "ja") == []

    desk.get_by_label("題名").fill(TITLE)
    desk.get_by_label("本文").fill("先に役員を選ぶ。")
    desk.locator("#write select").select_option(label="Jiroさん")
    desk.locator("#write").get_by_role("button", name="署名して連署を頼む").click()
    sign(desk, "ja")
    expect(desk.get_by_text("書きとった動議が、連署を待っています")).to_be_visible()
    countersign(second, coop)
    # The page follows: nobody has to load it again.
    desk.get_by_label(TITLE).check()
    desk.locator("#move select").select_option(label="Jiroさん")
    desk.locator("#move").get_by_role("button", name="署名して連署を頼む").click()
    expect(desk.get_by_role("dialog")).to_contain_text(TITLE)
    sign(desk, "ja")
    expect(desk.get_by_text("動議が、連署を待っています", exact=True)).to_be_visible()
    countersign(second, coop)
    second.goto(meeting)
    expect(second.locator("#agenda")).to_contain_text(f"第1号議案 {TITLE}")
