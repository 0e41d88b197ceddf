"""Attacks by way of rules, times and ties, as somebody tried them elsewhere or might try them here."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import draws, rules
from governance.count import MAX_PROJECTS
from ledger import canonical
from ledger.books import tokens
from ledger.canonical import MAX_INTEGER
from ledger.compose import Private
from ledger.statement import MAX_STATEMENT
from tests.governance.assembly import WEEK, Assembly
from tests.governance.attacking import LOT, adopting, decided, giving, root
from tests.governance.documents import CHOICE, document, quorum, share
from tests.governance.test_calls import PHASED, code
from tests.simulator import DAY, HOUR

YEAR = 366 * 86_400


def test_a_lowered_quorum_revives_nothing() -> None:
    """CVE-2022-31198: in OpenZeppelin's Governor a lower quorum made defeated proposals pass afterwards."""
    coop = Assembly(ordinary=document(quorum=quorum("heads", "4/5", strict=False)))
    defeated = coop.voting()
    assert decided(coop, defeated, Ume="yes") == "no_quorum"
    change = coop.voting("rules", effects=[adopting("ordinary", document())])
    coop.vote("Ume", change, "yes")
    coop.wait(3 * DAY)
    # Opened under the old rule, it is still being voted on when the change takes effect.
    running = coop.voting()
    coop.vote("Ume", running, "yes")
    coop.wait(4 * DAY)
    assert (coop.stage(change), coop.stage(running)) == ("executed", "voting")
    assert rules.current(coop.state, "ordinary").version == 2
    coop.close()
    assert [coop.stage(defeated), coop.stage(running)] == ["no_quorum", "no_quorum"]
    assert decided(coop, coop.voting(), Ume="yes") == "passed"


def test_a_rule_that_only_meetings_decide_by_is_not_slipped_past() -> None:
    """Called under the old rule, opened under the new one: the vote is called off, and its deposit comes back."""
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/3"}
    slow = PHASED | {"delay_seconds": 30 * 86_400}
    coop = Assembly(ordinary=document(timing=slow, admission=deposit))
    with coop.granted("Ume", 3):
        sneaky = coop.draft()
    coop.call(sneaky)
    meeting = document(venue={"module": "meeting/1", "kinds": ["general"], "motions": False})
    change = coop.voting("rules", effects=[adopting("ordinary", meeting)])
    assert decided(coop, change, Ume="yes") == "executed"
    coop.wait(30 * DAY)
    assert coop.stage(sneaky) == "draft"
    assert tokens.account(coop.state, coop.id("Ume")).held == 0
    assert code(coop.call, sneaky) == "proposal.needs_meeting"


def test_options_for_seats_that_a_new_rule_does_not_fill_are_not_voted_on() -> None:
    coop = Assembly(choice=CHOICE | {"timing": PHASED | {"delay_seconds": 30 * 86_400}})
    two = coop.draft(kind="choice", options=[Private("一"), Private("二"), Private("三")], seats=2)
    coop.call(two)
    single = CHOICE | {"method": {"module": "schulze/1", "equal": True}}
    assert decided(coop, coop.voting("rules", effects=[adopting("choice", single)]), Ume="yes") == "executed"
    coop.wait(30 * DAY)
    assert coop.stage(two) == "draft"


@pytest.mark.parametrize(
    "locks",
    [
        {"quorum": {"module": "approvals/1", "count": 6}},
        {"quorum": {"module": "per_class/1", "fractions": {"king": "1/2"}, "strict": False}},
        {"threshold": share("1/1", "all", strict=False), "quorum": {"module": "approvals/1", "count": 100}},
        {
            "threshold": {
                "module": "per_class/1",
                "classes": ["member", "king"],
                "fraction": "1/2",
                "strict": True,
                "of": "all",
            }
        },
        {"admission": {"module": "seconders/1", "count": 5}},
        {"admission": {"module": "by_class/1", "classes": ["king"]}},
        {"admission": {"module": "by_role/1", "roles": ["director"]}},
        {
            "electorate": {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}},
            "quorum": {"module": "approvals/1", "count": 4},
        },
    ],
    ids=lambda locks: "+".join(answer["module"] for answer in locks.values()),
)
def test_nobody_locks_the_co_op_out_of_its_rules(locks: dict[str, Any]) -> None:
    """A quorum beyond reach, more seconders than members: a rule for rules under which nothing could pass again.

    Five members; a rule by which five agree, with four to second, is strange but possible.
    """
    coop = Assembly()
    vote = coop.voting("rules", effects=[adopting("rules", document(**locks))])
    assert decided(coop, vote, Ume="yes") == "lapsed"
    lapse = coop.proposal(vote).lapse
    assert lapse is not None
    assert lapse["code"] == "rule.nothing_passes"
    edge = document(quorum={"module": "approvals/1", "count": 5}, admission={"module": "seconders/1", "count": 4})
    assert decided(coop, coop.voting("rules", effects=[adopting("rules", edge)]), Ume="yes") == "executed"


def test_a_veto_that_nobody_holds_stops_nothing() -> None:
    veto = {"module": "by_role/1", "roles": ["director"], "count": 1}
    locked = document(veto=veto, timing=PHASED | {"timelock_seconds": 86_400})
    coop = Assembly(ordinary=locked)
    vote = coop.voting()
    assert decided(coop, vote, Ume="yes") == "passed"
    assert code(coop.say, "Kenta", "proposal.veto/1", {"proposal": vote}) == "proposal.not_vetoer"
    coop.wait(DAY)
    assert coop.stage(vote) == "executed"


def test_a_swing_in_the_last_second_leaves_time_to_answer() -> None:
    """Late swing: whoever brings about the quorum at the last moment is answered. (OpenZeppelin's PreventLateQuorum)"""
    late = PHASED | {"late_quorum_seconds": 2 * 86_400}
    coop = Assembly(ordinary=document(timing=late, quorum=quorum("heads", "3/5", strict=False)))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "no")
    coop.time = (coop.proposal(vote).closes_at or 0) - 1
    coop.vote("Jiro", vote, "yes")
    coop.wait(DAY)
    coop.vote("Hanako", vote, "no")
    coop.paper("Matsu", vote, "no")
    assert decided(coop, vote) == "failed"


def test_nobody_prolongs_a_vote_again_and_again() -> None:
    """The extension comes once: a ballot changed in the last second of it, as often as one likes, moves no end."""
    late = PHASED | {"late_quorum_seconds": 2 * 86_400}
    coop = Assembly(ordinary=document(timing=late, quorum=quorum("heads", "2/5", strict=False)))
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.time = (coop.proposal(vote).closes_at or 0) - 1
    said = coop.vote("Kenta", vote, "yes")
    ends = coop.proposal(vote).closes_at or 0
    assert ends > coop.time + DAY
    coop.time = ends - 10_000
    for choice in ("no", "yes"):
        said = coop.vote("Kenta", vote, choice, replaces=said)
    coop.vote("Jiro", vote, "no")
    assert coop.proposal(vote).closes_at == ends
    coop.wait(HOUR)
    assert coop.stage(vote) == "passed"


def test_no_extension_of_the_longest_times_overflows() -> None:
    """Extension overflow: every length at its year still ends at a moment that JSON carries exactly."""
    longest = {name: YEAR for name in PHASED if name.endswith("_seconds")}
    rule = document(timing=PHASED | longest, quorum=quorum("heads", "1/5", strict=False))
    coop = Assembly(ordinary=rule)
    draft = coop.draft()
    coop.wait(YEAR * 1000)
    never = canonical.format_time(253_402_300_799_000)
    assert code(coop.call, draft, opens_at=never) == "proposal.opens_too_late"
    coop.call(draft)
    coop.wait(YEAR * 1000)
    coop.time = (coop.proposal(draft).closes_at or 0) - 1
    coop.vote("Ume", draft, "yes")
    closes = coop.proposal(draft).closes_at or 0
    assert coop.ballot("Ume", draft).cast_at + YEAR * 1000 == closes < MAX_INTEGER
    for line in coop.records():
        canonical.decode(line)


def test_a_deadline_passes_while_the_clerk_is_down() -> None:
    """Nothing waits for the operator: the next statement, months later, finds all done at its own time."""
    locked = document(timing=PHASED | {"timelock_seconds": 86_400})
    coop = Assembly(role=locked)
    vote = coop.voting("role", effects=[giving(coop, "Kenta")])
    coop.vote("Ume", vote, "yes")
    closes = (coop.proposal(vote).closes_at) or 0
    coop.time += 200 * DAY
    assert code(coop.vote, "Jiro", vote, "no") == "proposal.stage"
    coop.draft()
    found = coop.proposal(vote)
    assert (coop.stage(vote), found.executed_at) == ("executed", closes + DAY)
    assert coop.tally(vote) == {"yes": (1, 1), "no": (0, 0), "abstain": (0, 0)}


def test_consent_does_not_end_before_all_have_had_their_say() -> None:
    """Early close asks what everyone else could still say: with consent that is an objection."""
    consent = document(
        method={"module": "consent/1"}, threshold={"module": "no_objection/1"}, timing=PHASED | {"early_close": True}
    )
    coop = Assembly(ordinary=consent)
    vote = coop.voting()
    coop.vote("Ume", vote, "consent")
    coop.wait(HOUR)
    assert coop.stage(vote) == "voting"
    coop.vote("Kenta", vote, "object")
    coop.wait(HOUR)
    assert coop.stage(vote) == "failed"


def test_a_vote_that_could_still_be_tied_does_not_end_early() -> None:
    """Two thirds are out of reach, but whether it is a defeat (which rests) or a tie (which does not) is not."""
    rule = document(
        threshold=share("2/3", "yes_no", strict=False),
        tie={"module": "status_quo/1"},
        timing=PHASED | {"early_close": True},
    )
    coop = Assembly(ordinary=rule)
    vote = coop.voting()
    for name, choice in (("Ume", "yes"), ("Kenta", "no"), ("Jiro", "no")):
        coop.vote(name, vote, choice)
    coop.wait(HOUR)
    assert coop.stage(vote) == "voting"
    assert decided(coop, vote, Hanako="yes") == "tied"


def test_a_quorum_of_both_sides_can_be_reached_by_a_mixture() -> None:
    """Early close: neither all saying yes nor all saying no brings about a quorum that asks for some of both."""
    some = [{"module": "answers/1", "counts": [answer], "unit": "heads", "fraction": "2/5", "strict": False,
             "rounding": "exact"} for answer in ("yes", "no")]  # fmt: skip
    rule = document(quorum={"module": "all_of/1", "parts": some}, timing=PHASED | {"early_close": True})
    coop = Assembly(ordinary=rule)
    vote = coop.voting()
    coop.vote("Ume", vote, "no")
    coop.wait(HOUR)
    assert coop.stage(vote) == "voting"
    for name, choice in (("Kenta", "no"), ("Jiro", "yes")):
        coop.vote(name, vote, choice)
    coop.wait(HOUR)
    assert coop.stage(vote) == "voting"
    coop.vote("Hanako", vote, "yes")
    coop.wait(WEEK)
    assert coop.stage(vote) == "failed"


def test_a_casting_vote_is_not_the_majority_of_all_members() -> None:
    """One for it and one against it, of a hundred: the chair's vote does not make that more than half of all."""
    all_ = document(threshold=share("1/2", "all", strict=True), tie={"module": "chair/1"})
    assert code(Assembly, ordinary=all_) == "rule.invalid"
    heads = share("1/2", "cast", strict=True) | {"unit": "heads"}
    assert code(Assembly, ordinary=document(threshold=heads, tie={"module": "lot/1"})) == "rule.invalid"


def test_a_casting_vote_counts_classes_as_before() -> None:
    """Both houses were there; after the chair's vote they still are."""
    both = {"module": "per_class/1", "fractions": {"member": "1/5", "supporter": "1/2"}, "strict": False}
    coop = Assembly(ordinary=document(quorum=both, tie={"module": "chair/1"}))
    coop.join("Saki", "supporter")
    coop.appoint_by_decision("Kenta", "chair")
    vote = coop.voting()
    assert decided(coop, vote, Ume="yes", Saki="no") == "tied"
    coop.say("Kenta", "ballot.casting/1", {"proposal": vote, "choice": "yes"})
    assert coop.stage(vote) == "passed"


def test_the_lot_lifts_nobody_over_the_bar() -> None:
    """Two of five each, and more than half needed: whoever wins the lot has no more than before."""
    over_half = LOT | {"threshold": share("1/2", "cast", strict=True)}
    coop = Assembly(choice=over_half)
    options = [Private("春"), Private("夏"), Private("秋")]
    vote = coop.voting("choice", options=options)
    said = {"Ume": "option_1", "Kenta": "option_1", "Jiro": "option_2", "Hanako": "option_2"}
    coop.paper("Matsu", vote, "option_3")
    assert decided(coop, vote, **said) == "failed"
    half = coop.voting("choice", options=options)
    assert decided(coop, half, **said) == "counting"  # two halves: this the lot decides
    order = draws.draw_order(coop.state, coop.proposal(half), root(coop))
    coop.say("clerk", "lot.order/1", {"proposal": half, "order": list(order)})
    assert coop.stage(half) == "passed"


def test_the_lot_among_very_many_is_announced_in_a_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who fills a round with ten thousand things keeps nobody from drawing the lot: the first places are said alone."""
    everything = tuple(f"option_{number}" for number in range(1, MAX_PROJECTS + 1))
    assert len(canonical.encode(list(draws.said_of(everything)))) < MAX_STATEMENT // 2
    monkeypatch.setattr(draws, "MAX_OPTIONS", 2)
    coop = Assembly(budget=LOT | {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}})
    vote = coop.draft(kind="budget", budget=10)
    for _ in range(4):
        body = {"proposal": vote, "title": Private("街灯"), "text": Private("通学路に。"), "cost": 10}
        coop.say("Kenta", "proposal.item/1", body)
    coop.call(vote)
    assert decided(coop, vote, Ume="1,2,3,4") == "counting"
    coop.draft()
    order = draws.draw_order(coop.state, coop.proposal(vote), root(coop))
    for wrong in (order, order[1::-1], order[:1]):
        assert code(coop.say, "clerk", "lot.order/1", {"proposal": vote, "order": list(wrong)}) == "lot.differs"
    order = draws.draw_order(coop.state, coop.proposal(vote), root(coop))
    coop.say("clerk", "lot.order/1", {"proposal": vote, "order": list(order[:2])})
    found = coop.proposal(vote)
    assert (found.order, found.outcome and found.outcome.winners) == (order, order[:1])
    assert coop.folded_again() == coop.records()


def test_no_lot_is_awaited_where_nothing_is_tied() -> None:
    """A clerk who draws no lots holds up ties alone, and everyone sees which."""
    coop = Assembly(choice=LOT)
    vote = coop.voting("choice", options=[Private("春"), Private("夏")])
    assert decided(coop, vote, Ume="option_1") == "passed"
    tied = coop.voting("choice", options=[Private("春"), Private("夏")])
    assert decided(coop, tied, Ume="option_1", Kenta="option_2") == "counting"
    coop.wait(300 * DAY)
    assert coop.stage(tied) == "counting"


def test_a_clerk_who_draws_no_panel_keeps_no_deposit() -> None:
    panel = {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/3"}
    coop = Assembly(ordinary=document(electorate=panel, admission=deposit))
    with coop.granted("Ume", 3):
        draft = coop.draft()
    coop.call(draft)
    coop.wait(300 * DAY)
    assert coop.stage(draft) == "scheduled"
    coop.say("Ume", "proposal.withdraw/1", {"proposal": draft})
    assert (coop.stage(draft), tokens.account(coop.state, coop.id("Ume")).held) == ("withdrawn", 0)


@pytest.mark.parametrize("tie", ["status_quo/1", "chair/1", "fails/1"])
def test_no_tie_keeps_a_deposit(tie: str) -> None:
    deposit = {"module": "deposit/1", "tokens": 3, "returned_from": "1/2"}
    coop = Assembly(ordinary=document(admission=deposit, tie={"module": tie}))
    with coop.granted("Ume", 3):
        draft = coop.draft()
    decided(coop, coop.call(draft), Ume="yes", Kenta="no")
    account = tokens.account(coop.state, coop.id("Ume"))
    assert (account.total, account.held) == (3, 0)
