from __future__ import annotations

from typing import Any

import pytest

from ledger.books.contributions import Contribution
from ledger.books.tokens import COMMONS, Hold, Movement
from tests.ledger.books.commons import DAY, HOUR, NOTE, SECOND, Commons, every, refused


@pytest.fixture
def village() -> Commons:
    village = Commons("Aiko", "Botan", "Chiyo", "Daiki", "Emi")
    village.appoint("Chiyo", "concierge")
    village.appoint("Daiki", "auditor")
    return village


def report(village: Commons, author: str = "Aiko", *, for_: str | None = None, **changes: Any) -> str:
    body = {"kind": "cleaning", "quantity": 90, "on": "2026-04-01"} | changes
    return "con_" + village.say(author, "contribution.report/1", body, for_=for_)


def attest(village: Commons, author: str, id_: str, **more: Any) -> None:
    village.say(author, "contribution.attest/1", {"contribution": id_}, **more)


def object_(village: Commons, author: str, id_: str) -> None:
    village.say(author, "contribution.object/1", {"contribution": id_, "reason": NOTE})


def resolve(village: Commons, author: str, id_: str, decision: str) -> None:
    body = {"contribution": id_, "decision": decision, "reason": NOTE}
    village.say(author, "contribution.resolve/1", body)


def withdraw(village: Commons, author: str, id_: str) -> None:
    village.say(author, "contribution.withdraw/1", {"contribution": id_})


def give(village: Commons, author: str, to: str, amount: int) -> None:
    village.say(author, "token.gift/1", {"to": village.ids[to], "amount": amount})


def read(village: Commons, id_: str) -> Contribution:
    return village.state.need(Contribution, id_)


def test_an_attested_contribution_mints_by_the_rate(village: Commons) -> None:
    id_ = report(village)
    assert village.total("Aiko") == 0
    attest(village, "Botan", id_)
    contribution = read(village, id_)
    assert (contribution.state, contribution.earned, contribution.minted) == ("attested", 3, 3)
    movement = village.state.need(Movement, contribution.movement)
    assert (movement.verb, movement.source, movement.cause) == ("mint", COMMONS, id_)
    assert village.total("Aiko") == 3
    assert contribution.policy == 1


def test_nobody_attests_the_own_contribution(village: Commons) -> None:
    id_ = report(village)
    with refused("contribution.attest_own"):
        attest(village, "Aiko", id_)


def test_whoever_reported_for_another_does_not_attest_it(village: Commons) -> None:
    id_ = report(village, "Chiyo", for_="Aiko")
    assert (read(village, id_).member, read(village, id_).reported_by) == (village.ids["Aiko"], village.ids["Chiyo"])
    with refused("contribution.attest_own"):
        attest(village, "Chiyo", id_)
    with refused("contribution.attest_own"):
        attest(village, "Chiyo", id_, for_="Botan")
    with refused("contribution.attest_own"):
        attest(village, "Emi", id_, for_="Botan", cosigners=("Chiyo",))
    attest(village, "Botan", id_)
    assert village.total("Aiko") == 3


def test_the_same_person_does_not_attest_twice(village: Commons) -> None:
    village.adopt(attestation={"count": 2, "by": ["member"]})
    id_ = report(village)
    attest(village, "Botan", id_)
    with refused("contribution.attested_already"):
        attest(village, "Botan", id_)
    assert village.total("Aiko") == 0
    attest(village, "Emi", id_)
    assert village.total("Aiko") == 3


def test_a_helper_does_not_attest_twice_for_two_others(village: Commons) -> None:
    village.adopt(attestation={"count": 2, "by": ["member"]})
    id_ = report(village)
    attest(village, "Chiyo", id_, for_="Botan")
    for again in ({}, {"for_": "Emi"}):
        with refused("contribution.attested_already"):
            attest(village, "Chiyo", id_, **again)
    with refused("contribution.attested_already"):
        attest(village, "Botan", id_)


def test_attesters_hold_the_roles_that_the_policy_asks(village: Commons) -> None:
    village.adopt(attestation={"count": 1, "by": ["concierge", "auditor"]})
    id_ = report(village)
    with refused("contribution.attester"):
        attest(village, "Botan", id_)
    attest(village, "Chiyo", id_)
    assert village.total("Aiko") == 3


def test_an_attested_contribution_is_not_attested_again(village: Commons) -> None:
    id_ = report(village)
    attest(village, "Botan", id_)
    with refused("contribution.state"):
        attest(village, "Emi", id_)
    assert village.total("Aiko") == 3


def test_a_contribution_must_have_been_seen_to_be_attested(village: Commons) -> None:
    seen = village.index
    id_ = report(village)
    with refused("statement.seen_too_old"):
        attest(village, "Botan", id_, seen=seen)
    with refused("contribution.unknown"):
        attest(village, "Botan", "con_nothing")


def test_the_policy_in_force_at_the_report_decides(village: Commons) -> None:
    """A rule change is never retroactive."""
    id_ = report(village)
    village.adopt(
        kinds=[{"code": "cleaning", "unit": "hour", "tokens": 100}], attestation={"count": 3, "by": ["auditor"]}
    )
    attest(village, "Botan", id_)
    assert village.total("Aiko") == 3
    later = report(village, quantity=60)
    assert read(village, later).policy == 2


def test_a_co_op_that_only_counts_mints_nothing(village: Commons) -> None:
    village.adopt(mode="counts")
    id_ = report(village)
    attest(village, "Botan", id_)
    assert (read(village, id_).state, read(village, id_).minted) == ("attested", 0)
    assert every(village.memory, Movement) == []


def test_what_earns_less_than_a_token_is_counted_without_a_movement(village: Commons) -> None:
    """Zero-amount transfers do not exist."""
    for body in ({"quantity": 29}, {"kind": "thanks", "quantity": 1}):
        id_ = report(village, **body)
        attest(village, "Botan", id_)
        assert (read(village, id_).state, read(village, id_).movement) == ("attested", "")


@pytest.mark.parametrize("quantity", [0, -60, 1_000_001])
def test_impossible_quantities_are_refused(village: Commons, quantity: int) -> None:
    with refused("contribution.quantity"):
        report(village, quantity=quantity)


def test_an_unknown_kind_is_refused(village: Commons) -> None:
    with refused("contribution.kind_unknown"):
        report(village, kind="juggling")


@pytest.mark.parametrize("on", ["2026-4-1", "2026-02-30", "20260401", "令和8年4月1日", "2026-04-01\n"])
def test_a_day_has_one_spelling(village: Commons, on: str) -> None:
    with refused("contribution.date"):
        report(village, on=on)


def test_days_are_the_co_ops_own(village: Commons) -> None:
    """At 15:00 UTC on the 1st the 2nd begins in Japan."""
    village.wait(15 * HOUR - 60 * SECOND)
    with refused("contribution.future"):
        report(village, on="2026-04-02")
    village.wait(60 * SECOND)
    report(village, on="2026-04-02")
    with refused("contribution.future"):
        report(village, on="2026-04-03")


def test_the_claim_window_closes_old_reports(village: Commons) -> None:
    report(village, on="2026-03-02")
    with refused("contribution.too_old"):
        report(village, on="2026-03-01")


def test_a_report_that_nobody_attests_lapses(village: Commons) -> None:
    id_ = report(village)
    village.wait(30 * DAY - 10 * SECOND)
    assert read(village, id_).state == "reported"
    village.wait(10 * SECOND)
    assert read(village, id_).state == "lapsed"
    with refused("contribution.state"):
        attest(village, "Botan", id_)


def test_attested_withdrawn_and_disputed_reports_do_not_lapse(village: Commons) -> None:
    attested, withdrawn, disputed = report(village), report(village), report(village)
    attest(village, "Botan", attested)
    withdraw(village, "Aiko", withdrawn)
    object_(village, "Botan", disputed)
    village.wait(90 * DAY)
    assert [read(village, id_).state for id_ in (attested, withdrawn, disputed)] == [
        "attested",
        "withdrawn",
        "disputed",
    ]


def test_only_the_contributor_withdraws_and_only_before_attestation(village: Commons) -> None:
    id_ = report(village)
    with refused("contribution.not_own"):
        withdraw(village, "Botan", id_)
    withdraw(village, "Aiko", id_)
    with refused("contribution.state"):
        attest(village, "Botan", id_)
    attested = village.worked("Aiko", "Botan")
    with refused("contribution.state"):
        withdraw(village, "Aiko", attested)


def test_the_mint_cap_limits_a_person_in_a_period(village: Commons) -> None:
    village.adopt(mint_cap={"amount": 5, "period": "month"})
    first, second, third = (village.worked("Aiko", "Botan", minutes=90) for _ in range(3))
    assert [read(village, id_).minted for id_ in (first, second, third)] == [3, 2, 0]
    assert read(village, third).earned == 3
    assert village.total("Aiko") == 5
    village.worked("Emi", "Botan", minutes=90)
    assert village.total("Emi") == 3
    march = village.worked("Aiko", "Botan", minutes=90, on="2026-03-31")
    assert read(village, march).minted == 3


def test_a_fiscal_year_begins_in_the_co_ops_month(village: Commons) -> None:
    village.adopt(mint_cap={"amount": 5, "period": "fiscal_year"})
    village.worked("Aiko", "Botan", minutes=150, on="2026-03-31")
    village.worked("Aiko", "Botan", minutes=150, on="2026-04-01")
    assert village.total("Aiko") == 10
    village.time += 31 * DAY
    village.worked("Aiko", "Botan", minutes=60, on="2026-05-01")
    assert village.total("Aiko") == 10


def test_an_objection_holds_what_was_minted_until_it_is_resolved(village: Commons) -> None:
    id_ = village.worked("Aiko", "Botan", minutes=90)
    object_(village, "Emi", id_)
    assert (read(village, id_).state, village.total("Aiko"), village.available("Aiko")) == ("disputed", 3, 0)
    with refused("token.insufficient"):
        give(village, "Aiko", "Botan", 1)
    resolve(village, "Daiki", id_, "uphold")
    assert (read(village, id_).state, village.available("Aiko")) == ("attested", 3)
    assert every(village.memory, Hold) == []


def test_a_reversed_contribution_is_taken_back_by_a_linked_movement(village: Commons) -> None:
    id_ = village.worked("Aiko", "Botan", minutes=90)
    object_(village, "Emi", id_)
    resolve(village, "Daiki", id_, "reverse")
    contribution = read(village, id_)
    assert (contribution.state, contribution.reversed, village.total("Aiko")) == ("reversed", 3, 0)
    movement = village.state.children(Movement)[-1]
    assert (movement.verb, movement.reverses, movement.target) == ("reverse", contribution.movement, COMMONS)


def test_a_reversal_after_the_tokens_were_spent_takes_what_is_left_and_says_so(village: Commons) -> None:
    """Elsewhere a refund after the money was spent silently went negative."""
    id_ = village.worked("Aiko", "Botan", minutes=90)
    give(village, "Aiko", "Emi", 2)
    object_(village, "Emi", id_)
    resolve(village, "Daiki", id_, "reverse")
    assert (read(village, id_).minted, read(village, id_).reversed, village.total("Aiko")) == (3, 1, 0)
    nothing_left = village.worked("Aiko", "Botan", minutes=90)
    give(village, "Aiko", "Emi", 3)
    object_(village, "Emi", nothing_left)
    resolve(village, "Daiki", nothing_left, "reverse")
    assert (read(village, nothing_left).state, read(village, nothing_left).reversed) == ("reversed", 0)


def test_what_was_reversed_frees_the_cap(village: Commons) -> None:
    village.adopt(mint_cap={"amount": 3, "period": "month"})
    id_ = village.worked("Aiko", "Botan", minutes=90)
    object_(village, "Emi", id_)
    resolve(village, "Daiki", id_, "reverse")
    village.worked("Aiko", "Botan", minutes=90)
    assert village.total("Aiko") == 3


def test_an_objection_before_attestation_stops_it(village: Commons) -> None:
    id_ = report(village)
    object_(village, "Emi", id_)
    with refused("contribution.state"):
        attest(village, "Botan", id_)
    resolve(village, "Daiki", id_, "uphold")
    attest(village, "Botan", id_)
    assert village.total("Aiko") == 3
    with refused("contribution.objected_already"):
        object_(village, "Chiyo", id_)


def test_an_upheld_report_waits_for_its_attestation_anew(village: Commons) -> None:
    id_ = report(village)
    object_(village, "Emi", id_)
    village.wait(40 * DAY)
    resolve(village, "Daiki", id_, "uphold")
    village.wait(29 * DAY)
    assert read(village, id_).state == "reported"
    village.wait(DAY)
    assert read(village, id_).state == "lapsed"


def test_an_unattested_report_can_be_reversed(village: Commons) -> None:
    id_ = report(village)
    object_(village, "Emi", id_)
    resolve(village, "Daiki", id_, "reverse")
    assert (read(village, id_).state, read(village, id_).minted) == ("reversed", 0)


def test_objections_end_with_the_window(village: Commons) -> None:
    id_ = village.worked("Aiko", "Botan")
    village.wait(7 * DAY)
    with refused("contribution.window_over"):
        object_(village, "Emi", id_)


def test_a_dispute_is_resolved_by_an_official_who_had_no_part_in_it(village: Commons) -> None:
    for name in ("Aiko", "Botan", "Emi", "Chiyo"):
        village.appoint(name, "administrator")
    id_ = report(village, "Chiyo", for_="Aiko")
    attest(village, "Botan", id_)
    object_(village, "Emi", id_)
    for name in ("Aiko", "Botan", "Emi", "Chiyo"):
        with refused("contribution.resolve_own"):
            resolve(village, name, id_, "uphold")
    resolve(village, "Daiki", id_, "uphold")
    with refused("contribution.state"):
        resolve(village, "Daiki", id_, "reverse")


def test_a_helper_who_attested_for_another_does_not_resolve(village: Commons) -> None:
    village.appoint("Chiyo", "administrator")
    id_ = report(village)
    attest(village, "Chiyo", id_, for_="Botan")
    object_(village, "Emi", id_)
    with refused("contribution.resolve_own"):
        resolve(village, "Chiyo", id_, "uphold")


def test_members_without_the_role_do_not_resolve(village: Commons) -> None:
    id_ = report(village)
    object_(village, "Emi", id_)
    with refused("role.required"):
        resolve(village, "Botan", id_, "reverse")


def test_only_disputed_contributions_are_resolved(village: Commons) -> None:
    with refused("contribution.state"):
        resolve(village, "Daiki", report(village), "uphold")


def test_a_contributor_who_left_during_a_dispute_breaks_nothing(village: Commons) -> None:
    """Elsewhere a member left with a balance and the page crashed."""
    id_ = village.worked("Aiko", "Botan", minutes=90)
    waiting = report(village)
    object_(village, "Emi", id_)
    village.say("Aiko", "member.leave/1", {})
    assert village.total("Aiko") == 0
    resolve(village, "Daiki", id_, "reverse")
    assert read(village, id_).reversed == 0
    with refused("token.receiver_left"):
        attest(village, "Botan", waiting)
