"""Roles: terms that start and end by themselves, who may give them, and the last administrator."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.books.roles import Role
from tests.ledger.books.people import REASON, People
from tests.simulator import DAY, HOUR, refused


def give(village: People, name: str, role: str, *, by: str = "Hanako", **term: Any) -> None:
    village.say(by, "role.give/1", {"member": village.id(name), "role": role, **term})


def end(village: People, name: str, role: str, *, by: str = "Hanako", **more: Any) -> None:
    village.say(by, "role.end/1", {"member": village.id(name), "role": role}, **more)


def record(village: People, name: str, role: str) -> Role:
    return village.state.need(Role, f"{village.id(name)}/{role}/coop")


def test_a_term_starts_and_ends_by_time_alone() -> None:
    village = People()
    starts, ends = village.time + 2 * DAY, village.time + 4 * DAY
    give(village, "Ume", "steward", **{"from": village.at(2 * DAY), "until": village.at(4 * DAY)})
    assert not village.holds("Ume", "steward")
    village.wait(2 * DAY)
    assert village.holds("Ume", "steward")
    village.wait(2 * DAY)
    assert not village.holds("Ume", "steward")
    subject = f"{village.id('Ume')}/steward/coop"
    # The trace has the very moments, not those of the entries that let time pass.
    at = [village.state.traced("role", subject, village.size, time) for time in (starts, starts + 1, ends, ends + 1)]
    assert at == [None, True, True, False]


def test_rights_fall_with_the_term() -> None:
    village = People()
    give(village, "Ume", "administrator", until=village.at(HOUR))
    village.say("Ume", "member.enter/1", {"cls": "member", "profile": {"name": REASON}, "type": "person"})
    village.time += HOUR  # nobody ticks: the statement itself comes after the end
    with refused("role.required"):
        village.say("Ume", "member.enter/1", {"cls": "member", "profile": {"name": REASON}, "type": "person"})


def test_a_role_that_has_not_begun_gives_no_rights_and_can_be_called_off() -> None:
    village = People()
    give(village, "Ume", "concierge", **{"from": village.at(DAY)})
    with refused("role.required"):
        village.invite("link", by="Ume")
    end(village, "Ume", "concierge")
    with refused("role.over"):
        end(village, "Ume", "concierge")
    village.wait(2 * DAY)
    assert not village.holds("Ume", "concierge")
    with refused("role.over"):
        end(village, "Ume", "concierge")


@pytest.mark.parametrize("term", [{"until": -HOUR}, {"until": 0}, {"from": 2 * DAY, "until": 2 * DAY}])
def test_a_term_must_last(term: dict[str, int]) -> None:
    village = People()
    with refused("role.term"):
        give(village, "Ume", "steward", **{name: village.at(offset) for name, offset in term.items()})


def test_a_second_term_follows_on_the_first_without_a_gap() -> None:
    village = People()
    first = village.time
    give(village, "Ume", "steward", until=village.at(10 * DAY))
    ends = village.at(10 * DAY - 1000)  # as said a second ago
    give(village, "Ume", "steward", **{"from": ends, "until": village.at(20 * DAY)})
    assert (record(village, "Ume", "steward").from_, record(village, "Ume", "steward").active) == (first, True)
    village.wait(11 * DAY)
    assert village.holds("Ume", "steward")
    village.wait(10 * DAY)
    assert not village.holds("Ume", "steward")


def test_a_running_term_is_not_swapped_for_a_later_one() -> None:
    village = People()
    with refused("role.running"):  # Jiro's has no end
        give(village, "Jiro", "facilitator", **{"from": village.at(DAY)})
    give(village, "Ume", "steward", until=village.at(10 * DAY))
    with refused("role.running"):  # a gap
        give(village, "Ume", "steward", **{"from": village.at(11 * DAY)})
    with refused("role.running"):  # it would end earlier
        give(village, "Ume", "steward", **{"from": village.at(DAY), "until": village.at(2 * DAY)})
    give(village, "Ume", "steward", until=village.at(2 * DAY))  # from now on: the new term replaces the old
    village.wait(2 * DAY)
    assert not village.holds("Ume", "steward")


def test_only_administrators_appoint_and_only_what_the_policy_leaves_to_them() -> None:
    village = People()
    for name in ("Jiro", "Kiku", "Ume"):
        with refused("role.required"):
            give(village, "Ume", "steward", by=name)
        with refused("role.required"):
            end(village, "Hanako", "administrator", by=name)
    with refused("role.by_decision"):
        give(village, "Ume", "auditor")
    with refused("member.unknown"):
        village.say("Hanako", "role.give/1", {"member": village.key_id("Ume"), "role": "steward"})
    with refused("role.unknown"):
        end(village, "Ume", "steward")


def test_who_is_elected_is_not_ended_by_an_administrator_but_may_resign() -> None:
    village = People()
    village.elect("Ume", "auditor")
    assert village.holds("Ume", "auditor")
    with refused("role.by_decision"):
        end(village, "Ume", "auditor")
    end(village, "Ume", "auditor", by="Ume")
    assert not village.holds("Ume", "auditor")


def test_one_may_resign_on_paper() -> None:
    village = People()
    give(village, "Matsu", "steward")
    body = {"member": village.id("Matsu"), "role": "steward", "paper": REASON}
    village.say("Jiro", "role.end/1", body, for_="Matsu", via="paper", cosigners=("Hanako",))
    assert not village.holds("Matsu", "steward")


def test_an_official_does_not_resign_for_somebody_else_by_naming_a_third() -> None:
    """Acting ``for`` Matsu lends Jiro no power over Kiku."""
    village = People()
    body = {"member": village.id("Kiku"), "role": "concierge", "paper": REASON}
    with refused("role.required"):
        village.say("Jiro", "role.end/1", body, for_="Matsu", via="paper", cosigners=("Hanako",))


def test_a_coop_is_not_left_without_an_administrator() -> None:
    village = People()
    end(village, "Goro", "administrator")
    with refused("role.last_administrator"):
        end(village, "Hanako", "administrator")
    with refused("role.last_administrator"):
        village.say("Hanako", "member.leave/1", {})
    body = {"member": village.id("Hanako"), "how": "moved", "reason": REASON}
    with refused("role.last_administrator"):
        village.say("Hanako", "member.end/1", body, cosigners=("Jiro",))
    give(village, "Ume", "administrator", **{"from": village.at(DAY)})
    with refused("role.last_administrator"):  # one to come is none yet
        end(village, "Hanako", "administrator")
    village.wait(2 * DAY)
    end(village, "Hanako", "administrator")
    assert village.holds("Ume", "administrator")


def test_the_members_can_elect_an_administrator_when_terms_have_left_none() -> None:
    village = People()
    for name in ("Goro", "Hanako"):
        give(village, name, "administrator", until=village.at(HOUR))
    village.wait(2 * HOUR)
    assert not village.holds("Hanako", "administrator")
    village.elect("Ume", "administrator")
    give(village, "Goro", "administrator", by="Ume")


def test_roles_end_with_membership_and_come_back_by_nothing_but_another_giving() -> None:
    village = People()
    give(village, "Goro", "concierge", **{"from": village.at(5 * DAY)})
    village.say("Goro", "member.leave/1", {})
    assert not village.holds("Goro", "administrator")
    village.wait(6 * DAY)
    assert not village.holds("Goro", "concierge")
    with refused("member.inactive"):
        give(village, "Goro", "concierge")
