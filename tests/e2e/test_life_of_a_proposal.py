"""What the rule asks for before and after a vote, on the proposal's page: seconds, an answer, a veto, a casting vote,
execution by hand, delegations followed.
"""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ledger import ids
from ledger.compose import Private
from tests.e2e.conftest import Coop, OpenPage, Travelling
from tests.e2e.test_proposals import DAY, TIMING, sign
from tests.e2e.votes import faults
from tests.simulator import majority_rule
from tests.town import Town

pytestmark = pytest.mark.browser

TIMELOCK = {"timing": TIMING | {"timelock_seconds": DAY}}
BY_HAND = {
    "module": "phased/1", "deliberation_seconds": 0, "delay_seconds": 0, "voting_seconds": DAY, "timelock_seconds": DAY,
    "late_quorum_seconds": 0, "early_close": False, "super_quorum": None, "execution_seconds": DAY,
}  # fmt: skip


def found(travelling: Travelling, **rules: Any) -> Coop:
    """Hanako, Jiro and Ume; ``rules`` change single answers of the majority rule, by kind."""
    token = secrets.token_hex(4)
    coop = Coop(travelling.address, Town(f"coop-{token}", token))
    kinds: dict[str, Any] = {
        kind: majority_rule(timing=TIMING) for kind in ("ordinary", "rules", "policy", "role", "admit")
    }
    changed = {kind: majority_rule(**{"timing": TIMING} | rule) for kind, rule in rules.items()}
    coop.found("Hanako", rules=kinds | changed)
    coop.join("Jiro", "Ume")
    return coop


def draft(coop: Coop, author: str, kind: str, **body: Any) -> str:
    texts = {"title": Private("草刈り"), "text": Private("月に一度。")}
    return ids.object_id("prop", coop.say(author, "proposal.draft/1", {"kind": kind, **texts, **body}).id)


def visit(coop: Coop, open_page: OpenPage, name: str, proposal: str) -> Page:
    page = open_page("ja", phone=True)
    coop.sign_in(page, name)
    page.goto(coop.address(f"proposals/{proposal}"))
    return page


def vote(coop: Coop, proposal: str, **choices: str) -> None:
    for name, choice in choices.items():
        coop.say(name, "ballot.cast/1", {"proposal": proposal, "choice": choice})


def test_seconders_bring_it_to_the_vote(travelling: Travelling, open_page: OpenPage) -> None:
    coop = found(travelling, ordinary={"admission": {"module": "seconders/1", "count": 1}})
    proposal = draft(coop, "Hanako", "ordinary")
    own = visit(coop, open_page, "Hanako", proposal)
    expect(own.locator("#admission")).to_contain_text("あと1人です")
    expect(own.get_by_role("button", name="投票を呼びかける")).to_have_count(0)
    expect(own.locator("#admission").get_by_role("button")).to_have_count(0)
    page = visit(coop, open_page, "Ume", proposal)
    page.get_by_role("button", name="投票にかけることに賛同する").click()
    sign(page, "ja")
    expect(page.locator("#admission")).to_contain_text("賛同しました")
    assert faults(page) == []
    own.reload()
    own.get_by_role("button", name="投票を呼びかける").click()
    sign(own, "ja")
    expect(own.locator("#vote")).to_be_visible()


def test_whom_it_concerns_answers(travelling: Travelling, open_page: OpenPage) -> None:
    rule = {"electorate": {"module": "disinterested/1"}}
    coop = found(travelling, expel=rule)
    proposal = draft(
        coop, "Hanako", "expel", effects=[{"effect": "suspend", "member": coop.town.id("Ume"), "until": None}]
    )
    coop.open("Hanako", proposal)
    page = visit(coop, open_page, "Ume", proposal)
    expect(page.locator("#proposal")).to_contain_text("Umeさんの権利を止めます")
    page.get_by_label("あなたの言い分").fill("聞いていません。")
    page.get_by_role("button", name="言い分を届け出る").click()
    sign(page, "ja")
    expect(page.locator("#hearing")).to_contain_text("聞いていません。")
    expect(page.locator("#vote")).to_contain_text("この投票には加われません")
    assert faults(page) == []


def test_a_veto_stops_what_was_decided(travelling: Travelling, open_page: OpenPage) -> None:
    veto = {"veto": {"module": "by_class/1", "classes": ["member"], "count": 1}}
    coop = found(travelling, ordinary=TIMELOCK | veto)
    proposal = draft(coop, "Hanako", "ordinary")
    coop.open("Hanako", proposal)
    vote(coop, proposal, Hanako="yes", Jiro="yes")
    travelling.forward(DAY)
    page = visit(coop, open_page, "Ume", proposal)
    expect(page.locator("#veto")).to_contain_text("いまは0人です")
    page.get_by_label("理由").fill("早すぎる。")
    page.get_by_role("button", name="この決定を差し止める").click()
    sign(page, "ja")
    expect(page.locator("#proposal")).to_contain_text("この決定は差し止められました")
    assert faults(page) == []


def test_the_chair_decides_a_tie(travelling: Travelling, open_page: OpenPage) -> None:
    coop = found(travelling, ordinary={"tie": {"module": "chair/1"}})
    chair = {"effect": "role", "member": coop.town.id("Jiro"), "role": "chair", "scope": "coop"}
    asked = draft(coop, "Hanako", "role", effects=[chair | {"from": None, "until": None}])
    coop.open("Hanako", asked)
    vote(coop, asked, Hanako="yes")
    travelling.forward(DAY)
    proposal = draft(coop, "Hanako", "ordinary")
    coop.open("Hanako", proposal)
    vote(coop, proposal, Hanako="yes", Ume="no")
    travelling.forward(DAY)
    page = visit(coop, open_page, "Jiro", proposal)
    page.locator("#casting").get_by_role("button", name="賛成").click()
    sign(page, "ja")
    expect(page.locator("#outcome")).to_contain_text("議長の決裁で決まりました。")
    assert faults(page) == []


def test_a_member_carries_a_decision_out(travelling: Travelling, open_page: OpenPage) -> None:
    coop = found(travelling, ordinary={"timing": BY_HAND})
    effects = [{"effect": "project", "lead": coop.town.id("Ume")}]
    proposal = draft(coop, "Hanako", "ordinary", effects=effects)
    coop.open("Hanako", proposal)
    vote(coop, proposal, Hanako="yes", Jiro="yes")
    travelling.forward(2 * DAY)
    page = visit(coop, open_page, "Ume", proposal)
    page.get_by_role("button", name="この決定を実行する").click()
    sign(page, "ja")
    expect(page.locator("#outcome")).to_contain_text("に実行されました")


def test_delegations_are_told_and_followed(travelling: Travelling, open_page: OpenPage) -> None:
    coop = found(travelling, ordinary={"delegation": {"module": "standing/1", "depth": None}})
    for giver, to in (("Ume", "Jiro"), ("Hanako", "Ume")):
        coop.say(giver, "delegation.give/1", {"to": coop.town.id(to)})
    proposal = draft(coop, "Hanako", "ordinary")
    coop.open("Hanako", proposal)
    vote(coop, proposal, Jiro="yes")
    travelling.forward(DAY)
    page = visit(coop, open_page, "Ume", proposal)
    expect(page.locator("#outcome")).to_contain_text("自分の票 1、おまかせや代理による票 2。")
    page.goto(coop.address(f"audit/proposals/{proposal}"))
    main = page.locator("main")
    expect(main).to_contain_text("(ほかに2人の分も)")
    expect(main).to_contain_text("票を出さなかった人の行き先(2人)")
    assert faults(page) == []
