"""How votes end and what befalls decisions: late quorum, early close, ties by chair and lot, vetoes, execution."""

from __future__ import annotations

from typing import Any

from governance.books import draws
from governance.books.proposals import Found
from ledger import canonical
from ledger.compose import Private
from tests.governance.assembly import WEEK, Assembly
from tests.governance.documents import CHOICE, document, quorum
from tests.governance.test_calls import PHASED, code
from tests.simulator import DAY, HOUR


def test_a_late_quorum_prolongs_voting_once() -> None:
    late = PHASED | {"late_quorum_seconds": 2 * 86_400}
    coop = Assembly(ordinary=document(timing=late, quorum=quorum("heads", "2/5", strict=False)))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    closes = coop.proposal(vote).closes_at or 0
    coop.wait(WEEK - HOUR)
    coop.vote("Kenta", vote, "no")
    assert coop.proposal(vote).closes_at == coop.ballot("Kenta", vote).cast_at + 2 * DAY > closes
    extended = coop.proposal(vote).closes_at
    coop.wait(DAY)
    coop.vote("Jiro", vote, "yes")
    coop.vote("Hanako", vote, "yes")
    assert coop.proposal(vote).closes_at == extended
    coop.wait(DAY)
    coop.draft()
    assert coop.stage(vote) == "passed"


def test_a_quorum_in_good_time_prolongs_nothing() -> None:
    late = PHASED | {"late_quorum_seconds": 2 * 86_400}
    coop = Assembly(ordinary=document(timing=late, quorum=quorum("heads", "2/5", strict=False)))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    closes = coop.proposal(vote).closes_at
    coop.vote("Kenta", vote, "no")
    assert coop.proposal(vote).closes_at == closes
    coop.wait(WEEK - HOUR)
    coop.vote("Jiro", vote, "yes")
    assert coop.proposal(vote).closes_at == closes


def test_voting_closes_early_once_nothing_can_change_the_outcome() -> None:
    coop = Assembly(ordinary=document(timing=PHASED | {"early_close": True}))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "yes")
    assert coop.stage(vote) == "voting"
    again = coop.vote("Jiro", vote, "no")
    coop.vote("Jiro", vote, "yes", replaces=again)
    coop.draft()
    assert coop.stage(vote) == "passed"
    assert coop.tally(vote)["yes"] == (3, 3)


def test_voting_goes_on_while_anyone_could_turn_it() -> None:
    coop = Assembly(ordinary=document(timing=PHASED | {"early_close": True}))
    vote = coop.voting()
    for name in ("Ume", "Kenta"):
        coop.vote(name, vote, "yes")
    for name in ("Jiro", "Hanako"):
        coop.vote(name, vote, "no")
    coop.draft()
    assert coop.stage(vote) == "voting"  # Matsu decides


def test_a_super_quorum_ends_voting_when_it_would_pass() -> None:
    coop = Assembly(ordinary=document(timing=PHASED | {"super_quorum": "2/5"}))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "yes")
    coop.draft()
    assert coop.stage(vote) == "passed"


def test_the_chair_decides_a_tie_and_nothing_else() -> None:
    rule = document(tie={"module": "chair/1"})
    coop = Assembly(ordinary=rule)
    coop.appoint_by_decision("Kenta", "chair")
    vote, lost = coop.voting(), coop.voting()
    for name, choice in (("Ume", "yes"), ("Kenta", "no")):
        coop.vote(name, vote, choice)
    coop.vote("Ume", lost, "no")
    assert code(coop.say, "Kenta", "ballot.casting/1", {"proposal": vote, "choice": "yes"}) == "proposal.stage"
    coop.close()
    coop.draft()
    assert (coop.stage(vote), coop.stage(lost)) == ("tied", "failed")
    assert code(coop.say, "Kenta", "ballot.casting/1", {"proposal": lost, "choice": "yes"}) == "proposal.stage"
    assert code(coop.say, "Ume", "ballot.casting/1", {"proposal": vote, "choice": "yes"}) == "role.required"
    coop.say("Kenta", "ballot.casting/1", {"proposal": vote, "choice": "yes"})
    found = coop.proposal(vote).outcome
    assert found is not None
    assert (found.result, found.broken) == ("passed", "chair")
    assert code(coop.say, "Kenta", "ballot.casting/1", {"proposal": vote, "choice": "no"}) == "proposal.stage"


def test_a_casting_vote_comes_within_three_days() -> None:
    coop = Assembly(ordinary=document(tie={"module": "chair/1"}))
    coop.appoint_by_decision("Kenta", "chair")
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "no")
    coop.close()
    coop.wait(3 * DAY)
    body = {"proposal": vote, "choice": "yes"}
    assert code(coop.say, "Kenta", "ballot.casting/1", body) == "proposal.casting_late"


def test_a_lot_decides_between_equal_options_whatever_their_order() -> None:
    coop = Assembly(choice=CHOICE | {"tie": {"module": "lot/1"}})
    vote = coop.voting("choice", options=[Private("春"), Private("夏"), Private("秋")])
    for name, choice in (("Ume", "option_1"), ("Kenta", "option_3")):
        coop.vote(name, vote, choice)
    before = coop.size
    coop.close()
    coop.draft()
    assert coop.stage(vote) == "counting"
    # Drawn rightly, but from a checkpoint that was there while votes could still be cast to suit it.
    known = draws.draw_order(coop.state, coop.proposal(vote), canonical.unb64(str(coop.root_at(before)), 32))
    early = {"proposal": vote, "order": list(known)}
    assert code(coop.say, "clerk", "lot.order/1", early, seen_size=before) == "lot.too_early"
    assert code(coop.say, "clerk", "proposal.count/1", {"proposal": vote, "tally": {}, "result": "tied"}) == (
        "proposal.lot_first"
    )
    root = canonical.unb64(str(coop.root_at(coop.size)), 32)
    order = draws.draw_order(coop.state, coop.proposal(vote), root)
    wrong = {"proposal": vote, "order": list(reversed(order))}
    assert code(coop.say, "clerk", "lot.order/1", wrong) == "lot.differs"
    coop.say("clerk", "lot.order/1", {"proposal": vote, "order": list(order)})
    found = coop.proposal(vote).outcome
    assert found is not None
    first = next(option for option in order if option != "option_2")
    assert (found.result, found.winners, found.broken) == ("passed", (first,), "lot")
    assert coop.folded_again() == coop.records()


TIMELOCK = PHASED | {"timelock_seconds": 86_400}


def test_those_whom_the_rule_names_veto_during_the_timelock() -> None:
    rule = document(timing=TIMELOCK, veto={"module": "by_role/1", "roles": ["facilitator"], "count": 1})
    coop = Assembly(ordinary=rule)
    vote, kept = coop.voting(), coop.voting()
    for proposal in (vote, kept):
        coop.vote("Ume", proposal, "yes")
    assert code(coop.say, "Jiro", "proposal.veto/1", {"proposal": vote}) == "proposal.stage"
    coop.close()
    coop.draft()
    assert code(coop.say, "Ume", "proposal.veto/1", {"proposal": vote}) == "proposal.not_vetoer"
    coop.say("Jiro", "proposal.veto/1", {"proposal": vote, "reason": Private("予算がない。")})
    assert coop.stage(vote) == "vetoed"
    coop.wait(DAY)
    assert code(coop.say, "Jiro", "proposal.veto/1", {"proposal": kept}) == "proposal.stage"
    assert coop.stage(kept) == "executed"


def test_nobody_vetoes_after_the_timelock_what_waits_to_be_executed() -> None:
    rule = document(
        timing=TIMELOCK | {"execution_seconds": 86_400},
        veto={"module": "by_role/1", "roles": ["facilitator"], "count": 1},
    )
    coop = Assembly(ordinary=rule)
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.close()
    coop.draft()
    executes_at = coop.proposal(vote).executes_at or 0
    coop.time = executes_at
    assert coop.stage(vote) == "passed"
    assert code(coop.say, "Jiro", "proposal.veto/1", {"proposal": vote}) == "proposal.no_veto"
    coop.say("Kenta", "proposal.execute/1", {"proposal": vote})
    assert coop.stage(vote) == "executed"


def test_a_decision_that_nobody_executes_lapses() -> None:
    timing = PHASED | {"timelock_seconds": 86_400, "execution_seconds": 86_400}
    coop = Assembly(policy=document(timing=timing))
    effects = [{"effect": "policy", "area": "members", "document": coop.members_policy()}]
    done, lost = (coop.voting("policy", effects=effects) for _ in range(2))
    for proposal in (done, lost):
        coop.vote("Ume", proposal, "yes")
    coop.close()
    assert code(coop.say, "Kenta", "proposal.execute/1", {"proposal": done}) == "proposal.timelocked"
    coop.wait(DAY)
    coop.say("Kenta", "proposal.execute/1", {"proposal": done})
    coop.wait(DAY)
    coop.draft()
    assert (coop.stage(done), coop.stage(lost)) == ("executed", "lapsed")
    lapse = coop.proposal(lost).lapse
    assert lapse is not None
    assert lapse["code"] == "proposal.expired"


def test_an_election_by_stv_gives_roles_to_who_won() -> None:
    rule = CHOICE | {"method": {"module": "stv/1"}, "tie": {"module": "lot/1"}}
    coop = Assembly(election=rule)
    people = ("Jiro", "Kenta", "Matsu")
    elect = {
        "effect": "elect",
        "role": "director",
        "scope": "coop",
        "candidates": [coop.id(name) for name in people],
        "from": None,
        "until": None,
    }
    options = [Private(name) for name in people]
    assert code(coop.draft, kind="election", options=options[:2], effects=[elect]) == "proposal.candidates"
    vote = coop.voting("election", options=options, seats=2, effects=[elect])
    for name, choice in (("Ume", "1>3"), ("Kenta", "1>3"), ("Jiro", "1>2"), ("Hanako", "3")):
        coop.vote(name, vote, choice)
    coop.close()
    coop.draft()
    # Nothing was tied, so nobody waits for a lot.
    order = {"proposal": vote, "order": ["option_1", "option_2", "option_3"]}
    assert code(coop.say, "clerk", "lot.order/1", order) == "lot.none"
    assert coop.stage(vote) == "executed"
    assert [name for name in people if coop.holds(name, "director")] == ["Jiro", "Matsu"]
    assert coop.state.need(Found, vote).counted.rounds


def test_sealed_rankings_are_announced_and_held_against_the_ballots() -> None:
    rule = CHOICE | {"method": {"module": "irv/1"}, "secrecy": {"module": "confidential/1"}}
    coop = Assembly(choice=rule)
    vote = coop.voting("choice", options=[Private("春"), Private("夏"), Private("秋")])
    for name, choice in (("Ume", "1>2"), ("Kenta", "1"), ("Jiro", "nonsense")):
        coop.vote(name, vote, Private(choice))
    coop.close()
    coop.draft()
    assert coop.stage(vote) == "counting"
    tally: dict[str, Any] = {
        name: {"heads": heads, "weight": heads * unit}
        for name, heads, unit in (("option_1", 2, 1), ("option_2", 0, 1), ("option_3", 0, 1), ("abstain", 0, 1))
    } | {"invalid": {"heads": 1, "weight": 1}}
    two, none = {"heads": 2, "weight": 2}, {"heads": 0, "weight": 0}
    found = {"winners": ["option_1"], "tied": [], "support": two, "rival": none, "cast": two, "unit": 1}
    body = {"proposal": vote, "tally": tally, "result": "passed", "found": found}
    for wrong, fault in (
        ({"found": found | {"cast": {"heads": 3, "weight": 3}}}, "count.total"),
        ({"found": found | {"winners": ["option_4"]}}, "count.winners"),
        ({"found": found | {"winners": ["option_1", "option_2"]}}, "count.winners"),
        ({"found": found | {"winners": ["option_1", "option_1"]}}, "count.winners"),
        ({"found": found | {"tied": ["option_4"]}}, "count.winners"),
        ({"found": found | {"unit": 0}}, "count.winners"),
        ({"tally": {name: count for name, count in tally.items() if name != "option_3"}}, "count.choices"),
        ({"result": "failed"}, "proposal.count_differs"),
    ):
        assert code(coop.say, "clerk", "proposal.count/1", body | wrong) == fault
    coop.say("clerk", "proposal.count/1", body)
    outcome = coop.proposal(vote).outcome
    assert outcome is not None
    assert outcome.winners == ("option_1",)


def test_delegations_speak_where_nobody_voted_and_yield_to_ones_own_ballot() -> None:
    rule = document(delegation={"module": "standing/1", "depth": None})
    coop = Assembly(ordinary=rule)

    def name_(member: str, to: str) -> None:
        coop.say(member, "delegation.give/1", {"to": coop.id(to)})

    assert code(name_, "Ume", "Ume") == "delegation.oneself"
    assert code(coop.say, "Ume", "delegation.revoke/1", {}) == "delegation.none"
    name_("Ume", "Kenta")
    name_("Kenta", "Jiro")
    name_("Hanako", "Jiro")
    vote, loop, late = coop.voting(), coop.voting(), coop.voting()
    coop.vote("Jiro", vote, "yes")
    coop.vote("Hanako", vote, "no")
    coop.vote("Jiro", late, "yes")
    name_("Jiro", "Ume")
    coop.say("Ume", "delegation.revoke/1", {})
    assert code(coop.say, "Ume", "delegation.revoke/1", {}) == "delegation.none"
    coop.close()
    coop.draft()
    # Ume took hers back before the close: she is nobody's, and Jiro's own ballot speaks for Kenta and himself.
    assert coop.tally(vote) == {"yes": (2, 2), "no": (1, 1), "abstain": (0, 0)}
    assert coop.tally(late)["yes"] == (3, 3)
    assert coop.tally(loop)["yes"] == (0, 0)
    assert coop.folded_again() == coop.records()


def test_hidden_ballots_are_opened_after_the_close_each_against_its_commitment() -> None:
    coop = Assembly(ordinary=document(secrecy={"module": "hidden/1"}))
    vote = coop.voting()
    for name, choice in (("Ume", "yes"), ("Kenta", "yes"), ("Jiro", "no")):
        coop.vote(name, vote, Private(choice))
    opened = {name: opening(coop, name, vote) for name in ("Ume", "Kenta", "Jiro")}

    def publish(*openings: dict[str, Any]) -> None:
        coop.say("clerk", "ballot.openings/1", {"proposal": vote, "openings": list(openings)})

    assert code(publish, opened["Ume"]) == "proposal.not_closed"
    coop.close()
    coop.draft()
    assert code(publish, opened["Ume"] | {"value": "no"}) == "ballot.opening"
    assert code(publish, opened["Ume"] | {"member": coop.id("Kenta")}) == "ballot.opening"
    publish(opened["Ume"], opened["Jiro"])
    assert code(publish, opened["Ume"]) == "ballot.opened"
    assert coop.ballot("Ume", vote).opened == "yes"
    tally = {"yes": 1, "no": 1, "abstain": 0, "invalid": 1}
    body = {"proposal": vote, "result": "failed", "tally": {c: {"heads": n, "weight": n} for c, n in tally.items()}}
    publish(opened["Kenta"])
    # What has been opened decides, whatever the operator says.
    assert code(coop.say, "clerk", "proposal.count/1", body) == "proposal.count_differs"
    tally |= {"yes": 2, "invalid": 0}
    body |= {"result": "passed", "tally": {c: {"heads": n, "weight": n} for c, n in tally.items()}}
    coop.say("clerk", "proposal.count/1", body)
    assert coop.stage(vote) == "passed"
    assert coop.folded_again() == coop.records()


def opening(coop: Assembly, name: str, vote: str) -> dict[str, Any]:
    statement = canonical.unb64(coop.ballot(name, vote).statement, 32)
    found = next(one for one in coop.openings[statement] if one.path == "choice")
    return {"member": coop.id(name), "salt": found.salt, "value": found.value}
