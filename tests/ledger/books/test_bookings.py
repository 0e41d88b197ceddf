from __future__ import annotations

from typing import Any

import pytest

from ledger import canonical
from ledger.books import bookings, members, slots, tokens
from ledger.books.bookings import Booking
from ledger.books.resources import Resource
from ledger.books.slots import Day
from ledger.errors import Refusal
from ledger.state import Due
from tests.ledger.books.commons import DAY, HOUR, NOTE, SECOND, Commons, every, local, refused

MINUTE = 60 * SECOND


@pytest.fixture
def village() -> Commons:
    village = Commons("Aiko", "Botan", "Chiyo", "Daiki")
    for name in ("Botan", "Chiyo"):
        village.grant(name, 100)
    return village


def crate(village: Commons, quantity: int = 10, provider: str = "Aiko", **terms: Any) -> str:
    """A stock of vegetables, two tokens each."""
    availability = {"kind": "stock", "quantity": quantity, "unit": "box"}
    return _offer(village, provider, availability, terms)


def room(village: Commons, provider: str = "Aiko", calendar: dict[str, Any] | None = None, **terms: Any) -> str:
    """A room open from 9 to 12 and 13 to 18 each day, by the hour, two tokens each."""
    hours = [{"weekday": day, "opens": o, "closes": c} for day in range(7) for o, c in ((540, 720), (780, 1080))]
    return _offer(village, provider, {"kind": "calendar", "opening": hours, "slot": 60} | (calendar or {}), terms)


def _offer(village: Commons, provider: str, availability: dict[str, Any], changes: dict[str, Any]) -> str:
    terms = {"title": NOTE, "cost": 2, "needs_confirmation": False} | changes
    return "res_" + village.say(provider, "resource.offer/1", {"availability": availability, "terms": terms})


def book(village: Commons, author: str, resource: str, *when: str, quantity: int = 1, **more: Any) -> str:
    times = dict(zip(("starts", "ends"), map(local, when), strict=False))
    body = {"resource": resource, "quantity": quantity, **times}
    return "bkg_" + village.say(author, "booking.request/1", body, **more)


def act(village: Commons, author: str, verb: str, id_: str) -> None:
    village.say(author, f"booking.{verb}/1", {"booking": id_})


def read(village: Commons, id_: str) -> Booking:
    return village.state.need(Booking, id_)


def stock(village: Commons, id_: str) -> tuple[int, int, int]:
    resource = village.state.need(Resource, id_)
    return resource.available, resource.reserved, resource.taken


def until(village: Commons, text: str) -> None:
    """Let time pass to a local moment of 2026."""
    village.time = canonical.parse_time(local(text))
    village.wait(0)


# Stock.


def test_a_crate_from_request_to_settlement(village: Commons) -> None:
    res = crate(village, needs_confirmation=True, deposit=5)
    id_ = book(village, "Botan", res, quantity=3)
    assert (village.total("Botan"), village.available("Botan")) == (100, 89)
    assert stock(village, res) == (7, 3, 0)
    act(village, "Aiko", "confirm", id_)
    act(village, "Aiko", "hand_over", id_)
    assert stock(village, res) == (7, 0, 3)
    act(village, "Botan", "settle", id_)
    assert (read(village, id_).state, read(village, id_).forfeited) == ("settled", 0)
    assert (village.total("Botan"), village.available("Botan"), village.total("Aiko")) == (94, 94, 6)
    assert every(village.memory, Due) == []


def test_a_resource_without_confirmation_confirms_at_once(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    assert read(village, id_).state == "confirmed"


def test_two_bookings_cannot_take_the_same_units(village: Commons) -> None:
    res = crate(village, quantity=5)
    book(village, "Botan", res, quantity=3)
    with refused("resource.insufficient"):
        book(village, "Chiyo", res, quantity=3)
    book(village, "Chiyo", res, quantity=2)
    assert stock(village, res) == (0, 5, 0)


def test_payment_is_burned_where_the_terms_say_so(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village, payout="burn"))
    act(village, "Botan", "settle", id_)
    assert (village.total("Botan"), village.total("Aiko")) == (98, 0)
    assert tokens.supply(village.state).burned == 2


def test_the_policy_says_who_is_paid_where_the_terms_do_not(village: Commons) -> None:
    village.adopt(bookings={"payout": "burn"})
    act(village, "Botan", "settle", book(village, "Botan", crate(village)))
    assert village.total("Aiko") == 0


def test_a_free_thing_moves_no_tokens(village: Commons) -> None:
    """Zero-amount transfers do not exist; a newcomer with no tokens borrows all the same."""
    before = len(every(village.memory, tokens.Movement))
    id_ = book(village, "Daiki", crate(village, cost=0))
    act(village, "Aiko", "hand_over", id_)
    act(village, "Daiki", "settle", id_)
    assert len(every(village.memory, tokens.Movement)) == before
    assert read(village, id_).state == "settled"


def test_a_free_booking_of_a_slot_and_its_dues_need_no_tokens(village: Commons) -> None:
    res = room(village, cost=0, cancellation={"numerator": 1, "denominator": 1})
    shown, missed = (book(village, "Daiki", res, f"04-02 {h}:00", f"04-02 {h + 1}:00") for h in (10, 14))
    until(village, "04-02 10:30")
    act(village, "Aiko", "hand_over", shown)
    until(village, "04-09 00:00")
    assert (read(village, shown).state, read(village, missed).state) == ("settled", "no_show")


def test_without_enough_tokens_nothing_is_reserved(village: Commons) -> None:
    """Elsewhere check and write were not atomic."""
    res, slot = crate(village, cost=101), room(village, cost=101)
    before = dict(village.memory.records)
    with refused("token.insufficient"):
        book(village, "Botan", res)
    with refused("token.insufficient"):
        book(village, "Botan", slot, "04-02 10:00", "04-02 11:00")
    assert village.memory.records == before


def test_tokens_held_for_one_booking_do_not_pay_for_another(village: Commons) -> None:
    """Elsewhere tokens that were only pending were spent twice."""
    res = crate(village, cost=60)
    book(village, "Botan", res)
    with refused("token.insufficient"):
        book(village, "Botan", res)
    with refused("token.insufficient"):
        village.say("Botan", "token.gift/1", {"to": village.ids["Chiyo"], "amount": 41})


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_impossible_quantities_are_refused(village: Commons, quantity: int) -> None:
    with refused("booking.quantity"):
        book(village, "Botan", crate(village), quantity=quantity)


def test_a_price_beyond_reason_is_refused(village: Commons) -> None:
    with refused("booking.too_large"):
        book(village, "Botan", _every_minute(village), "04-02 00:00", "04-23 00:00", quantity=1000)


def _every_minute(village: Commons) -> str:
    hours = [{"weekday": day, "opens": 0, "closes": 1440} for day in range(7)]
    return room(village, calendar={"opening": hours, "slot": 5, "capacity": 1000}, cost=1_000_000)


def test_stock_has_no_times_and_a_calendar_has(village: Commons) -> None:
    with refused("booking.times"):
        book(village, "Botan", crate(village), "04-02 10:00", "04-02 11:00")
    res = room(village)
    with refused("booking.times"):
        book(village, "Botan", res)
    with refused("booking.times"):
        book(village, "Botan", res, "04-02 10:00")


# Who may book.


def test_only_the_classes_that_the_terms_name_may_book(village: Commons) -> None:
    village.join("Emi", "supporter")
    village.grant("Emi", 10)
    res = crate(village, classes=["supporter"])
    with refused("booking.class"):
        book(village, "Botan", res)
    book(village, "Emi", res)


def test_a_closed_resource_is_not_booked_but_what_stands_is_kept(village: Commons) -> None:
    res = crate(village)
    id_ = book(village, "Botan", res)
    village.say("Aiko", "resource.close/1", {"resource": res})
    with refused("resource.closed"):
        book(village, "Chiyo", res)
    act(village, "Aiko", "hand_over", id_)
    act(village, "Botan", "settle", id_)
    village.say("Aiko", "resource.reopen/1", {"resource": res})
    book(village, "Chiyo", res)


def test_nobody_pays_oneself(village: Commons) -> None:
    with refused("booking.own_resource"):
        book(village, "Botan", crate(village, provider="Botan"))
    book(village, "Botan", crate(village, provider="Botan", payout="burn"))
    book(village, "Botan", crate(village, provider="Botan", cost=0))


def test_a_suspended_member_does_not_book(village: Commons) -> None:
    res = crate(village)
    village.suspend("Botan")
    with refused("member.inactive"):
        book(village, "Botan", res)


def test_a_co_op_that_turned_to_counting_takes_no_tokens(village: Commons) -> None:
    res, free = crate(village), crate(village, cost=0)
    village.adopt(mode="counts")
    with refused("token.off"):
        book(village, "Botan", res)
    book(village, "Botan", free)


def test_nobody_signs_a_price_unseen(village: Commons) -> None:
    res = crate(village, cost=1)
    seen = village.index
    village.say("Aiko", "resource.update/1", {"resource": res, "terms": _terms(cost=50)})
    with refused("statement.seen_too_old"):
        book(village, "Botan", res, seen=seen)


def test_new_terms_are_for_later_bookings_only(village: Commons) -> None:
    res = crate(village, cost=1)
    id_ = book(village, "Botan", res)
    village.say("Aiko", "resource.update/1", {"resource": res, "terms": _terms(cost=50, payout="burn")})
    act(village, "Botan", "settle", id_)
    assert (village.total("Botan"), village.total("Aiko")) == (99, 1)
    assert read(village, book(village, "Botan", res)).cost == 50


def test_a_booking_entered_for_a_member(village: Commons) -> None:
    id_ = book(village, "Daiki", crate(village), for_="Botan")
    assert read(village, id_).member == village.ids["Botan"]
    assert village.available("Botan") == 98
    village.say("Daiki", "booking.settle/1", {"booking": id_}, for_="Botan")
    assert village.total("Aiko") == 2


def _terms(**changes: Any) -> dict[str, Any]:
    return {"title": NOTE, "cost": 2, "needs_confirmation": False} | changes


# Slots.


def test_two_bookings_cannot_take_the_same_slot(village: Commons) -> None:
    res = room(village)
    book(village, "Botan", res, "04-02 10:00", "04-02 12:00")
    for when in (("09:00", "11:00"), ("10:00", "11:00"), ("11:00", "12:00"), ("09:00", "12:00")):
        with refused("booking.taken"):
            book(village, "Chiyo", res, *(f"04-02 {clock}" for clock in when))
    book(village, "Chiyo", res, "04-02 09:00", "04-02 10:00")
    book(village, "Chiyo", res, "04-03 10:00", "04-03 12:00")
    book(village, "Chiyo", room(village), "04-02 10:00", "04-02 12:00")


def test_slots_and_places_are_paid_each(village: Commons) -> None:
    res = room(village, calendar={"capacity": 5})
    assert read(village, book(village, "Botan", res, "04-02 10:00", "04-02 12:00", quantity=3)).cost == 12


def test_capacity_is_shared_until_it_is_full(village: Commons) -> None:
    res = room(village, calendar={"capacity": 3})
    book(village, "Botan", res, "04-02 09:00", "04-02 11:00", quantity=2)
    book(village, "Chiyo", res, "04-02 10:00", "04-02 12:00")
    with refused("booking.taken"):
        book(village, "Chiyo", res, "04-02 09:00", "04-02 12:00")
    book(village, "Chiyo", res, "04-02 11:00", "04-02 12:00", quantity=2)
    with refused("booking.quantity"):
        book(village, "Chiyo", res, "04-05 11:00", "04-05 12:00", quantity=4)


def test_a_buffer_keeps_bookings_apart(village: Commons) -> None:
    res = room(village, calendar={"buffer": 30})
    book(village, "Botan", res, "04-02 14:00", "04-02 15:00")
    for when in (("13:00", "14:00"), ("15:00", "16:00")):
        with refused("booking.taken"):
            book(village, "Chiyo", res, *(f"04-02 {clock}" for clock in when))
    book(village, "Chiyo", res, "04-02 16:00", "04-02 17:00")
    book(village, "Chiyo", res, "04-02 11:00", "04-02 12:00")


def test_a_booking_and_its_buffer_run_over_midnight(village: Commons) -> None:
    hours = [{"weekday": day, "opens": 0, "closes": 1440} for day in range(7)]
    res = room(village, calendar={"opening": hours, "buffer": 60})
    stay = read(village, book(village, "Botan", res, "04-02 15:00", "04-03 10:00"))
    assert stay.slots == 19
    assert [day.sort for day in village.state.children(Day, f"{res}/2026-04")] == ["2026-04-02", "2026-04-03"]
    with refused("booking.taken"):
        book(village, "Chiyo", res, "04-03 10:00", "04-03 11:00")
    book(village, "Chiyo", res, "04-03 11:00", "04-03 23:00")
    with refused("booking.taken"):
        book(village, "Chiyo", res, "04-03 23:00", "04-04 05:00")
    book(village, "Chiyo", res, "04-04 00:00", "04-04 05:00")


def test_a_booking_that_ends_at_midnight_takes_nothing_of_the_next_day(village: Commons) -> None:
    res = _every_minute(village)
    village.grant("Botan", 10**9)
    book(village, "Botan", res, "04-02 23:00", "04-03 00:00")
    assert [day.sort for day in village.state.children(Day, f"{res}/2026-04")] == ["2026-04-02"]


def test_closed_hours_are_not_booked(village: Commons) -> None:
    res = room(village)
    for when in (("04-02 08:00", "04-02 10:00"), ("04-02 11:00", "04-02 14:00"), ("04-02 17:00", "04-03 10:00")):
        with refused("booking.outside_hours"):
            book(village, "Botan", res, *when)
    sundays = room(village, calendar={"opening": [{"weekday": 6, "opens": 540, "closes": 720}]})
    with refused("booking.outside_hours"):
        book(village, "Botan", sundays, "04-04 09:00", "04-04 10:00")
    book(village, "Botan", sundays, "04-05 09:00", "04-05 10:00")


def test_slots_begin_and_end_on_their_boundaries(village: Commons) -> None:
    res = room(village)
    for when in (("04-02 09:30", "04-02 11:00"), ("04-02 09:00", "04-02 10:30")):
        with refused("booking.off_slot"):
            book(village, "Botan", res, *when)
    for starts, ends in (("11:00", "10:00"), ("10:00", "10:00")):
        with refused("booking.times"):
            book(village, "Botan", res, f"04-02 {starts}", f"04-02 {ends}")
    body = {"resource": res, "starts": "2026-04-02T01:00:00.001Z", "ends": "2026-04-02T02:00:00.001Z"}
    with refused("booking.times"):
        village.say("Botan", "booking.request/1", body)


def test_the_past_and_the_far_future_are_not_booked(village: Commons) -> None:
    res = room(village)
    with refused("booking.past"):
        book(village, "Botan", res, "04-01 09:00", "04-01 10:00")
    with refused("booking.past"):
        village.say(
            "Botan",
            "booking.request/1",
            {"resource": res, "starts": "1970-01-01T00:00:00.000Z", "ends": "1970-01-01T01:00:00.000Z"},
        )
    with refused("booking.too_far"):
        village.say(
            "Botan",
            "booking.request/1",
            {"resource": res, "starts": "2027-06-01T00:00:00.000Z", "ends": "2027-06-01T01:00:00.000Z"},
        )


def test_a_booking_has_a_longest_length(village: Commons) -> None:
    res = _every_minute(village)
    with refused("booking.too_long"):
        book(village, "Botan", res, "04-02 00:00", "06-04 00:00")


def test_a_smaller_capacity_leaves_standing_bookings_alone(village: Commons) -> None:
    res = room(village, calendar={"capacity": 2})
    for name in ("Botan", "Chiyo"):
        book(village, name, res, "04-02 10:00", "04-02 11:00")
    hours = [{"weekday": 3, "opens": 540, "closes": 720}]
    calendar = {"kind": "calendar", "opening": hours, "slot": 60}
    village.say("Aiko", "resource.update/1", {"resource": res, "terms": _terms(), "calendar": calendar})
    with refused("booking.taken"):
        book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    book(village, "Botan", res, "04-02 11:00", "04-02 12:00")


# Confirmation.


def test_a_refused_request_gives_everything_back(village: Commons) -> None:
    res = room(village, needs_confirmation=True, deposit=5)
    id_ = book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    act(village, "Aiko", "refuse", id_)
    assert read(village, id_).state == "refused"
    assert village.available("Botan") == 100
    book(village, "Chiyo", res, "04-02 10:00", "04-02 11:00")


def test_only_the_provider_and_the_steward_confirm_refuse_and_hand_over(village: Commons) -> None:
    res = crate(village, needs_confirmation=True, steward=village.ids["Daiki"])
    id_ = book(village, "Botan", res)
    for verb in ("confirm", "refuse", "hand_over"):
        for name in ("Botan", "Chiyo"):
            with refused("resource.not_managed"):
                act(village, name, verb, id_)
    act(village, "Daiki", "confirm", id_)
    act(village, "Daiki", "hand_over", id_)


def test_an_unconfirmed_request_expires(village: Commons) -> None:
    res = crate(village, needs_confirmation=True)
    id_ = book(village, "Botan", res)
    village.wait(3 * DAY - 2 * SECOND)
    assert read(village, id_).state == "requested"
    village.wait(2 * SECOND)
    assert read(village, id_).state == "expired"
    assert village.available("Botan") == 100
    assert stock(village, res) == (10, 0, 0)
    with refused("booking.state"):
        act(village, "Aiko", "confirm", id_)


def test_an_unconfirmed_slot_expires_when_it_begins(village: Commons) -> None:
    id_ = book(village, "Botan", room(village, needs_confirmation=True), "04-02 10:00", "04-02 11:00")
    until(village, "04-02 09:59")
    assert read(village, id_).state == "requested"
    until(village, "04-02 10:00")
    assert read(village, id_).state == "expired"


def test_nothing_expires_at_once(village: Commons) -> None:
    """Elsewhere offers without an end expired in 1970."""
    id_ = book(village, "Botan", crate(village, needs_confirmation=True))
    village.wait(HOUR)
    assert read(village, id_).state == "requested"
    assert all(due.at > village.time for due in every(village.memory, Due))


# Cancelling.


def test_cancelling_in_time_is_free(village: Commons) -> None:
    res = room(village, deposit=5, cancellation={"free_hours": 24, "numerator": 1, "denominator": 2})
    id_ = book(village, "Botan", res, "04-03 10:00", "04-03 11:00")
    until(village, "04-02 09:59")
    act(village, "Botan", "cancel", id_)
    assert (read(village, id_).state, read(village, id_).forfeited) == ("cancelled", 0)
    assert village.available("Botan") == 100
    book(village, "Chiyo", res, "04-03 10:00", "04-03 11:00")


def test_cancelling_late_forfeits_the_share_rounded_down(village: Commons) -> None:
    terms: dict[str, Any] = {
        "cost": 5,
        "deposit": 5,
        "cancellation": {"free_hours": 24, "numerator": 1, "denominator": 2},
    }
    res = room(village, **terms)
    id_ = book(village, "Botan", res, "04-03 10:00", "04-03 11:00")
    until(village, "04-02 10:01")
    act(village, "Botan", "cancel", id_)
    assert read(village, id_).forfeited == 2
    assert (village.total("Botan"), village.available("Botan"), village.total("Aiko")) == (98, 98, 2)
    book(village, "Chiyo", res, "04-03 10:00", "04-03 11:00")


def test_before_confirmation_cancelling_is_free(village: Commons) -> None:
    res = room(village, needs_confirmation=True, cancellation={"free_hours": 99, "numerator": 1})
    id_ = book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    act(village, "Botan", "cancel", id_)
    assert village.total("Botan") == 100


def test_the_providers_side_cancels_without_cost_to_the_member(village: Commons) -> None:
    res = room(village, cancellation={"free_hours": 99, "numerator": 1}, steward=village.ids["Daiki"])
    id_ = book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    act(village, "Daiki", "cancel", id_)
    assert village.total("Botan") == 100


def test_a_steward_cancels_the_own_booking_on_the_members_terms(village: Commons) -> None:
    res = room(village, cancellation={"free_hours": 99, "numerator": 1}, steward=village.ids["Botan"])
    id_ = book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    act(village, "Botan", "cancel", id_)
    assert read(village, id_).forfeited == 2


def test_from_the_start_on_it_is_too_late_to_cancel(village: Commons) -> None:
    id_ = book(village, "Botan", room(village), "04-02 10:00", "04-02 11:00")
    until(village, "04-02 10:00")
    with refused("booking.too_late"):
        act(village, "Botan", "cancel", id_)
    act(village, "Aiko", "cancel", id_)


def test_strangers_do_not_cancel(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    with refused("booking.not_involved"):
        act(village, "Chiyo", "cancel", id_)


def test_a_booking_is_not_cancelled_twice(village: Commons) -> None:
    """Elsewhere a fee was returned twice."""
    res = crate(village)
    id_ = book(village, "Botan", res, quantity=2)
    act(village, "Botan", "cancel", id_)
    with refused("booking.state"):
        act(village, "Botan", "cancel", id_)
    assert stock(village, res) == (10, 0, 0)
    assert village.available("Botan") == 100


def test_what_was_handed_over_is_not_cancelled(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    act(village, "Aiko", "hand_over", id_)
    for name in ("Botan", "Aiko"):
        with refused("booking.state"):
            act(village, name, "cancel", id_)


# Hand-over, settlement, no-show.


def test_a_hand_over_settles_by_itself(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    act(village, "Aiko", "hand_over", id_)
    village.wait(2 * DAY - 2 * SECOND)
    assert read(village, id_).state == "handed_over"
    assert village.total("Aiko") == 0
    village.wait(2 * SECOND)
    assert read(village, id_).state == "settled"
    assert village.total("Aiko") == 2


def test_a_slot_settles_by_itself_counted_from_its_end(village: Commons) -> None:
    id_ = book(village, "Botan", room(village), "04-02 10:00", "04-02 12:00")
    until(village, "04-02 09:00")
    act(village, "Aiko", "hand_over", id_)
    until(village, "04-04 11:59")
    assert read(village, id_).state == "handed_over"
    until(village, "04-04 12:00")
    assert read(village, id_).state == "settled"


def test_a_slot_is_handed_over_on_its_day(village: Commons) -> None:
    id_ = book(village, "Botan", room(village), "04-03 10:00", "04-03 11:00")
    until(village, "04-02 23:59")
    with refused("booking.too_early"):
        act(village, "Aiko", "hand_over", id_)
    until(village, "04-03 00:00")
    act(village, "Aiko", "hand_over", id_)


def test_the_member_settles_what_nobody_recorded_as_handed_over(village: Commons) -> None:
    slot = book(village, "Botan", room(village), "04-03 10:00", "04-03 11:00")
    with refused("booking.too_early"):
        act(village, "Botan", "settle", slot)
    until(village, "04-03 10:00")
    act(village, "Botan", "settle", slot)
    res = crate(village)
    id_ = book(village, "Botan", res, quantity=2)
    act(village, "Botan", "settle", id_)
    assert stock(village, res) == (8, 0, 2)
    assert village.total("Aiko") == 6


def test_only_the_member_settles(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    for name in ("Aiko", "Chiyo"):
        with refused("booking.not_own"):
            act(village, name, "settle", id_)


def test_a_booking_is_not_settled_twice(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    act(village, "Botan", "settle", id_)
    with refused("booking.state"):
        act(village, "Botan", "settle", id_)
    assert village.total("Aiko") == 2


def test_an_unconfirmed_request_is_neither_handed_over_nor_settled(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village, needs_confirmation=True))
    with refused("booking.state"):
        act(village, "Aiko", "hand_over", id_)
    with refused("booking.state"):
        act(village, "Botan", "settle", id_)


def test_who_does_not_come_forfeits_by_the_terms(village: Commons) -> None:
    terms: dict[str, Any] = {
        "cost": 5,
        "deposit": 7,
        "cancellation": {"free_hours": 1, "numerator": 1, "denominator": 2},
    }
    id_ = book(village, "Botan", room(village, **terms), "04-02 10:00", "04-02 11:00")
    until(village, "04-03 10:59")
    assert read(village, id_).state == "confirmed"
    until(village, "04-03 11:00")
    assert (read(village, id_).state, read(village, id_).forfeited) == ("no_show", 9)
    assert (village.total("Botan"), village.available("Botan"), village.total("Aiko")) == (91, 91, 9)


def test_stock_that_nobody_picks_up_is_to_be_had_again(village: Commons) -> None:
    res = crate(village)
    id_ = book(village, "Botan", res, quantity=4)
    village.wait(5 * DAY + bookings.NO_SHOW_GRACE)
    assert (read(village, id_).state, read(village, id_).forfeited) == ("no_show", 0)
    assert stock(village, res) == (10, 0, 0)


def test_a_late_hand_over_is_still_recorded_within_the_day(village: Commons) -> None:
    id_ = book(village, "Botan", room(village), "04-02 10:00", "04-02 11:00")
    until(village, "04-03 10:00")
    act(village, "Aiko", "hand_over", id_)
    until(village, "04-05 10:01")
    assert read(village, id_).state == "settled"


def test_a_used_slot_is_never_free_again(village: Commons) -> None:
    """Elsewhere what was out or overdue looked free."""
    res = room(village)
    id_ = book(village, "Botan", res, "04-02 10:00", "04-02 12:00")
    until(village, "04-02 00:00")
    act(village, "Aiko", "hand_over", id_)
    until(village, "04-02 10:30")
    act(village, "Botan", "settle", id_)
    with refused("booking.taken"):
        book(village, "Chiyo", res, "04-02 11:00", "04-02 12:00")


def test_a_payment_can_be_given_back_and_only_once(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village))
    act(village, "Botan", "settle", id_)
    payment = next(m for m in every(village.memory, tokens.Movement) if m.cause == id_)
    body = {"movement": payment.id, "amount": 2, "reason": NOTE}
    village.say("Aiko", "token.reverse/1", body)
    assert (village.total("Botan"), village.total("Aiko")) == (100, 0)
    with refused("token.reversal_exceeds"):
        village.say("Aiko", "token.reverse/1", body)


# Leaving.


def test_a_member_who_leaves_is_released_from_open_bookings(village: Commons) -> None:
    stock_, slot = crate(village, deposit=3), room(village, cancellation={"free_hours": 999, "numerator": 1})
    waiting = book(village, "Botan", crate(village, needs_confirmation=True))
    confirmed, timed = book(village, "Botan", stock_), book(village, "Botan", slot, "04-02 10:00", "04-02 11:00")
    received = book(village, "Botan", stock_)
    act(village, "Aiko", "hand_over", received)
    village.say("Botan", "member.leave/1", {})
    states = [read(village, id_).state for id_ in (waiting, confirmed, timed, received)]
    assert states == ["cancelled", "cancelled", "cancelled", "settled"]
    assert stock(village, stock_) == (9, 0, 1)
    assert (village.total("Botan"), village.total("Aiko")) == (0, 2)
    book(village, "Chiyo", slot, "04-02 10:00", "04-02 11:00")
    assert [due for due in every(village.memory, Due) if due.subject in (waiting, confirmed, timed, received)] == []


def test_a_provider_who_leaves_owes_nobody_anything(village: Commons) -> None:
    res = crate(village)
    waiting, received = book(village, "Botan", res), book(village, "Chiyo", res)
    act(village, "Aiko", "hand_over", received)
    village.say("Aiko", "member.leave/1", {})
    assert [read(village, id_).state for id_ in (waiting, received)] == ["cancelled", "settled"]
    assert (village.available("Botan"), village.total("Chiyo"), village.total("Aiko")) == (100, 98, 0)
    with refused("resource.closed"):
        book(village, "Botan", res)


def test_time_settles_even_what_is_due_to_somebody_who_is_gone(village: Commons) -> None:
    """A transition that is due must never fail, however a membership came to end."""
    id_ = book(village, "Botan", crate(village))
    act(village, "Aiko", "hand_over", id_)
    provider = village.state.need(members.Member, village.ids["Aiko"])
    village.act(lambda moment: members.change(moment, provider, status="expelled", ended=moment.time))
    village.wait(3 * DAY)
    assert read(village, id_).state == "settled"
    assert (village.total("Botan"), village.total("Aiko")) == (98, 0)


def test_an_own_booking_of_an_own_thing_ends_once_on_leaving(village: Commons) -> None:
    id_ = book(village, "Botan", crate(village, provider="Botan", payout="burn"))
    village.say("Botan", "member.leave/1", {})
    assert read(village, id_).state == "cancelled"


def test_a_steward_who_leaves_leaves_the_provider_in_charge(village: Commons) -> None:
    res = crate(village, needs_confirmation=True, steward=village.ids["Daiki"])
    id_ = book(village, "Botan", res)
    village.say("Daiki", "member.leave/1", {})
    act(village, "Aiko", "confirm", id_)


def test_every_later_statement_names_a_booking_that_was_seen(village: Commons) -> None:
    res = crate(village, needs_confirmation=True)
    seen = village.index
    id_ = book(village, "Botan", res)
    for author, verb in (
        ("Aiko", "confirm"),
        ("Aiko", "refuse"),
        ("Botan", "cancel"),
        ("Aiko", "hand_over"),
        ("Botan", "settle"),
    ):
        with refused("statement.seen_too_old"):
            village.say(author, f"booking.{verb}/1", {"booking": id_}, seen=seen)
        with refused("booking.unknown"):
            village.say(author, f"booking.{verb}/1", {"booking": "bkg_nothing"})


def test_a_refused_booking_leaves_no_trace(village: Commons) -> None:
    res = room(village)
    book(village, "Botan", res, "04-02 10:00", "04-02 11:00")
    before = dict(village.memory.records)
    with pytest.raises(Refusal):
        book(village, "Chiyo", res, "04-02 09:00", "04-02 11:00")
    assert village.memory.records == before


def test_the_local_day_begins_at_the_co_ops_midnight() -> None:
    offset = 540
    at = 1_775_000_000_000
    midnight = slots.midnight_before(offset, at)
    assert midnight <= at < midnight + DAY
    assert (midnight + offset * MINUTE) % DAY == 0
