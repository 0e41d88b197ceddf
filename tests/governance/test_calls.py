"""What it takes for a proposal to come to the vote: seconders, deposits, deliberation, cooling off, notice, panels."""

from __future__ import annotations

from typing import Any

import pytest

from governance import lots
from governance.books import draws, proposals
from governance.books.proposals import Proposal
from ledger import canonical
from ledger.books import tokens
from ledger.books.projects import Project
from ledger.compose import Private
from ledger.errors import FormatError
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE, document, share
from tests.simulator import DAY, HOUR

PHASED = {
    "module": "phased/1",
    "deliberation_seconds": 0,
    "delay_seconds": 0,
    "voting_seconds": 604_800,
    "late_quorum_seconds": 0,
    "early_close": False,
    "super_quorum": None,
    "timelock_seconds": 0,
    "execution_seconds": 0,
}


def code(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011  (the code is what counts)
        act(*args, **more)
    return str(caught.value.code)  # type: ignore[attr-defined]


def second(coop: Assembly, name: str, proposal: str, version: int = 1) -> None:
    coop.say(name, "proposal.second/1", {"proposal": proposal, "version": version})


def test_seconders_are_others_each_once_and_for_the_text_they_read() -> None:
    coop = Assembly(ordinary=document(admission={"module": "seconders/1", "count": 2}))
    draft = coop.draft()
    assert code(second, coop, "Ume", draft) == "proposal.second_oneself"
    second(coop, "Kenta", draft)
    assert code(second, coop, "Kenta", draft) == "proposal.seconded"
    assert code(coop.call, draft) == "proposal.seconders"
    second(coop, "Jiro", draft)
    amended = {"proposal": draft, "title": Private("別の題"), "text": Private("別の文")}
    assert coop.proposal(draft).seconds == 2
    coop.say("Ume", "proposal.amend/1", amended, replaces=coop.proposal(draft).statement)
    assert coop.proposal(draft).seconds == 0
    assert code(coop.call, draft) == "proposal.seconders"
    assert code(second, coop, "Kenta", draft, 1) == "proposal.version"
    second(coop, "Kenta", draft, 2)
    second(coop, "Hanako", draft, 2)
    coop.call(draft)
    assert coop.proposal(draft).called_at is not None


def test_only_those_whom_the_rule_admits_call_a_vote() -> None:
    coop = Assembly(ordinary=document(admission={"module": "by_role/1", "roles": ["facilitator"]}))
    assert code(coop.call, coop.draft()) == "proposal.not_admitted"
    coop.call(coop.draft("Jiro"), "Jiro")


def test_a_deposit_is_held_and_comes_back_or_is_burned() -> None:
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/3"}
    coop = Assembly(ordinary=document(admission=deposit))
    assert code(coop.call, coop.draft()) == "token.insufficient"
    with coop.granted("Ume", 10):
        lost, kept = coop.draft(), coop.draft()
    coop.call(lost)
    assert tokens.account(coop.state, coop.id("Ume")).held == 3
    for name, choice in (("Ume", "yes"), ("Jiro", "no"), ("Kenta", "no"), ("Hanako", "no")):
        coop.vote(name, lost, choice)
    coop.close()
    coop.call(kept)
    account = tokens.account(coop.state, coop.id("Ume"))
    assert (coop.stage(lost), account.total, account.held) == ("failed", 7, 3)
    for name, choice in (("Ume", "yes"), ("Jiro", "no"), ("Kenta", "no")):
        coop.vote(name, kept, choice)
    coop.close()
    coop.draft()
    account = tokens.account(coop.state, coop.id("Ume"))
    assert (coop.stage(kept), account.total, account.held) == ("failed", 7, 0)


def test_what_passes_gives_its_deposit_back_with_however_little_support() -> None:
    """A motion that only needs more yes than no is not a spammer's for having many abstain."""
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/2"}
    coop = Assembly(ordinary=document(admission=deposit, threshold=share("1/2", "yes_no", strict=True)))
    with coop.granted("Ume", 3):
        draft = coop.draft()
    coop.call(draft)
    for name, choice in (("Ume", "yes"), ("Jiro", "abstain"), ("Kenta", "abstain")):
        coop.vote(name, draft, choice)
    coop.close()
    coop.draft()
    account = tokens.account(coop.state, coop.id("Ume"))
    assert (coop.stage(draft), account.total, account.held) == ("passed", 3, 0)


def test_a_withdrawn_proposal_gives_its_deposit_back() -> None:
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/3"}
    coop = Assembly(ordinary=document(admission=deposit, timing=PHASED | {"delay_seconds": 86_400}))
    with coop.granted("Ume", 3):
        draft = coop.draft()
    coop.call(draft)
    coop.say("Ume", "proposal.withdraw/1", {"proposal": draft})
    account = tokens.account(coop.state, coop.id("Ume"))
    assert (account.total, account.held) == (3, 0)


def test_deliberation_counts_from_the_version_voted_on() -> None:
    coop = Assembly(ordinary=document(timing=PHASED | {"deliberation_seconds": 86_400}))
    draft = coop.draft()
    coop.wait(DAY - HOUR)
    assert code(coop.call, draft) == "proposal.deliberation"
    amended = {"proposal": draft, "title": Private("題"), "text": Private("文")}
    coop.say("Ume", "proposal.amend/1", amended, replaces=coop.proposal(draft).statement)
    coop.wait(DAY - HOUR)
    assert code(coop.call, draft) == "proposal.deliberation"
    coop.wait(HOUR)
    coop.call(draft)


def test_what_was_clearly_defeated_rests() -> None:
    rest = {"module": "cooling_off/1", "wait_seconds": 30 * 86_400, "below": "1/4"}
    coop = Assembly(ordinary=document(admission=rest))
    lost = coop.voting()
    for name in ("Ume", "Kenta", "Jiro"):
        coop.vote(name, lost, "no")
    coop.close()
    again = coop.draft()
    assert code(coop.call, again) == "proposal.cooling_off"
    coop.call(coop.draft("Kenta"), "Kenta")
    coop.wait(30 * DAY)
    coop.call(again)


def test_a_panel_is_drawn_from_those_who_were_there_at_the_call() -> None:
    panel = {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}
    coop = Assembly(ordinary=document(electorate=panel))
    proposal = coop.call(coop.draft())
    coop.join("Saki")
    coop.wait(HOUR)
    assert coop.stage(proposal) == "scheduled"
    assert code(coop.vote, "Ume", proposal, "yes") == "proposal.stage"
    size = coop.size
    found = coop.proposal(proposal)
    rule = proposals.pinned(coop.state, found)
    drawn = rule.electorate.panel()
    assert drawn is not None
    root = canonical.unb64(str(coop.root_at(size)), 32)
    lot = draws.draw_panel(coop.state, found, drawn, root)
    assert lot.among == 5  # not Saki
    body = {"proposal": proposal, "last": canonical.b64(lot.last), "among": lot.among}
    wrong = body | {"last": canonical.b64(bytes(32))}
    assert code(coop.say, "clerk", "lot.panel/1", wrong) == "lot.differs"
    coop.say("clerk", "lot.panel/1", body)
    names = ("Hanako", "Jiro", "Ume", "Kenta", "Matsu")
    tickets = sorted((lots.ticket(lot.seed, coop.id(name)), name) for name in names)
    on, off = [name for _, name in tickets[:3]], [name for _, name in tickets[3:]]
    for name in (*off, "Saki"):
        if name != "Matsu":
            assert code(coop.vote, name, proposal, "yes") == "ballot.not_on_roll"
    for name in on:
        if name != "Matsu":
            coop.vote(name, proposal, "yes")
    coop.close()
    coop.draft()
    roll = coop.proposal(proposal).roll
    assert roll is not None
    assert roll.heads == 3
    assert coop.stage(proposal) == "passed"
    assert coop.folded_again() == coop.records()


def test_a_lot_must_be_drawn_from_a_later_checkpoint() -> None:
    panel = {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}
    coop = Assembly(ordinary=document(electorate=panel))
    draft = coop.draft()
    before = coop.size
    proposal = coop.call(draft)
    body = {"proposal": proposal, "last": canonical.b64(bytes(32)), "among": 5}
    assert code(coop.say, "clerk", "lot.panel/1", body, seen_size=before) == "lot.too_early"


def test_expulsion_takes_ten_days_notice_and_a_hearing_and_leaves_the_member_out() -> None:
    everyone = {"module": "all_of/1", "parts": [{"module": "all_active/1"}, {"module": "disinterested/1"}]}
    with pytest.raises(FormatError, match="needs_disinterested"):
        Assembly(expel=document())
    coop = Assembly(expel=document(electorate=everyone))
    draft = coop.draft(kind="expel", effects=[{"effect": "expel", "member": coop.id("Kenta")}])
    coop.call(draft)
    coop.wait(10 * DAY - HOUR)
    assert coop.stage(draft) == "scheduled"
    assert code(coop.say, "Jiro", "proposal.hearing/1", {"proposal": draft, "text": Private("弁明")}) == (
        "proposal.not_concerned"
    )
    coop.say("Kenta", "proposal.hearing/1", {"proposal": draft, "text": Private("覚えがありません。")})
    coop.wait(2 * HOUR)
    assert code(coop.vote, "Kenta", draft, "no") == "ballot.not_on_roll"
    coop.vote("Ume", draft, "yes")
    coop.close()
    coop.draft()
    assert coop.stage(draft) == "executed"
    assert code(coop.draft, "Kenta") == "member.inactive"


def test_budget_rounds_are_filled_with_things_by_anyone() -> None:
    rule = CHOICE | {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}}
    coop = Assembly(budget=rule)
    assert code(coop.draft, kind="budget") == "proposal.budget"
    draft = coop.draft(kind="budget", budget=100, effects=[{"effect": "allot"}])
    assert code(coop.call, draft) == "proposal.options_missing"

    def add(name: str, cost: int) -> None:
        body = {"proposal": draft, "title": Private("街灯"), "text": Private("通学路に。"), "cost": cost}
        coop.say(name, "proposal.item/1", body)

    assert code(add, "Kenta", 101) == "proposal.item_cost"
    for name, cost in (("Kenta", 60), ("Jiro", 50), ("Ume", 40)):
        add(name, cost)
    assert code(coop.say, "Ume", "proposal.item_withdraw/1", {"item": f"{draft}/1"}) == "proposal.not_yours"
    coop.call(draft)
    assert code(coop.vote, "Ume", draft, "4") == "ballot.choice"
    coop.vote("Ume", draft, "1,3")
    coop.vote("Jiro", draft, "1,2")
    coop.vote("Kenta", draft, "abstain")
    coop.close()
    coop.draft()
    found: Proposal = coop.proposal(draft)
    assert found.outcome is not None
    assert set(found.outcome.winners) == {"option_1", "option_3"}
    begun = {one.item: (one.id, one.lead, one.allotted) for one in coop.state.children(Project)}
    assert begun == {1: (f"{draft}/1", coop.id("Kenta"), 60), 3: (f"{draft}/3", coop.id("Ume"), 40)}
