from __future__ import annotations

from typing import Any

import pytest

from ledger.books import resources
from ledger.books.resources import Resource
from ledger.errors import FormatError
from tests.ledger.books.commons import NOTE, Commons, refused

STOCK = {"kind": "stock", "quantity": 10, "unit": "kg"}
MORNINGS = {
    "kind": "calendar",
    "opening": [{"weekday": day, "opens": 540, "closes": 720} for day in range(7)],
    "slot": 60,
}


@pytest.fixture
def village() -> Commons:
    return Commons("Aiko", "Botan", "Chiyo")


def terms(**changes: Any) -> dict[str, Any]:
    return {"title": NOTE, "cost": 2, "needs_confirmation": False} | changes


def offer(village: Commons, author: str = "Aiko", availability: dict[str, Any] = STOCK, **changes: Any) -> str:
    body = {"availability": availability, "terms": terms(**changes)}
    return "res_" + village.say(author, "resource.offer/1", body)


def act(village: Commons, author: str, verb: str, id_: str, **more: Any) -> None:
    village.say(author, f"resource.{verb}/1", {"resource": id_, **more})


def read(village: Commons, id_: str) -> Resource:
    return village.state.need(Resource, id_)


def test_an_offer_of_stock(village: Commons) -> None:
    resource = read(village, offer(village))
    assert (resource.type, resource.unit, resource.quantity, resource.available) == ("stock", "kg", 10, 10)
    assert resource.provider == resource.steward == village.ids["Aiko"]
    assert resource.open


def test_an_offer_of_a_calendar_with_a_steward(village: Commons) -> None:
    id_ = offer(village, availability=MORNINGS, steward=village.ids["Botan"])
    resource = read(village, id_)
    assert (resource.type, resource.steward) == ("calendar", village.ids["Botan"])
    version = resources.terms_of(village.state, id_, 1)
    assert version.calendar is not None
    assert version.calendar.capacity == 1


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"unit": "parsec"}, "availability/unit"),
        ({**MORNINGS, "opening": [{"weekday": 0, "opens": 600, "closes": 600}]}, "availability/opening/0"),
        ({**MORNINGS, "opening": [{"weekday": 0, "opens": 600, "closes": 630}]}, "availability/opening/0"),
        (
            {
                **MORNINGS,
                "opening": [
                    {"weekday": 0, "opens": 540, "closes": 720},
                    {"weekday": 0, "opens": 660, "closes": 780},
                ],
            },
            "availability/opening/1",
        ),
        (
            {
                **MORNINGS,
                "opening": [
                    {"weekday": 1, "opens": 540, "closes": 720},
                    {"weekday": 0, "opens": 540, "closes": 720},
                ],
            },
            "availability/opening/1",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_path(village: Commons, changes: dict[str, Any], path: str) -> None:
    availability = changes if "kind" in changes else {**STOCK, **changes}
    with refused("resource.terms") as caught:
        offer(village, availability=availability)
    assert caught.value.params["path"] == path


def test_a_forfeit_of_more_than_the_cost_is_refused(village: Commons) -> None:
    with refused("resource.terms"):
        offer(village, cancellation={"free_hours": 24, "numerator": 3, "denominator": 2})


def test_a_class_that_does_not_exist_is_refused(village: Commons) -> None:
    with refused("resource.terms"):
        offer(village, classes=["member", "king"])


@pytest.mark.parametrize(
    "availability",
    [
        {"kind": "stock", "quantity": -1, "unit": "kg"},
        {"kind": "stock", "quantity": 1, "unit": "kg", "slot": 60},
        {"kind": "hours", "quantity": 1},
        {"kind": "calendar", "opening": [], "slot": 60},
        {"kind": "calendar", "opening": [{"weekday": 7, "opens": 0, "closes": 60}], "slot": 60},
        {"kind": "calendar", "opening": [{"weekday": 0, "opens": 0, "closes": 1441}], "slot": 60},
        {"kind": "calendar", "opening": [{"weekday": 0, "opens": 0, "closes": 60}], "slot": 0},
        {"kind": "calendar", "opening": [{"weekday": 0, "opens": 0, "closes": 60}], "slot": 60, "capacity": 0},
    ],
)
def test_malformed_availability_is_refused(village: Commons, availability: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match=r"format\.body"):
        offer(village, availability=availability)


@pytest.mark.parametrize("changes", [{"cost": -1}, {"deposit": -1}, {"price_in_yen": 500}, {"payout": "landlord"}])
def test_malformed_terms_are_refused(village: Commons, changes: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match=r"format\.body"):
        offer(village, **changes)


def test_a_unit_of_money_is_refused_by_name(village: Commons) -> None:
    with refused("commons.money"):
        offer(village, availability={**STOCK, "unit": "円"})


def test_a_steward_is_an_active_member(village: Commons) -> None:
    with refused("member.unknown"):
        offer(village, steward="mem_nobody")
    village.suspend("Botan")
    with refused("member.inactive"):
        offer(village, steward=village.ids["Botan"])


def test_a_co_op_that_only_counts_shares_for_free(village: Commons) -> None:
    village.adopt(mode="counts")
    with refused("token.off"):
        offer(village)
    with refused("token.off"):
        offer(village, cost=0, deposit=1)
    offer(village, cost=0)


def test_an_update_is_a_version_of_its_own(village: Commons) -> None:
    id_ = offer(village, steward=village.ids["Botan"])
    act(village, "Botan", "update", id_, terms=terms(cost=9))
    assert read(village, id_).version == 2
    assert read(village, id_).steward == village.ids["Aiko"]
    assert [resources.terms_of(village.state, id_, n).terms.cost for n in (1, 2)] == [2, 9]


def test_an_update_keeps_the_kind_of_availability(village: Commons) -> None:
    calendar = {key: value for key, value in MORNINGS.items() if key != "kind"} | {"kind": "calendar"}
    with refused("resource.terms"):
        act(village, "Aiko", "update", offer(village), terms=terms(), calendar=calendar)
    with refused("resource.terms"):
        act(village, "Aiko", "update", offer(village, availability=MORNINGS), terms=terms())


def test_restocking_up_and_down(village: Commons) -> None:
    id_ = offer(village)
    act(village, "Aiko", "restock", id_, change=5)
    act(village, "Aiko", "restock", id_, change=-15)
    assert read(village, id_).available == 0
    with refused("resource.insufficient"):
        act(village, "Aiko", "restock", id_, change=-1)
    for change in (0, 1_000_001):
        with refused("resource.change"):
            act(village, "Aiko", "restock", id_, change=change)
    with refused("resource.change"):
        act(village, "Aiko", "restock", offer(village, availability=MORNINGS), change=1)


def test_only_provider_and_steward_manage(village: Commons) -> None:
    id_ = offer(village, steward=village.ids["Botan"])
    for verb, more in (("update", {"terms": terms()}), ("restock", {"change": 1}), ("close", {}), ("reopen", {})):
        with refused("resource.not_managed"):
            act(village, "Chiyo", verb, id_, **more)
    act(village, "Botan", "close", id_)
    act(village, "Aiko", "reopen", id_)


def test_closing_and_reopening_happen_once(village: Commons) -> None:
    id_ = offer(village)
    with refused("resource.open"):
        act(village, "Aiko", "reopen", id_)
    act(village, "Aiko", "close", id_)
    with refused("resource.closed"):
        act(village, "Aiko", "close", id_)
    act(village, "Aiko", "reopen", id_)
    assert read(village, id_).open


def test_what_a_former_member_offered_stays_closed(village: Commons) -> None:
    id_ = offer(village, steward=village.ids["Botan"])
    village.say("Aiko", "member.leave/1", {})
    assert not read(village, id_).open
    with refused("member.inactive"):
        act(village, "Botan", "reopen", id_)


def test_a_resource_must_exist_and_have_been_seen(village: Commons) -> None:
    seen = village.index
    id_ = offer(village)
    with refused("statement.seen_too_old"):
        village.say("Aiko", "resource.close/1", {"resource": id_}, seen=seen)
    with refused("resource.unknown"):
        act(village, "Aiko", "close", "res_nothing")
