"""A rule over past decisions: the rule in force gives what is recorded, and a draft what it would have come to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import backtest
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal
from governance.books.rules import RuleVersion
from governance.count import Count
from governance.counted_again import Again, Why, again
from ledger.compose import Private
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE, document, quorum, share
from tests.governance.hall import Hall, general
from tests.governance.test_counts import announce
from tests.governance.test_standing import belong, pay
from tests.simulator import refused

HOUSES = document(
    weight={"module": "houses/1", "shares": {"member": 2, "supporter": 1}},
    threshold={"module": "all_of/1", "parts": [
        share("1/2", "yes_no", strict=True),
        {"module": "per_class/1", "classes": ["supporter"], "fraction": "1/2", "strict": False, "of": "yes_no"},
    ]},
)  # fmt: skip
DELEGATED = document(delegation={"module": "standing/1", "depth": None})
RULES: dict[str, dict[str, Any]] = {
    "plain": document(),
    "two thirds of all": document(threshold=share("2/3", "all", strict=False)),
    "half present": document(quorum=quorum("heads", "1/2", strict=True)),
    "three approve": document(quorum={"module": "approvals/1", "count": 3}),
    "status quo": document(tie={"module": "status_quo/1"}),
    "by class": document(weight={"module": "by_class/1", "weights": {"supporter": 3}, "others": 2}),
    "houses": HOUSES,
    "delegated": DELEGATED,
    "members alone": document(electorate={"module": "by_class/1", "classes": ["member"]}),
}
VOTERS = ("Jiro", "Ume", "Kenta", "Saki")
BALLOTS = st.fixed_dictionaries({name: st.sampled_from(("yes", "no", "abstain", None)) for name in VOTERS})


def village(rule: dict[str, Any], ballots: dict[str, str | None]) -> tuple[Assembly, str]:
    """Five members and a supporter; Matsu has no ballot but, through Hanako, who delegates herself, a voice."""
    coop = Assembly(ordinary=rule)
    coop.join("Saki", "supporter")
    coop.say("Hanako", "delegation.give/1", {"to": coop.id("Kenta")})
    vote = coop.voting()
    on_roll = rule["electorate"]["module"] == "all_active/1"
    for name, choice in ballots.items():
        if choice is not None and (on_roll or name != "Saki"):
            coop.vote(name, vote, choice)
    coop.close()
    coop.draft()
    return coop, vote


def tried(coop: Assembly, vote: str, document: dict[str, Any], **more: Any) -> Again:
    return again(coop.state, coop.proposal(vote), backtest.draft(document), **more)


def by_the_rule_in_force(coop: Assembly, vote: str, **more: Any) -> Again:
    version = coop.state.need(RuleVersion, coop.proposal(vote).rule or "")
    return tried(coop, vote, version.document, **more)


def assert_as_recorded(found: Again) -> None:
    assert found.why is None
    assert found.after == found.before
    assert (found.gained, found.lost, found.flips) == (0, 0, False)


def why(found: Again) -> str:
    assert found.after is None
    assert not found.flips
    assert found.why is not None
    return found.why.reason


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(RULES)), BALLOTS)
def test_the_rule_in_force_gives_what_is_recorded(name: str, ballots: dict[str, str | None]) -> None:
    assert_as_recorded(by_the_rule_in_force(*village(RULES[name], ballots)))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(RULES)), st.sampled_from(sorted(RULES)), BALLOTS)
def test_a_draft_gives_what_it_would_have_given_had_it_been_the_rule(
    now: str, then: str, ballots: dict[str, str | None]
) -> None:
    """The same acts in a second co-op, which had the draft as its rule from the beginning."""
    coop, vote = village(RULES[now], ballots)
    other, decided = village(RULES[then], ballots if now != "members alone" else ballots | {"Saki": None})
    found = tried(coop, vote, RULES[then])
    recorded = by_the_rule_in_force(other, decided)
    assert found.after == recorded.before
    assert found.before.outcome == coop.proposal(vote).outcome
    voted = now != "members alone" and ballots["Saki"] is not None
    assert found.lost == (then == "members alone" and voted)
    assert found.gained == (now == "members alone" != then)


def test_drafts_by_hand() -> None:
    coop, vote = village(document(), {"Jiro": "yes", "Ume": "yes", "Kenta": "no", "Saki": "yes"})
    same = tried(coop, vote, document(quorum=quorum("heads", "2/3", strict=False)))
    assert same.after is not None
    assert same.after.present == Count(4, 4)
    assert [(step.have, step.need) for step in same.after.tests(quorum=True)] == [(4, 4)]
    assert not same.flips
    flipped = tried(coop, vote, document(quorum=quorum("heads", "5/6", strict=False)))
    assert flipped.after is not None
    assert (flipped.before.outcome.result, flipped.after.outcome.result) == ("passed", "no_quorum")
    assert flipped.flips
    assert [(step.have, step.need) for step in flipped.after.tests(quorum=True)] == [(4, 5)]
    assert [(step.have, step.need) for step in flipped.before.tests(quorum=False)] == [(3, 3)]
    # With delegation Kenta speaks for Hanako: three against two.
    delegated = tried(
        coop, vote, document(delegation=DELEGATED["delegation"], threshold=share("2/3", "cast", strict=False))
    )
    assert delegated.after is not None
    assert (delegated.after.present.heads, delegated.after.outcome.result) == (5, "failed")


def test_all_decisions_and_what_became_of_them() -> None:
    coop, first = village(document(), {"Jiro": "yes", "Ume": "yes", "Kenta": "no", "Saki": None})
    second = coop.voting()
    coop.vote("Ume", second, "no")
    coop.close()
    coop.draft()
    draft = backtest.draft(document(quorum=quorum("heads", "1/3", strict=False)))
    found = backtest.run(coop.state, draft, ("ordinary",), (coop.size, coop.time))
    assert [one.proposal for one in found.decisions] == [first, second]
    assert (found.compared, found.flips) == (2, 0)
    assert found.changes() == {("passed", "passed"): 1, ("failed", "no_quorum"): 1}
    assert found.spread is not None
    assert found.spread == found.in_force
    assert (found.spread.active, found.spread.roll, found.spread.gini) == (6, Count(6, 6), Fraction(0))
    assert found.spread.fewest == 4
    assert backtest.run(coop.state, draft, ("rules",), (coop.size, coop.time)).decisions == ()


def test_power_as_of_now_under_the_draft_and_under_the_rule_in_force() -> None:
    coop, _ = village(document(), dict.fromkeys(VOTERS))
    draft = backtest.draft(document(weight={"module": "by_class/1", "weights": {"supporter": 6}, "others": 1}))
    found = backtest.run(coop.state, draft, ("ordinary",), (coop.size, coop.time))
    assert found.spread is not None
    assert found.in_force is not None
    assert found.spread.voters == {("", 1): 5, ("", 6): 1}
    assert (found.spread.fewest, found.in_force.fewest) == (1, 4)
    assert found.spread.gini == Fraction(25, 66)
    assert found.spread.power is not None
    told = {row.kind[1]: (row.measure, row.share) for row in found.spread.power.rows}
    assert told == {6: (Fraction(1), Fraction(1)), 1: (Fraction(0), Fraction(0))}
    assert found.spread.curve[0] == 0
    assert found.spread.curve[-1] == 1


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (document(method={"module": "consent/1"}, threshold={"module": "no_objection/1"}), Why("method")),
        (document(weight={"module": "shares/1", "cap": None}), Why("trace", {"kind": "shares"})),
        (document(electorate={"module": "by_area/1", "areas": ["north"]}), Why("trace", {"kind": "belonging"})),
        (document(electorate={"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}), Why("panel")),
        (general(), Why("meeting")),
    ],
)
def test_what_the_ledger_can_not_answer_is_not_made_up(draft: dict[str, Any], reason: Why) -> None:
    coop, vote = village(document(), {"Jiro": "yes", "Ume": "yes", "Kenta": "no", "Saki": None})
    found = tried(coop, vote, draft)
    assert found.why == reason
    assert why(found) == reason.reason


def test_traces_count_as_of_the_opening() -> None:
    coop = Assembly()
    belong(coop, "Ume", area="north")
    pay(coop, "Kenta", 3, 3000)
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "no")
    belong(coop, "Kenta", area="north")
    coop.close()
    coop.draft()
    north = tried(coop, vote, document(electorate={"module": "by_area/1", "areas": ["north"]}))
    assert north.after is not None
    assert (north.after.roll, north.after.outcome.result, north.lost) == (Count(1, 1), "passed", 1)
    shares = tried(coop, vote, document(weight={"module": "shares/1", "cap": None}))
    assert shares.after is not None
    assert (shares.after.roll, shares.after.outcome.result) == (Count(1, 3), "failed")


SEALED = document(secrecy={"module": "confidential/1"})


def sealed_vote(**choices: str) -> tuple[Assembly, str]:
    coop = Assembly(ordinary=SEALED)
    vote = coop.voting()
    for name, choice in choices.items():
        coop.vote(name, vote, Private(choice))
    coop.close()
    counts = {c: (n, n) for c in ("yes", "no", "abstain") if (n := sum(one == c for one in choices.values())) >= 0}
    announce(coop, vote, "passed", **counts, invalid=(0, 0))
    return coop, vote


def test_sealed_ballots_are_judged_by_their_announced_count_while_the_same_ones_count() -> None:
    coop, vote = sealed_vote(Ume="yes", Kenta="yes", Jiro="no")
    assert_as_recorded(by_the_rule_in_force(coop, vote))
    stricter = tried(coop, vote, document(threshold=share("2/3", "all", strict=False)))
    assert stricter.after is not None
    assert (stricter.after.outcome.result, stricter.flips) == ("failed", True)


def test_sealed_ballots_that_would_count_for_something_else_stay_sealed() -> None:
    """No draft may be cut so that it tells how a single member voted."""
    coop, vote = sealed_vote(Ume="yes", Kenta="yes", Jiro="no")
    table = {"module": "table/1", "weights": {coop.id("Jiro"): 2}, "others": 1}
    alone = {"module": "by_role/1", "roles": ["facilitator"]}
    for draft in (document(weight=table), document(electorate=alone), HOUSES):
        assert why(tried(coop, vote, draft)) == "sealed"


def test_what_only_ballots_tell_is_not_told_discreetly() -> None:
    coop, vote = village(document(), {"Jiro": "yes", "Ume": "yes", "Kenta": "no", "Saki": "yes"})
    table = {"module": "table/1", "weights": {coop.id("Jiro"): 2}, "others": 1}
    classes = {"module": "per_class/1", "classes": ["supporter"], "fraction": "1/2", "strict": False, "of": "yes_no"}
    both = {"module": "all_of/1", "parts": [share("1/2", "yes_no", strict=True), classes]}
    telling = (document(weight=table), DELEGATED, document(threshold=both), RULES["members alone"])
    for draft in telling:
        assert why(tried(coop, vote, draft, discreet=True)) == "unseen"
        assert tried(coop, vote, draft).after is not None
    stricter = document(quorum=quorum("heads", "5/6", strict=False), threshold=share("2/3", "all", strict=False))
    assert tried(coop, vote, stricter, discreet=True) == tried(coop, vote, stricter)


def test_whoever_has_the_openings_counts_them() -> None:
    coop, vote = sealed_vote(Ume="yes", Kenta="yes", Jiro="no")
    said = {opening.value for openings in coop.openings.values() for opening in openings if opening.path == "choice"}
    assert said == {"yes", "no"}
    choices = {coop.id("Ume"): "yes", coop.id("Kenta"): "yes", coop.id("Jiro"): "no"}

    def value_of(ballot: Ballot) -> str:
        return choices[ballot.member]

    assert_as_recorded(by_the_rule_in_force(coop, vote, value_of=value_of))
    heavy = document(weight={"module": "table/1", "weights": {coop.id("Jiro"): 2}, "others": 1})
    found = tried(coop, vote, heavy, value_of=value_of)
    assert found.after is not None
    assert (found.after.roll, found.after.outcome.result) == (Count(5, 6), "failed")
    choices[coop.id("Ume")] = "maybe"
    assert tried(coop, vote, heavy, value_of=value_of).after is not None


def test_a_casting_vote_holds_where_the_draft_asks_for_one() -> None:
    coop = Assembly(ordinary=document(tie={"module": "chair/1"}))
    coop.appoint_by_decision("Jiro", "chair")
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.vote("Kenta", vote, "no")
    coop.close()
    coop.say("Jiro", "ballot.casting/1", {"proposal": vote, "choice": "yes"})
    assert_as_recorded(by_the_rule_in_force(coop, vote))
    fails = tried(coop, vote, document())
    assert fails.after is not None
    assert (fails.before.outcome.broken, fails.after.outcome.result, fails.flips) == ("chair", "failed", True)


def test_choices_are_counted_again_by_the_same_method_only() -> None:
    coop = Assembly()
    vote = coop.voting(kind="choice", options=[Private("山"), Private("海"), Private("川")])
    for name, choice in {"Ume": "option_1", "Kenta": "option_1", "Jiro": "option_2"}.items():
        coop.vote(name, vote, choice)
    coop.close()
    coop.draft()
    assert_as_recorded(by_the_rule_in_force(coop, vote))
    heavy = CHOICE | {"weight": {"module": "table/1", "weights": {coop.id("Jiro"): 3}, "others": 1}}
    found = tried(coop, vote, heavy)
    assert found.after is not None
    assert (found.after.outcome.winners, found.flips) == (("option_2",), True)
    assert why(tried(coop, vote, CHOICE | {"method": {"module": "approval/1", "most": None}})) == "method"


def test_ballots_that_the_drafts_settings_do_not_accept_are_not_bent() -> None:
    approval: dict[str, Any] = CHOICE | {"method": {"module": "approval/1", "most": None}}
    coop = Assembly(choice=approval)
    vote = coop.voting(kind="choice", options=[Private("山"), Private("海"), Private("川")])
    coop.vote("Ume", vote, "1,2")
    coop.close()
    coop.draft()
    assert_as_recorded(by_the_rule_in_force(coop, vote))
    assert why(tried(coop, vote, approval | {"method": {"module": "approval/1", "most": 1}})) == "ballots"


def meeting_with_hands() -> tuple[Hall, str]:
    coop = Hall(ordinary=general())
    item = coop.draft()
    meeting = coop.convene(item)
    coop.entrust("Matsu", meeting, "Kenta")
    coop.begin(meeting, "Hanako", "Jiro", "Ume", "Kenta")
    coop.vote("Kenta", item, "no")
    coop.hands(item, yes=3)
    coop.put(meeting, item)
    return coop, item


def test_meetings_are_counted_again_with_who_was_there() -> None:
    coop, item = meeting_with_hands()
    assert_as_recorded(by_the_rule_in_force(coop, item))
    # Without proxies Matsu is not there.
    alone = tried(coop, item, general(proxy={"module": "none/1"}))
    assert alone.after is not None
    assert (alone.before.present.heads, alone.after.present.heads) == (5, 4)
    strict = tried(coop, item, general(threshold=share("2/3", "present", strict=False), tie={"module": "fails/1"}))
    assert strict.after is not None
    assert (strict.before.outcome.result, strict.after.outcome.result) == ("passed", "failed")
    assert (
        why(tried(coop, item, general(venue={"module": "meeting/1", "kinds": ["board"], "motions": False})))
        == "meeting"
    )


def test_without_a_meeting_a_draft_that_has_a_way_for_that_takes_everyones_consent() -> None:
    coop = Assembly()
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    coop.close()
    meeting = {"module": "meeting/1", "kinds": ["general"], "motions": False}
    assert why(tried(coop, vote, document(venue=meeting))) == "meeting"
    by_all = tried(coop, vote, document(venue=meeting | {"module": "meeting_or_all/1"}))
    assert by_all.after is not None
    assert (by_all.before.outcome.result, by_all.after.outcome.result) == ("passed", "failed")


def test_nobody_knows_whose_hands_they_were() -> None:
    coop, item = meeting_with_hands()
    plain = [channel for channel in general()["channels"] if channel not in ("hands", "unopposed")]
    table = {"module": "table/1", "weights": {coop.id("Jiro"): 3}, "others": 1}
    assert why(tried(coop, item, general(weight=table, channels=plain))) == "hands"
    assert why(tried(coop, item, general(electorate={"module": "without_chair/1"}))) == "hands"


def test_only_what_has_been_decided_is_counted_again() -> None:
    coop = Assembly()
    vote = coop.voting()
    coop.vote("Ume", vote, "yes")
    with refused("proposal.undecided"):
        tried(coop, vote, document())
    assert backtest.decisions(coop.state, ("ordinary",)) == []
    coop.close()
    assert [one.id for one in backtest.decisions(coop.state, ("ordinary", "rules"))] == [vote]
    assert isinstance(coop.state.need(Proposal, vote), Proposal)


def test_kinds_that_a_rule_could_decide() -> None:
    assert backtest.fitting(CHOICE) == ("choice", "election")
    assert "expel" not in backtest.fitting(document())
    assert "expel" in backtest.fitting(document(electorate={"module": "disinterested/1"}))
    assert backtest.fitting({"electorate": 1}) == ()
