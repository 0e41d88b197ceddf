"""A large co-op's count waits for the clerk, must be what it is, and happens by itself when the clerk keeps silent."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import counts, draws, proposals
from ledger.compose import Private
from ledger.state import Due
from tests.governance.assembly import WEEK, Assembly
from tests.governance.attacking import LIQUID, LOT, delegate, giving, root
from tests.governance.documents import CHOICE
from tests.governance.test_calls import code
from tests.simulator import HOUR

OPTIONS = {"options": [Private("春"), Private("夏")]}
STV = CHOICE | {"method": {"module": "stv/1"}}


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five members are many here."""
    monkeypatch.setattr(counts, "AT_ONCE", 4)


def announcement(coop: Assembly, vote: str) -> dict[str, Any]:
    """What the clerk would say."""
    proposal = coop.proposal(vote)
    rule = proposals.pinned(coop.state, proposal)
    return counts.announcement(proposal, rule, *counts.count(coop.state, proposal, rule))


def closed(coop: Assembly, vote: str, **choices: str) -> str:
    for name, choice in choices.items():
        coop.vote(name, vote, choice)
    coop.close()
    return vote


def is_due(coop: Assembly, vote: str) -> bool:
    return coop.state.find(Due, f"proposal.counts:{vote}") is not None


def test_the_count_waits_for_the_clerk() -> None:
    coop = Assembly()
    vote = closed(coop, coop.voting("role", effects=[giving(coop, "Kenta")]), Ume="yes", Jiro="no", Hanako="yes")
    assert (coop.stage(vote), is_due(coop, vote)) == ("counting", True)
    body = announcement(coop, vote)
    for wrong in (
        {"tally": body["tally"] | {"yes": {"heads": 3, "weight": 3}}},
        {"result": "failed"},
        {"digest": "0" * 64},
        {"tally": {"yes": {"heads": 2, "weight": 2}}},
    ):
        assert code(coop.say, "clerk", "proposal.count/1", body | wrong) == "proposal.count_differs"
        assert (coop.stage(vote), is_due(coop, vote)) == ("counting", True)
    assert code(coop.say, "Ume", "proposal.count/1", body) == "statement.author"
    coop.say("clerk", "proposal.count/1", body)
    assert (coop.stage(vote), is_due(coop, vote)) == ("passed", False)
    coop.wait(0)
    assert coop.stage(vote) == "executed"
    coop.wait(counts.PATIENCE)
    assert (coop.tally(vote)["yes"], coop.proposal(vote).count_entry is None) == ((2, 2), False)
    assert coop.folded_again() == coop.records()


def test_it_happens_by_itself_in_the_end_and_can_still_be_announced() -> None:
    coop = Assembly()
    vote = closed(coop, coop.voting(), Ume="yes")
    closes = coop.proposal(vote).closes_at or 0
    coop.time = closes + counts.PATIENCE - 1
    coop.wait(0)
    assert coop.stage(vote) == "counting"
    coop.wait(0)
    assert coop.stage(vote) == "passed"
    body = announcement(coop, vote)
    assert code(coop.say, "clerk", "proposal.count/1", body | {"result": "failed"}) == "proposal.count_differs"
    coop.say("clerk", "proposal.count/1", body)
    assert code(coop.say, "clerk", "proposal.count/1", body) == "proposal.announced"
    assert coop.folded_again() == coop.records()


def test_effects_wait_for_the_count_and_nobody_votes_meanwhile() -> None:
    """The timelock runs from the close, but nothing is done before it is known that it passed."""
    coop = Assembly()
    vote = closed(coop, coop.voting("role", effects=[giving(coop, "Kenta")]), Ume="yes")
    assert code(coop.vote, "Kenta", vote, "no") == "proposal.stage"
    assert not coop.holds("Kenta", "auditor")
    coop.wait(2 * HOUR)
    found = coop.proposal(vote)
    assert (coop.stage(vote), coop.holds("Kenta", "auditor")) == ("executed", True)
    assert found.executed_at == (found.closes_at or 0) + counts.PATIENCE


def test_delegations_count_as_at_the_close_however_late_the_count() -> None:
    coop = Assembly(ordinary=LIQUID)
    delegate(coop, "Ume", "Kenta")
    delegate(coop, "Jiro", "Kenta")
    vote = closed(coop, coop.voting(), Kenta="yes", Hanako="no")
    coop.say("Ume", "delegation.revoke/1", {})
    delegate(coop, "Jiro", "Hanako")
    coop.say("clerk", "proposal.count/1", announcement(coop, vote))
    assert coop.tally(vote) == {"yes": (3, 3), "no": (1, 1), "abstain": (0, 0)}


def test_rounds_are_announced_by_their_digest() -> None:
    coop = Assembly(choice=STV)
    vote = closed(coop, coop.voting("choice", **OPTIONS), Ume="1>2", Kenta="2")
    body = announcement(coop, vote)
    del body["digest"]
    assert code(coop.say, "clerk", "proposal.count/1", body) == "proposal.count_differs"
    coop.say("clerk", "proposal.count/1", announcement(coop, vote))
    assert coop.proposal(vote).count_entry is not None


def test_a_tie_waits_for_the_lot_and_then_for_nobody() -> None:
    """Once the lot is drawn the count does not hang on the clerk, who might not like how it fell."""
    coop = Assembly(choice=LOT)
    vote = closed(coop, coop.voting("choice", **OPTIONS), Ume="option_1", Kenta="option_2")
    coop.wait(2 * HOUR)
    assert (coop.stage(vote), is_due(coop, vote)) == ("counting", False)
    order = draws.draw_order(coop.state, coop.proposal(vote), root(coop))
    coop.say("clerk", "lot.order/1", {"proposal": vote, "order": list(order)})
    assert (coop.stage(vote), is_due(coop, vote)) == ("counting", True)
    coop.wait(counts.PATIENCE)
    found = coop.proposal(vote).outcome
    assert found is not None
    assert (found.result, found.winners, found.broken) == ("passed", order[:1], "lot")
    assert coop.folded_again() == coop.records()


def test_a_lot_drawn_early_is_counted_with() -> None:
    coop = Assembly(choice=LOT)
    vote = closed(coop, coop.voting("choice", **OPTIONS), Ume="option_1")
    order = draws.draw_order(coop.state, coop.proposal(vote), root(coop))
    coop.say("clerk", "lot.order/1", {"proposal": vote, "order": list(order)})
    coop.say("clerk", "proposal.count/1", announcement(coop, vote))
    found = coop.proposal(vote).outcome
    assert found is not None
    assert (found.winners, found.broken, is_due(coop, vote)) == (("option_1",), None, False)
    coop.wait(WEEK)
