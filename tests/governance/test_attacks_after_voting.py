"""Attacks by way of delegations, and on what a decision does."""

from __future__ import annotations

from governance.books import rules
from ledger.books import tokens
from tests.governance.assembly import Assembly
from tests.governance.attacking import LIQUID, NOT_CONCERNED, adopting, decided, delegate
from tests.governance.documents import document, share
from tests.governance.test_ballots import recover
from tests.governance.test_calls import PHASED, code
from tests.simulator import DAY, HOUR


def test_a_loop_gives_nobody_a_second_vote() -> None:
    """Votes that run in a circle reach nobody; as soon as one of them votes they reach that one, each once."""
    coop = Assembly(ordinary=LIQUID)
    for name, to in (("Ume", "Kenta"), ("Kenta", "Jiro"), ("Jiro", "Ume")):
        delegate(coop, name, to)
    vote = coop.voting()
    assert decided(coop, vote, Hanako="no") == "failed"
    assert coop.tally(vote) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}
    vote = coop.voting()
    assert decided(coop, vote, Hanako="no", Ume="yes") == "passed"
    assert coop.tally(vote)["yes"] == (3, 3)


def test_delegating_voting_and_revoking_counts_once() -> None:
    """Double power: passed on, cast, revoked and passed on again in every order, it is one vote."""
    coop = Assembly(ordinary=LIQUID)
    vote = coop.voting()
    delegate(coop, "Ume", "Kenta")
    coop.vote("Kenta", vote, "yes")
    coop.vote("Ume", vote, "yes")
    coop.say("Ume", "delegation.revoke/1", {})
    delegate(coop, "Ume", "Jiro")
    coop.vote("Jiro", vote, "yes")
    delegate(coop, "Jiro", "Kenta")
    decided(coop, vote)
    assert coop.tally(vote)["yes"] == (3, 3)


def test_what_is_passed_on_to_whoever_may_not_vote_reaches_nobody() -> None:
    coop = Assembly(ordinary=LIQUID)
    vote = coop.voting()
    coop.wait(HOUR)
    coop.join("Saki")
    delegate(coop, "Ume", "Saki")
    assert code(coop.vote, "Saki", vote, "yes") == "ballot.not_on_roll"
    decided(coop, vote, Kenta="no")
    assert coop.tally(vote) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}


def test_an_expelled_delegate_votes_no_more() -> None:
    """What was cast before stands, and speaks for those who leave it at that: they have until the close to say else."""
    coop = Assembly(ordinary=LIQUID, expel=NOT_CONCERNED)
    delegate(coop, "Ume", "Kenta")
    delegate(coop, "Jiro", "Kenta")
    out = coop.draft("Hanako", "expel", effects=[{"effect": "expel", "member": coop.id("Kenta")}])
    coop.call(out, "Hanako")
    coop.wait(15 * DAY)
    coop.vote("Hanako", out, "yes")
    before = coop.voting()
    coop.vote("Kenta", before, "yes")
    coop.wait(3 * DAY)
    assert coop.stage(out) == "executed"
    coop.vote("Jiro", before, "no")
    after = coop.voting()
    assert code(coop.vote, "Kenta", after, "yes") == "member.inactive"
    coop.vote("Hanako", after, "no")
    decided(coop, before)
    assert (coop.tally(before)["yes"], coop.tally(before)["no"]) == ((2, 2), (1, 1))
    assert coop.tally(after) == {"yes": (0, 0), "no": (1, 1), "abstain": (0, 0)}


def test_a_key_recovered_while_voting_takes_no_vote_by_delegation() -> None:
    """Two officials who take over a member's key can't vote with it (``key.recovered_since``), nor name themselves."""
    long = LIQUID | {"timing": PHASED | {"voting_seconds": 20 * 86_400}}
    coop = Assembly(ordinary=long)
    coop.appoint("Jiro", "concierge")
    delegate(coop, "Ume", "Kenta")
    before = coop.voting()
    coop.wait(HOUR)
    recover(coop, "Ume")
    coop.wait(8 * DAY)
    coop.keys["Ume"] = coop.key("Ume anew")
    delegate(coop, "Ume", "Jiro")
    after = coop.voting()
    for vote in (before, after):
        coop.vote("Jiro", vote, "yes")
        coop.vote("Kenta", vote, "no")
    coop.wait(20 * DAY)
    coop.wait(0)
    # In the vote that was open before, Ume's is with whom she had named herself.
    assert (coop.tally(before)["yes"], coop.tally(before)["no"]) == ((1, 1), (2, 2))
    assert (coop.tally(after)["yes"], coop.tally(after)["no"]) == ((2, 2), (1, 1))
    coop.wait(0)
    assert coop.folded_again() == coop.records()


def test_nothing_is_executed_twice() -> None:
    manual = document(timing=PHASED | {"execution_seconds": 86_400, "timelock_seconds": 3600})
    coop = Assembly(tokens=manual)
    vote = coop.voting("tokens", effects=[{"effect": "mint", "member": coop.id("Kenta"), "amount": 10}])
    assert decided(coop, vote, Ume="yes") == "passed"
    coop.wait(HOUR)
    coop.say("Ume", "proposal.execute/1", {"proposal": vote})
    assert code(coop.say, "Kenta", "proposal.execute/1", {"proposal": vote}) == "proposal.stage"
    coop.wait(2 * DAY)
    assert coop.stage(vote) == "executed"
    assert tokens.account(coop.state, coop.id("Kenta")).total == 10
    assert coop.folded_again() == coop.records()


def test_of_two_decisions_that_undo_each_other_the_later_stands() -> None:
    """Both are executed, in the order in which they were due; nobody's lateness turns that round."""
    coop = Assembly()
    strict = document(threshold=share("2/3", "cast", strict=False))
    first = coop.voting("rules", effects=[adopting("ordinary", strict)])
    coop.wait(HOUR)
    then = coop.voting("rules", effects=[adopting("ordinary", document())])
    for vote in (then, first):
        coop.vote("Ume", vote, "yes")
    coop.time += 100 * DAY
    coop.draft()
    assert [coop.stage(first), coop.stage(then)] == ["executed", "executed"]
    in_force = rules.current(coop.state, "ordinary")
    assert (in_force.proposal, in_force.document, in_force.version) == (then, document(), 3)


def test_a_bundle_with_one_impossible_effect_does_nothing_of_it() -> None:
    coop = Assembly(tokens=document())
    mint = {"effect": "mint", "member": coop.id("Jiro"), "amount": 10}
    vote = coop.voting("tokens", effects=[mint, mint | {"member": coop.id("Kenta")}])
    coop.vote("Ume", vote, "yes")
    coop.say("Kenta", "member.leave/1", {})
    assert decided(coop, vote) == "lapsed"
    assert tokens.account(coop.state, coop.id("Jiro")).total == 0
