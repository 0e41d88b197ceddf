"""The commons in a whole co-op: signed, through the fold, for members with and without a device."""

from __future__ import annotations

import pytest

from ledger import ids
from ledger.books import tokens
from ledger.books.bookings import Booking
from ledger.compose import Private
from ledger.errors import Refusal
from ledger.statement import Entry
from tests.simulator import DAY, HOUR, Village


def named(prefix: str, entry: Entry) -> str:
    return ids.object_id(prefix, entry.id)


@pytest.fixture
def village() -> Village:
    village = Village("Hanako")
    for name in ("Ichiro", "Jun"):
        village.join(name)
    village.enter("Kiku")
    village.appoint("Jun", "concierge")
    village.appoint("Ichiro", "facilitator")
    return village


def test_a_member_without_a_device_gives_and_takes(village: Village) -> None:
    report = village.say(
        "Jun",
        "contribution.report/1",
        {"kind": "cleaning", "quantity": 120, "on": "2026-04-01", "note": Private("神社の落ち葉掃き")},
        cosigners=("Hanako",),
        for_="Kiku",
        via="assisted",
    )
    village.say("Ichiro", "contribution.attest/1", {"contribution": named("con", report)})
    assert tokens.account(village.state, village.id("Kiku")).total == 20
    offer = village.say(
        "Ichiro",
        "resource.offer/1",
        {
            "availability": {"kind": "stock", "quantity": 4, "unit": "box"},
            "terms": {"title": Private("夏野菜の箱"), "cost": 8, "needs_confirmation": True},
        },
    )
    request = village.say(
        "Hanako",
        "booking.request/1",
        {"resource": named("res", offer), "quantity": 2, "paper": Private("申込書")},
        cosigners=("Ichiro",),
        for_="Kiku",
        via="paper",
    )
    booking = {"booking": named("bkg", request)}
    assert tokens.account(village.state, village.id("Kiku")).available == 4
    village.say("Ichiro", "booking.confirm/1", booking)
    village.say("Ichiro", "booking.hand_over/1", booking)
    village.wait(7 * DAY + HOUR)
    assert village.state.need(Booking, booking["booking"]).state == "settled"
    assert tokens.account(village.state, village.id("Ichiro")).total == 16


def test_what_is_entered_for_a_member_needs_its_second_signature(village: Village) -> None:
    body = {"kind": "cleaning", "quantity": 60, "on": "2026-04-01"}
    with pytest.raises(Refusal, match=r"statement\.countersign"):
        village.say("Jun", "contribution.report/1", body, for_="Kiku", via="assisted")
    with pytest.raises(Refusal, match=r"role\.required"):
        village.say("Ichiro", "contribution.report/1", body, cosigners=("Hanako",), for_="Kiku", via="assisted")


def test_leaving_settles_everything(village: Village) -> None:
    body = {"kind": "cleaning", "quantity": 120, "on": "2026-04-01"}
    report = village.say("Ichiro", "contribution.report/1", body)
    village.say("Jun", "contribution.attest/1", {"contribution": named("con", report)})
    offer = village.say(
        "Jun",
        "resource.offer/1",
        {
            "availability": {
                "kind": "calendar",
                "opening": [{"weekday": 3, "opens": 540, "closes": 720}],
                "slot": 60,
            },
            "terms": {"title": Private("公民館の和室"), "cost": 5, "needs_confirmation": False},
        },
    )
    times = {"starts": "2026-04-02T00:00:00.000Z", "ends": "2026-04-02T02:00:00.000Z"}
    request = village.say("Ichiro", "booking.request/1", {"resource": named("res", offer), **times})
    village.say("Ichiro", "member.leave/1", {})
    assert village.state.need(Booking, named("bkg", request)).state == "cancelled"
    assert tokens.supply(village.state).burned == 20
    assert tokens.account(village.state, village.id("Ichiro")).total == 0
