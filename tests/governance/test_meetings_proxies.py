"""Proxies: who may hold how many, whose word goes first, and that they speak only through the holder's ballot."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books.proxies import Mandates
from ledger import ids
from ledger.compose import Private
from tests.governance.documents import CHOICE, document
from tests.governance.hall import PROXIES, Hall, code, general
from tests.governance.test_ballots import recover
from tests.simulator import DAY, HOUR

NO_QUORUM = {"quorum": {"module": "none/1"}}


@pytest.fixture
def hall() -> Hall:
    return Hall(ordinary=general(**NO_QUORUM))


def held(hall: Hall, meeting: str, name: str) -> int:
    return hall.state.need(Mandates, f"{meeting}/{hall.id(name)}").held


def revoke(hall: Hall, name: str, meeting: str, **more: Any) -> None:
    hall.say(name, "proxy.revoke/1", {"meeting": meeting}, **more)


def opened(hall: Hall) -> tuple[str, str]:
    item = hall.draft()
    return item, hall.convene(item)


def test_a_proxy_speaks_by_the_holders_ballot_and_only_by_it(hall: Hall) -> None:
    item, silent = hall.draft(), hall.draft()
    meeting = hall.convene(item, silent)
    hall.entrust("Kenta", meeting, "Saki")
    hall.begin(meeting, "Saki")
    hall.vote("Saki", item, "no")
    hall.put(meeting, item)
    hall.put(meeting, silent)
    assert hall.tally(item)["no"] == (2, 2)
    # There, represented, and saying nothing: present all the same.
    assert hall.tally(silent) == {"yes": (0, 0), "no": (0, 0), "abstain": (0, 0)}
    assert hall.turnout(silent) == (7, 1, 0, 1, 0)


@pytest.mark.parametrize(("holder_comes", "present"), [(True, 4), (False, 2)])
def test_who_is_represented_is_there_with_a_holder_who_is_there_and_says_nothing(
    *, holder_comes: bool, present: int
) -> None:
    """Of the quorum, and of the majority of those present: two in favour of four are half, and not more."""
    hall = Hall()
    item = hall.draft()
    meeting = hall.convene(item)
    hall.entrust("Toru", meeting, "Kenta")
    hall.begin(meeting, "Hanako", "Ume", *(["Kenta"] if holder_comes else []))
    hall.vote_all(("Hanako", "Ume"), item, "yes")
    assert hall.put(meeting, item) == ("failed" if holder_comes else "no_quorum")
    assert hall.present(item) == present


def test_ones_own_word_goes_first_item_by_item(hall: Hall) -> None:
    item, other = hall.draft(), hall.draft()
    meeting = hall.convene(item, other)
    hall.vote("Kenta", item, "yes")
    hall.entrust("Kenta", meeting, "Saki")
    hall.begin(meeting, "Saki")
    hall.vote_all(("Saki",), item, "no")
    hall.vote_all(("Saki",), other, "no")
    hall.put(meeting, item)
    hall.put(meeting, other)
    assert (hall.tally(item)["yes"], hall.tally(item)["no"]) == ((1, 1), (1, 1))
    assert hall.tally(other)["no"] == (2, 2)


def test_what_is_disowned_leaves_the_proxy_to_speak(hall: Hall) -> None:
    item, meeting = opened(hall)
    entered = hall.paper("Kenta", item, "yes")
    hall.entrust("Kenta", meeting, "Saki")
    hall.say("Kenta", "ballot.object/1", {"proposal": item}, replaces=entered)
    hall.begin(meeting, "Saki")
    hall.vote("Saki", item, "no")
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (0, 0), "no": (2, 2), "abstain": (0, 0)}


def test_mandates_are_not_handed_on_and_mutual_ones_speak_for_nobody(hall: Hall) -> None:
    item, meeting = opened(hall)
    hall.entrust("Kenta", meeting, "Saki")
    hall.entrust("Saki", meeting, "Toru")
    hall.entrust("Ume", meeting, "Jiro")
    hall.entrust("Jiro", meeting, "Ume")
    hall.begin(meeting, "Toru")
    hall.vote("Toru", item, "yes")
    hall.put(meeting, item)
    assert hall.tally(item)["yes"] == (2, 2)


def test_the_cap_is_exact_and_what_is_taken_back_makes_room(hall: Hall) -> None:
    _, meeting = opened(hall)
    hall.entrust("Kenta", meeting, "Saki")
    hall.entrust("Toru", meeting, "Saki")
    assert code(hall.entrust, "Ume", meeting, "Saki") == "proxy.cap"
    revoke(hall, "Toru", meeting)
    hall.entrust("Ume", meeting, "Saki")
    hall.entrust("Ume", meeting, "Toru")
    assert (held(hall, meeting, "Saki"), held(hall, meeting, "Toru")) == (1, 1)


def test_the_strictest_rule_of_the_agenda_caps() -> None:
    hall = Hall(policy=general(proxy=PROXIES | {"most": 1}), role=general(proxy=PROXIES | {"most": None}))
    meeting = hall.convene(hall.draft(), hall.draft(kind="policy"), hall.draft(kind="role"))
    hall.entrust("Kenta", meeting, "Saki")
    assert code(hall.entrust, "Toru", meeting, "Saki") == "proxy.cap"


def test_what_has_been_decided_caps_no_more() -> None:
    hall = Hall(special=general(proxy=PROXIES | {"most": 1}))
    strict, other = hall.draft(kind="special"), hall.draft()
    meeting = hall.convene(strict, other)
    hall.entrust("Ume", meeting, "Jiro")
    hall.begin(meeting, "Jiro")
    assert code(hall.entrust, "Saki", meeting, "Jiro") == "proxy.cap"
    hall.put(meeting, strict)
    hall.entrust("Saki", meeting, "Jiro")
    assert held(hall, meeting, "Jiro") == 2


def test_the_chair_holds_what_is_left_to_the_chair_within_the_cap(hall: Hall) -> None:
    item, meeting = opened(hall)
    hall.entrust("Kenta", meeting, "chair")
    hall.entrust("Saki", meeting, "Hanako")
    assert code(hall.entrust, "Toru", meeting, "chair") == "proxy.cap"
    assert code(hall.entrust, "Toru", meeting, "Hanako") == "proxy.cap"
    assert code(hall.entrust, "Hanako", meeting, "chair") == "proxy.oneself"
    hall.begin(meeting, "Hanako")
    hall.vote("Hanako", item, "yes")
    hall.put(meeting, item)
    assert hall.tally(item)["yes"] == (3, 3)


def test_what_is_left_to_the_chair_goes_with_the_chair(hall: Hall) -> None:
    item, meeting = opened(hall)
    hall.entrust("Kenta", meeting, "chair")
    hall.entrust("Saki", meeting, "Toru")
    body = {"meeting": meeting, "chair": hall.id("Toru"), "signers": []}
    hall.say("Hanako", "meeting.chair/1", body, cosigners=("Jiro",))
    hall.begin(meeting, "Toru")
    hall.vote("Hanako", item, "no")
    hall.vote("Toru", item, "yes")
    hall.say("Toru", "meeting.close_item/1", {"meeting": meeting, "proposal": item})
    hall.wait(HOUR)
    assert hall.tally(item) == {"yes": (3, 3), "no": (1, 1), "abstain": (0, 0)}


def test_nobody_takes_a_chair_with_more_mandates_than_they_may_hold(hall: Hall) -> None:
    _, meeting = opened(hall)
    hall.entrust("Kenta", meeting, "chair")
    hall.entrust("Saki", meeting, "Toru")
    hall.entrust("Ume", meeting, "Toru")
    body = {"meeting": meeting, "chair": hall.id("Toru"), "signers": []}
    assert code(hall.say, "Hanako", "meeting.chair/1", body, cosigners=("Jiro",)) == "proxy.cap"


def test_blank_mandates_need_a_chair_who_may_have_them_and_has_a_vote() -> None:
    hall = Hall(ordinary=general(proxy=PROXIES | {"to_chair": False}))
    _, meeting = opened(hall)
    assert code(hall.entrust, "Kenta", meeting, "chair") == "proxy.no_chair"
    hall.entrust("Kenta", meeting, "Hanako")
    voteless = Hall(ordinary=general(electorate={"module": "without_chair/1"}))
    _, meeting = opened(voteless)
    assert code(voteless.entrust, "Kenta", meeting, "chair") == "proxy.no_vote"


def test_only_who_may_vote_holds_and_gives_mandates() -> None:
    hall = Hall(ordinary=general(electorate={"module": "by_class/1", "classes": ["member"]}))
    hall.join("Guest", "supporter")
    _, meeting = opened(hall)
    assert code(hall.entrust, "Kenta", meeting, "Guest") == "proxy.no_vote"
    assert code(hall.entrust, "Guest", meeting, "Kenta") == "proxy.none"
    assert code(hall.entrust, "Kenta", meeting, "Kenta") == "proxy.oneself"
    assert code(hall.entrust, "Kenta", meeting, "mem_" + "a" * 26) == "member.unknown"


def test_without_a_rule_for_it_nobody_is_represented() -> None:
    hall = Hall(ordinary=general(proxy={"module": "none/1"}))
    _, meeting = opened(hall)
    assert code(hall.entrust, "Kenta", meeting, "Saki") == "proxy.none"
    mixed = Hall(role=general(proxy={"module": "none/1"}, **NO_QUORUM), ordinary=general(**NO_QUORUM))
    item, strict = mixed.draft(), mixed.draft(kind="role")
    meeting = mixed.convene(item, strict)
    mixed.entrust("Kenta", meeting, "Saki")
    mixed.begin(meeting, "Saki")
    for proposal in (item, strict):
        mixed.vote("Saki", proposal, "yes")
        mixed.put(meeting, proposal)
    assert (mixed.tally(item)["yes"], mixed.tally(strict)["yes"]) == ((2, 2), (1, 1))


def test_only_the_household_where_the_rule_says_so() -> None:
    hall = Hall(ordinary=general(proxy=PROXIES | {"who": "household", "to_chair": False}, **NO_QUORUM))
    entry = hall.say("Hanako", "member.belong/1", {"member": hall.id("Kenta"), "household": "new"}, cosigners=("Jiro",))
    house = {"member": hall.id("Saki"), "household": ids.object_id("hh", entry.id), "represents": False}
    hall.say("Hanako", "member.belong/1", house, cosigners=("Jiro",))
    item, meeting = opened(hall)
    assert code(hall.entrust, "Kenta", meeting, "Toru") == "proxy.household"
    assert code(hall.entrust, "Ume", meeting, "Toru") == "proxy.household"
    hall.entrust("Kenta", meeting, "Saki")
    hall.begin(meeting, "Saki")
    hall.vote("Saki", item, "yes")
    hall.put(meeting, item)
    assert hall.tally(item)["yes"] == (2, 2)


def test_what_is_entered_yields_to_the_members_own_word(hall: Hall) -> None:
    _, meeting = opened(hall)
    body = {"meeting": meeting, "paper": Private("委任状")}
    entered: dict[str, Any] = {"for_": "Kenta", "via": "paper", "cosigners": ("Hanako",)}
    assert code(hall.say, "Jiro", "proxy.give/1", body | {"to": "chair"}, for_="Kenta", via="paper") == (
        "statement.countersign"
    )
    hall.say("Jiro", "proxy.give/1", body | {"to": "chair"}, **entered)
    hall.entrust("Kenta", meeting, "Saki")
    assert code(hall.say, "Jiro", "proxy.give/1", body | {"to": "chair"}, **entered) == "proxy.own_stands"
    revoke(hall, "Kenta", meeting)
    # Having taken it back is a word of their own too.
    assert code(hall.say, "Jiro", "proxy.give/1", body | {"to": "chair"}, **entered) == "proxy.own_stands"
    assert code(revoke, hall, "Kenta", meeting) == "proxy.none_given"
    hall.entrust("Kenta", meeting, "Saki")
    assert code(hall.entrust, "Kenta", meeting, "Saki") == "proxy.already"


def test_proxies_count_as_they_stand_at_the_close_of_the_item(hall: Hall) -> None:
    item, later = hall.draft(), hall.draft()
    meeting = hall.convene(item, later)
    hall.entrust("Kenta", meeting, "Saki")
    hall.begin(meeting, "Saki")
    for proposal in (item, later):
        hall.vote("Saki", proposal, "yes")
    hall.put(meeting, item)
    revoke(hall, "Kenta", meeting)
    hall.put(meeting, later)
    assert (hall.tally(item)["yes"], hall.tally(later)["yes"]) == ((2, 2), (1, 1))
    # And what was counted is counted the same again, whenever that is done.
    assert hall.turnout(item).proxy == 1
    hall.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert code(hall.entrust, "Kenta", meeting, "Saki") == "meeting.stage"


@pytest.mark.parametrize(("votes", "yes"), [(None, 2), ("Kenta", 2), ("Toru", 2)])
def test_a_stricter_rule_that_comes_in_by_a_motion_counts_one_mandate(votes: str | None, yes: int) -> None:
    """Whoever votes needs no mandate, and leaves room for the next."""
    floor = {"module": "meeting/1", "kinds": ["general"], "motions": True}
    strict = general(proxy=PROXIES | {"most": 1}, venue=floor, **NO_QUORUM)
    hall = Hall(ordinary=general(**NO_QUORUM), policy=strict)
    meeting = hall.convene(hall.draft())
    hall.entrust("Kenta", meeting, "Saki")
    hall.entrust("Toru", meeting, "Saki")
    hall.begin(meeting, "Saki", "Ume")
    motion = hall.draft("Ume", "policy")
    hall.say("Ume", "meeting.motion/1", {"meeting": meeting, "proposal": motion})
    hall.vote("Saki", motion, "yes")
    if votes is not None:
        hall.vote(votes, motion, "no")
    hall.put(meeting, motion)
    assert hall.tally(motion)["yes"] == (yes, yes)


def test_a_proxy_speaks_for_choices_and_for_weights() -> None:
    weights = {"module": "by_class/1", "weights": {"member": 3}, "others": 1}
    hall = Hall(choice=CHOICE | {"proxy": PROXIES, "weight": weights})
    hall.join("Guest", "supporter")
    item = hall.draft(kind="choice", options=[Private("春"), Private("秋")])
    meeting = hall.convene(item)
    hall.entrust("Kenta", meeting, "Guest")
    hall.begin(meeting)
    hall.vote("Guest", item, "option_2")
    hall.put(meeting, item)
    assert hall.tally(item)["option_2"] == (2, 4)


def test_a_delegation_ends_with_whoever_has_given_a_proxy() -> None:
    rule = document(delegation={"module": "standing/1", "depth": None}, proxy=PROXIES)
    hall = Hall(ordinary=rule)
    item, meeting = opened(hall)
    hall.say("Ume", "delegation.give/1", {"to": hall.id("Kenta")})
    hall.say("Kenta", "delegation.give/1", {"to": hall.id("Toru")})
    hall.entrust("Kenta", meeting, "Saki")
    hall.begin(meeting)
    hall.vote("Saki", item, "yes")
    hall.vote("Toru", item, "no")
    hall.put(meeting, item)
    assert hall.tally(item) == {"yes": (2, 2), "no": (1, 1), "abstain": (0, 0)}


def test_a_key_recovered_since_the_convocation_gives_no_proxy() -> None:
    """Two officials who take over a member's key can't be given their voice either: not for a meeting under way."""
    hall = Hall(ordinary=general(**NO_QUORUM))
    hall.appoint("Jiro", "concierge")
    meeting = hall.convene(hall.draft(), starts_in=20 * DAY)
    recover(hall, "Toru")
    hall.wait(8 * DAY)
    hall.keys["Toru"] = hall.key("Toru anew")
    assert code(hall.entrust, "Toru", meeting, "Jiro") == "key.recovered_since"
    later = hall.convene(hall.draft(), starts_in=20 * DAY)
    hall.entrust("Toru", later, "Jiro")
