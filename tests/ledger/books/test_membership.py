"""How members change, pause and leave: profile, corrections, suspension, leaving, erasure."""

from __future__ import annotations

import pytest

from ledger import canonical, ids
from ledger.books import bookings, members, tokens
from ledger.books.members import Erasure
from ledger.compose import Private, public_of
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, HOUR, refused

PROFILE = {"name": Private("山田 梅"), "kana": Private("やまだ うめ")}


def correct(village: People, name: str, replaces: str | None, cls: str = "member", by: str = "Hanako") -> str:
    body = {"member": village.id(name), "cls": cls, "type": "household", "reason": REASON}
    return canonical.b64(village.say(by, "member.correct/1", body, replaces=replaces).id)


def suspend(village: People, name: str, days: int | None = None, *, by: str = "Hanako", with_: str = "Jiro") -> None:
    body = {"member": village.id(name), "reason": REASON} | ({} if days is None else {"until": village.at(days * DAY)})
    village.say(by, "member.suspend/1", body, cosigners=(with_,))


def reinstate(village: People, name: str, by: str = "Hanako") -> None:
    village.say(by, "member.reinstate/1", {"member": village.id(name)})


def end(village: People, name: str, how: str = "died", *, by: str = "Hanako", cosigners: tuple[str, ...] = ()) -> None:
    body = {"member": village.id(name), "how": how, "reason": REASON}
    village.say(by, "member.end/1", body, cosigners=cosigners)


def erase(village: People, name: str, by: str = "Hanako") -> None:
    village.say(by, "member.erase/1", {"member": village.id(name)})


def erasure(village: People, name: str) -> Erasure | None:
    return village.state.find(Erasure, village.id(name))


def test_a_profile_is_set_by_the_member_or_an_administrator() -> None:
    village = People()
    for by in ("Ume", "Hanako"):
        body = {"member": village.id("Ume"), "profile": PROFILE}
        entry = village.say(by, "member.profile/1", body)
        assert village.member("Ume").profile == canonical.b64(entry.id)
        # Kept under the member's own privacy key, whoever writes it.
        assert village.books.subject(entry.statement, entry.id, "profile/name") == village.id("Ume")
    for by in ("Jiro", "Kiku"):
        with refused("role.required"):
            village.say(by, "member.profile/1", {"member": village.id("Ume"), "profile": PROFILE})
    with refused("member.unknown"):
        village.say("Hanako", "member.profile/1", {"member": village.key_id("Ume"), "profile": PROFILE})


def test_a_profile_on_paper_is_the_members_own() -> None:
    village = People()
    body = {"member": village.id("Matsu"), "profile": PROFILE, "paper": Private("scan")}
    entry = village.say("Jiro", "member.profile/1", body, for_="Matsu", via="paper", cosigners=("Hanako",))
    assert village.member("Matsu").profile == canonical.b64(entry.id)
    with refused("role.required"):  # nor does entering for Matsu open Ume's
        village.say(
            "Jiro", "member.profile/1", body | {"member": village.id("Ume")},
            for_="Matsu", via="paper", cosigners=("Hanako",),
        )  # fmt: skip


def test_corrections_form_a_chain() -> None:
    village = People()
    entered = village.member("Matsu").set_by
    with refused("member.replaces"):
        correct(village, "Matsu", None)
    with refused("member.replaces"):
        correct(village, "Matsu", village.member("Ume").set_by)
    first = correct(village, "Matsu", entered, "supporter")
    assert village.electorate()["Matsu"] == {"active": True, "class": "supporter"}
    with refused("member.replaces"):  # two clerks at once: the second has not seen the first
        correct(village, "Matsu", entered)
    second = correct(village, "Matsu", first)
    assert (village.member("Matsu").set_by, village.member("Matsu").cls) == (second, "member")
    assert village.member("Matsu").type == "household"
    with refused("member.class_unknown"):
        correct(village, "Matsu", second, "king")
    for name in ("Ume", "Jiro"):
        with refused("role.required"):
            correct(village, "Matsu", second, by=name)


def test_a_correction_does_not_bring_anyone_back() -> None:
    village = People()
    village.say("Ume", "member.leave/1", {})
    correct(village, "Ume", village.member("Ume").set_by, "supporter")
    assert village.electorate()["Ume"] == {"active": False, "class": "supporter"}


def test_a_suspended_member_is_silent_until_the_day() -> None:
    village = People()
    suspend(village, "Ume", 3)
    assert village.electorate()["Ume"] == {"active": False, "class": "member"}
    with refused("member.inactive"):
        village.report("Ume")
    with refused("member.inactive"):  # nor on paper
        village.report("Jiro", for_="Ume", via="room", cosigners=("Hanako",))
    with refused("member.inactive"):
        suspend(village, "Ume")
    village.time += 3 * DAY
    village.report("Ume")
    assert village.electorate()["Ume"] == {"active": True, "class": "member"}


def test_a_suspension_without_a_day_lasts_until_reinstatement() -> None:
    village = People()
    suspend(village, "Ume")
    village.wait(400 * DAY)
    with refused("member.inactive"):
        village.report("Ume")
    with refused("role.required"):
        reinstate(village, "Ume", by="Jiro")
    reinstate(village, "Ume")
    village.report("Ume")
    with refused("member.not_suspended"):
        reinstate(village, "Ume")


def test_an_early_reinstatement_calls_the_later_one_off() -> None:
    village = People()
    suspend(village, "Ume", 3)
    reinstate(village, "Ume")
    suspend(village, "Ume")
    village.wait(5 * DAY)
    assert village.member("Ume").status == "suspended"


def test_two_officials_suspend_and_neither_oneself() -> None:
    village = People()
    for with_ in ("Ume", "Kiku"):
        with refused("role.second_required"):
            suspend(village, "Matsu", with_=with_)
    with refused("role.required"):
        suspend(village, "Matsu", by="Jiro", with_="Hanako")
    with refused("member.suspend_oneself"):
        suspend(village, "Hanako")
    with refused("member.suspend_oneself"):
        suspend(village, "Jiro")
    with refused("member.suspend_until"):
        suspend(village, "Matsu", 0)


def test_suspension_ends_roles() -> None:
    village = People()
    suspend(village, "Goro", 3)
    village.wait(4 * DAY)
    assert (village.member("Goro").status, village.holds("Goro", "administrator")) == ("active", False)


def test_whom_the_members_elected_two_officials_do_not_put_aside() -> None:
    village = People()
    village.elect("Ume", "auditor")
    with refused("role.by_decision"):
        suspend(village, "Ume", 3)
    assert village.holds("Ume", "auditor")
    village.say("Ume", "role.end/1", {"member": village.id("Ume"), "role": "auditor"})
    suspend(village, "Ume", 3)


@pytest.fixture
def busy() -> People:
    """Ume has sixty tokens, a booking of Goro's mower that holds ten of them, and offers eggs that Goro booked."""
    village = People()
    report = village.say("Ume", "contribution.report/1", {"kind": "cleaning", "quantity": 360, "on": "2026-04-01"})
    village.say("Goro", "contribution.attest/1", {"contribution": ids.object_id("con", report.id)})

    def offer(name: str, cost: int) -> str:
        terms = {"title": Private("品"), "cost": cost, "needs_confirmation": True}
        body = {"availability": {"kind": "stock", "quantity": 5, "unit": "item"}, "terms": terms}
        return ids.object_id("res", village.say(name, "resource.offer/1", body).id)

    mower, eggs = offer("Goro", 10), offer("Ume", 0)
    for name, resource in (("Ume", mower), ("Goro", eggs)):
        booking = ids.object_id("bkg", village.say(name, "booking.request/1", {"resource": resource}).id)
        village.ids[f"booking of {name}"] = booking
    account = tokens.account(village.state, village.id("Ume"))
    assert (account.total, account.held) == (60, 10)
    return village


def test_leaving_releases_holds_ends_bookings_and_returns_the_tokens(busy: People) -> None:
    busy.say("Ume", "member.leave/1", {})
    account, supply = tokens.account(busy.state, busy.id("Ume")), tokens.supply(busy.state)
    assert (account.total, account.held, supply.minted, supply.burned, supply.held) == (0, 0, 60, 60, 0)
    for name in ("Ume", "Goro"):
        assert busy.state.need(bookings.Booking, busy.id(f"booking of {name}")).state == "cancelled"
    assert (busy.member("Ume").status, busy.member("Ume").ended) == ("left", busy.time - 1000)
    assert busy.electorate()["Ume"] == {"active": False, "class": "member"}
    with refused("member.inactive"):
        busy.report("Ume")
    with refused("member.inactive"):
        busy.say("Ume", "member.leave/1", {})
    with refused("member.inactive"):
        end(busy, "Ume", cosigners=("Jiro",))


def test_two_officials_record_that_a_member_has_died(busy: People) -> None:
    for cosigners in ((), ("Kiku",), ("Matsu",)):
        with refused("role.second_required" if cosigners != ("Matsu",) else "key.unknown"):
            end(busy, "Ume", cosigners=cosigners)
    with refused("role.required"):
        end(busy, "Ume", by="Jiro", cosigners=("Hanako",))
    end(busy, "Ume", cosigners=("Jiro",))
    assert busy.member("Ume").status == "died"
    assert tokens.supply(busy.state).held == 0
    with refused("format.body"):
        end(busy, "Matsu", "expelled", cosigners=("Jiro",))


def test_free_exit_also_from_suspension_and_on_paper() -> None:
    village = People()
    suspend(village, "Ume", 3)
    village.say("Ume", "member.leave/1", {})
    village.wait(4 * DAY)
    assert village.member("Ume").status == "left"
    suspend(village, "Matsu")
    with refused("statement.countersign"):
        village.say("Jiro", "member.leave/1", {"paper": REASON}, for_="Matsu", via="paper")
    with refused("statement.paper"):
        village.say("Jiro", "member.leave/1", {}, for_="Matsu", via="paper", cosigners=("Hanako",))
    village.say("Jiro", "member.leave/1", {"paper": REASON}, for_="Matsu", via="paper", cosigners=("Hanako",))
    assert village.member("Matsu").status == "left"
    with refused("member.unknown"):
        village.say(
            "Jiro", "member.leave/1", {"paper": REASON},
            for_=village.id("Ume")[:-1] + "a", via="paper", cosigners=("Hanako",),
        )  # fmt: skip


def test_personal_data_are_erased_when_retention_ends() -> None:
    village = People()
    with refused("member.still_member"):
        erase(village, "Ume")
    village.say("Ume", "member.leave/1", {})
    left = village.time - 1000
    for name in ("Jiro", "Kiku"):
        with refused("role.required"):
            erase(village, "Ume", by=name)
    village.wait(DAY)
    erase(village, "Ume", by="Ume")  # a former member asks with the key that they had
    asked = erasure(village, "Ume")
    assert asked is not None
    assert (asked.at, asked.done) == (left + 30 * DAY, False)
    with refused("member.erased"):
        erase(village, "Ume")
    with refused("member.erased"):
        village.say("Hanako", "member.profile/1", {"member": village.id("Ume"), "profile": PROFILE})
    with refused("member.erased"):
        correct(village, "Ume", village.member("Ume").set_by)
    village.wait(29 * DAY - 5000)
    assert erasure(village, "Ume") == asked
    village.wait(HOUR)
    done = erasure(village, "Ume")
    assert done is not None
    assert done.done


def test_after_retention_data_are_erased_at_once() -> None:
    village = People()
    village.say("Ume", "member.leave/1", {})
    village.wait(31 * DAY)
    erase(village, "Ume")
    done = erasure(village, "Ume")
    assert done is not None
    assert (done.done, done.at) == (True, village.time - 1000)


def test_a_suspended_member_is_a_member_still() -> None:
    village = People()
    suspend(village, "Ume")
    with refused("member.still_member"):
        erase(village, "Ume", by="Ume")


def test_who_was_declined_is_forgotten_at_once() -> None:
    village = People()
    application = village.apply("Ai")
    with refused("member.unknown"):  # still open
        erase(village, "Ai")
    village.say("Hanako", "member.decline/1", {"application": application, "reason": REASON})
    with refused("role.required"):
        erase(village, "Ai", by="Ume")
    with refused("role.required"):  # nor by another stranger
        village.as_keys(("Bunta",), "member.erase/1", {"member": village.id("Ai")})
    village.as_keys(("Ai",), "member.erase/1", {"member": village.id("Ai")})
    done = erasure(village, "Ai")
    assert done is not None
    assert done.done
    with refused("member.erased"):
        erase(village, "Ai")


def test_a_stranger_erases_nobody() -> None:
    village = People()
    village.say("Ume", "member.leave/1", {})
    with refused("role.required"):
        village.as_keys(("Ai",), "member.erase/1", {"member": village.id("Ume")})


def test_an_admitted_applicant_is_not_erased_as_a_declined_one() -> None:
    village = People()
    village.say("Hanako", "member.admit/1", {"application": village.apply("Ai"), "cls": "member"})
    with refused("member.still_member"):
        erase(village, "Ai", by="Ai")
    assert village.state.need(members.Member, village.id("Ai")).status == "active"
    assert village.held("Ai").public == public_of(village.key("Ai"))
