"""Leading a meeting: opening, checking in, quorum as people come and go, motions, the chair and the casting vote."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books.meetings import OVERRUN
from ledger.compose import Private
from tests.governance.documents import document, quorum
from tests.governance.hall import NOTICE, Hall, code, general
from tests.simulator import DAY, HOUR

FLOOR = {"module": "meeting/1", "kinds": ["general"], "motions": True}
AT_ONCE = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 0}


@pytest.fixture
def hall() -> Hall:
    return Hall()


def close(hall: Hall, meeting: str, by: str = "Hanako") -> None:
    hall.say(by, "meeting.close/1", {"meeting": meeting})


def seat(hall: Hall, meeting: str, chair: str, by: str = "Hanako", second: str = "Jiro") -> None:
    body = {"meeting": meeting, "chair": hall.id(chair), "signers": [hall.id("Jiro"), hall.id("Ume")]}
    hall.say(by, "meeting.chair/1", body, cosigners=(second,))


# Opening and closing.


def test_the_chair_or_an_administrator_opens_it_at_its_time(hall: Hall) -> None:
    meeting = hall.convene(chair=hall.id("Kenta"))
    body = {"meeting": meeting}
    assert code(hall.say, "Kenta", "meeting.open/1", body) == "meeting.too_early"
    hall.time = hall.meeting(meeting).starts_at
    assert code(hall.say, "Ume", "meeting.open/1", body) == "role.required"
    hall.say("Kenta", "meeting.open/1", body)
    assert code(hall.say, "Hanako", "meeting.open/1", body) == "meeting.stage"
    # Leading it is the chair's alone.
    assert code(close, hall, meeting) == "meeting.chair"
    close(hall, meeting, "Kenta")
    assert code(close, hall, meeting, "Kenta") == "meeting.stage"


def test_only_the_chair_closes_items_of_an_open_meeting(hall: Hall) -> None:
    item, other = hall.draft(), hall.draft()
    meeting, elsewhere = hall.convene(item), hall.convene(other)
    body = {"meeting": meeting, "proposal": item}
    assert code(hall.say, "Hanako", "meeting.close_item/1", body) == "meeting.stage"
    hall.begin(meeting)
    assert code(hall.say, "Jiro", "meeting.close_item/1", body) == "meeting.chair"
    assert code(hall.put, meeting, other) == "meeting.no_item"
    hall.put(meeting, item)
    assert code(hall.put, meeting, item) == "proposal.stage"
    assert hall.meeting(elsewhere).stage() == "convened"


def test_what_is_open_when_the_meeting_closes_is_decided_with_it(hall: Hall) -> None:
    """So a chair can't keep the members from deciding by closing early."""
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Jiro", "Ume", "Kenta")
    hall.vote_all(("Jiro", "Ume", "Kenta"), item, "yes")
    close(hall, meeting)
    hall.wait(HOUR)
    assert hall.stage(item) == "passed"
    # Nobody checks out of a meeting that is over, and who was there at the close stays counted.
    assert hall.present(item) == 4
    assert code(hall.go, "Hanako", meeting) == "meeting.stage"


def test_a_meeting_that_nobody_closes_ends_by_itself(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Jiro", "Ume", "Kenta")
    hall.vote_all(("Jiro", "Ume", "Kenta"), item, "yes")
    hall.wait(OVERRUN)
    assert (hall.stage(item), hall.meeting(meeting).stage()) == ("passed", "closed")
    assert hall.meeting(meeting).closed_at == hall.proposal(item).closes_at == hall.meeting(meeting).until


# Checking in.


def test_one_checks_in_by_the_code_in_the_room_online_or_at_reception(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    body = {"meeting": meeting, "how": "room"}
    assert code(hall.say, "Kenta", "meeting.attend/1", body | {"how": "online"}) == "meeting.reception"
    hall.begin(meeting, "Kenta", "Matsu")
    hall.come("Ume", meeting, "online")
    assert code(hall.say, "Saki", "meeting.attend/1", body) == "meeting.door"
    stale = hall.key_id("another door")
    wrong = {"cosigners": (stale,), "keys_of": {stale: "another door"}}
    assert code(hall.say, "Saki", "meeting.attend/1", body, **wrong) == "meeting.door"
    online = {"for_": "Saki", "via": "room", "cosigners": ("Hanako",)}
    assert code(hall.say, "Jiro", "meeting.attend/1", body | {"how": "online"}, **online) == "meeting.not_in_room"
    assert code(hall.say, "Jiro", "meeting.attend/1", body, for_="Saki", via="room") == "statement.countersign"
    assert hall.turnout(item)[1:] == (2, 1, 0, 0)


def test_a_new_code_at_the_door_ends_the_old_one(hall: Hall) -> None:
    meeting = hall.convene()
    hall.begin(meeting)
    hall.say("Jiro", "meeting.door/1", {"meeting": meeting, "door": hall.key_id("second door")})
    assert code(hall.come, "Kenta", meeting) == "meeting.door"
    assert code(hall.say, "Kenta", "meeting.door/1", {"meeting": meeting}) == "role.required"
    assert code(hall.say, "Jiro", "meeting.door/1", {"meeting": meeting, "door": "open"}) == "format.id"


@pytest.mark.parametrize("mode", ["room", "online"])
def test_a_meeting_is_attended_where_it_is_held(hall: Hall, mode: str) -> None:
    meeting = hall.convene(mode=mode)
    hall.begin(meeting)
    assert code(hall.come, "Kenta", meeting, "room" if mode == "online" else "online") == "meeting.mode"
    hall.come("Kenta", meeting, mode)
    assert code(hall.come, "Kenta", meeting, mode) == "meeting.attending"


def test_the_quorum_is_of_those_who_are_there_at_the_close_each_once(hall: Hall) -> None:
    """Seven members, so four have to be there: in the room, online, by proxy or in writing."""
    item = hall.draft()
    meeting = hall.convene(item)
    hall.vote("Saki", item, "yes")
    hall.entrust("Matsu", meeting, "Kenta")
    hall.begin(meeting, "Hanako", "Saki")
    assert hall.turnout(item) == (7, 2, 0, 0, 0)
    hall.come("Kenta", meeting, "online")
    # Saki is in the room and has voted, Kenta stands for Matsu: four heads.
    assert hall.turnout(item) == (7, 2, 1, 1, 0)
    hall.go("Saki", meeting)
    assert hall.turnout(item) == (7, 1, 1, 1, 1)
    hall.vote("Hanako", item, "yes")
    hall.vote("Kenta", item, "yes")
    assert hall.put(meeting, item) == "passed"
    assert hall.present(item) == 4


def test_one_head_short_there_is_no_quorum(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Kenta", "Saki", "Ume")
    hall.vote_all(("Hanako", "Kenta", "Saki"), item, "yes")
    hall.go("Ume", meeting)
    assert hall.put(meeting, item) == "no_quorum"


def test_who_is_there_and_says_nothing_counts_as_present(hall: Hall) -> None:
    """More than half of those present: two of four are not enough, three are."""
    for yes, result in ((("Hanako", "Kenta"), "failed"), (("Hanako", "Kenta", "Saki"), "passed")):
        item = hall.draft()
        meeting = hall.convene(item)
        hall.begin(meeting, "Hanako", "Kenta", "Saki", "Ume")
        hall.vote_all(yes, item, "yes")
        assert hall.put(meeting, item) == result


def test_guests_without_a_vote_are_not_counted() -> None:
    hall = Hall(ordinary=general(electorate={"module": "by_class/1", "classes": ["member"]}))
    hall.join("Guest", "supporter")
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Guest", "Hanako", "Kenta", "Saki")
    assert hall.turnout(item).in_person == 3


# Motions.


def test_motions_come_from_the_floor_only_where_the_rule_takes_them() -> None:
    hall = Hall(ordinary=general(venue=FLOOR, quorum={"module": "none/1"}), policy=general())
    meeting = hall.convene()
    motion, refused, anywhere = hall.draft("Ume"), hall.draft("Ume", "policy"), hall.draft("Ume", "role")

    def move(name: str, proposal: str) -> None:
        hall.say(name, "meeting.motion/1", {"meeting": meeting, "proposal": proposal})

    assert code(move, "Ume", motion) == "meeting.stage"
    hall.begin(meeting, "Hanako")
    assert code(move, "Ume", motion) == "meeting.absent"
    hall.come("Ume", meeting)
    assert code(move, "Hanako", motion) == "proposal.not_yours"
    assert code(move, "Ume", refused) == code(move, "Ume", anywhere) == "meeting.no_motions"
    move("Ume", motion)
    hall.vote_all(("Ume", "Hanako"), motion, "yes")
    assert hall.put(meeting, motion) == "passed"
    assert hall.meeting(meeting).agenda == (motion,)


# The chair.


def test_the_chair_is_handed_on_countersigned(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Kenta")
    assert code(seat, hall, meeting, "Kenta", "Ume") == "role.required"
    assert code(seat, hall, meeting, "Kenta", "Hanako", "Saki") == "role.second_required"
    assert code(seat, hall, meeting, "Ume") == "meeting.signers"
    seat(hall, meeting, "Kenta", "Hanako", "Ume")
    assert hall.proposal(item).chair == hall.id("Kenta")
    assert code(hall.put, meeting, item) == "meeting.chair"
    hall.say("Kenta", "meeting.close_item/1", {"meeting": meeting, "proposal": item})


def tied(hall: Hall) -> tuple[str, str]:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Kenta", "Saki", "Ume")
    hall.vote_all(("Hanako", "Kenta"), item, "yes")
    hall.vote_all(("Saki", "Ume"), item, "no")
    return meeting, item


def casts(hall: Hall, item: str, name: str = "Hanako", choice: str = "yes") -> None:
    hall.say(name, "ballot.casting/1", {"proposal": item, "choice": choice})


@pytest.mark.parametrize(("choice", "result"), [("yes", "passed"), ("no", "failed")])
def test_the_chair_of_the_meeting_breaks_its_ties(choice: str, result: str) -> None:
    hall = Hall(ordinary=general(threshold={"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "yes_no"}))
    meeting, item = tied(hall)
    assert hall.put(meeting, item) == "tied"
    assert code(casts, hall, item, "Jiro") == "meeting.chair"
    casts(hall, item, choice=choice)
    assert hall.stage(item) == result


def test_a_tie_left_undecided_when_the_meeting_closes_stays_so(hall: Hall) -> None:
    meeting, item = tied(hall)
    assert hall.put(meeting, item) == "tied"
    close(hall, meeting)
    assert code(casts, hall, item) == "proposal.casting_late"


def test_what_closed_with_the_meeting_the_chair_may_decide_for_three_days(hall: Hall) -> None:
    meeting, item = tied(hall)
    close(hall, meeting)
    hall.wait(3 * DAY - 2000)
    assert hall.stage(item) == "tied"
    casts(hall, item)
    assert hall.stage(item) == "passed"
    other = Hall()
    meeting, item = tied(other)
    close(other, meeting)
    other.wait(3 * DAY)
    assert code(casts, other, item) == "proposal.casting_late"


def test_a_chair_without_a_vote_leaves_the_roll_and_returns_to_it() -> None:
    """消費生活協同組合法41: whoever chairs has no vote as a member, on any item still open."""
    hall = Hall(ordinary=general(electorate={"module": "without_chair/1"}, quorum={"module": "none/1"}))
    item = hall.draft()
    meeting = hall.convene(item)
    assert code(hall.vote, "Hanako", item, "yes") == "ballot.not_on_roll"
    hall.vote("Kenta", item, "yes")
    hall.begin(meeting, "Hanako", "Kenta", "Ume")
    assert hall.turnout(item) == (6, 2, 0, 0, 0)
    seat(hall, meeting, "Kenta")
    # What Kenta cast before counts no more; Hanako votes.
    hall.vote("Hanako", item, "no")
    hall.vote("Ume", item, "no")
    hall.say("Kenta", "meeting.close_item/1", {"meeting": meeting, "proposal": item})
    hall.wait(HOUR)
    assert hall.tally(item) == {"yes": (0, 0), "no": (2, 2), "abstain": (0, 0)}
    found = hall.proposal(item).roll
    assert found is not None
    assert found.heads == 6


def test_a_roll_announced_under_another_chair_is_announced_anew() -> None:
    hall = Hall(ordinary=general(electorate={"module": "without_chair/1"}, quorum={"module": "none/1"}))
    item = hall.draft()
    meeting = hall.convene(item)
    hall.begin(meeting, "Hanako", "Kenta")
    announced = {"proposal": item, "heads": 6, "weight": 6}
    hall.say("clerk", "proposal.roll/1", announced)
    assert code(hall.say, "clerk", "proposal.roll/1", announced) == "proposal.announced"
    seat(hall, meeting, "Kenta")
    assert (hall.proposal(item).roll, hall.proposal(item).roll_entry) == (None, None)
    hall.say("clerk", "proposal.roll/1", announced)


def test_a_chair_without_a_vote_keeps_it_outside_meetings() -> None:
    hall = Hall(ordinary=document(electorate={"module": "without_chair/1"}))
    vote = hall.voting()
    hall.vote("Hanako", vote, "yes")
    hall.close()
    assert hall.tally(vote)["yes"] == (1, 1)


# The second convocation.


def second(hall: Hall, first: str, *items: str, **more: Any) -> str:
    return hall.convene(*items, after=first, **more)


def test_a_second_convocation_takes_up_what_had_no_quorum_word_for_word_with_fresh_ballots() -> None:
    lower = {
        "module": "convocations/1",
        "first": quorum("heads", "1/2", strict=False),
        "second": quorum("heads", "1/4", strict=False),
    }
    hall = Hall(ordinary=general(quorum=lower))
    lacking, decided = hall.draft(), hall.draft()
    first = hall.convene(lacking, decided)
    hall.vote_all(("Ume", "Kenta", "Saki", "Jiro"), decided, "yes")
    hall.begin(first, "Hanako")
    hall.vote("Hanako", lacking, "yes")
    assert (hall.put(first, lacking), hall.put(first, decided)) == ("no_quorum", "passed")
    assert code(second, hall, first, lacking) == "meeting.stage"
    close(hall, first)
    assert code(second, hall, first, decided) == "meeting.second_agenda"
    assert code(second, hall, first, hall.draft()) == "meeting.second_agenda"
    assert code(second, hall, first, lacking, kind="members") == "meeting.not_first"
    again = second(hall, first, lacking)
    assert code(second, hall, first, lacking) == "meeting.taken_up"
    (item,) = hall.meeting(again).agenda
    old, new = hall.proposal(lacking), hall.proposal(item)
    assert (new.statement, new.title, new.effects, new.convocation) == (old.statement, old.title, old.effects, 2)
    assert code(second, hall, again, item) == "meeting.stage"
    hall.begin(again, "Hanako", "Jiro")
    hall.vote_all(("Hanako", "Jiro"), item, "yes")
    assert hall.put(again, item) == "passed"
    assert hall.stage(lacking) == "no_quorum"


def test_what_a_cancelled_second_convocation_had_taken_up_can_be_taken_up_again(hall: Hall) -> None:
    item = hall.draft()
    first = hall.convene(item)
    hall.begin(first)
    close(hall, first)
    again = second(hall, first, item)
    hall.say("Hanako", "meeting.cancel/1", {"meeting": again, "reason": Private("大雪")})
    assert hall.meeting(second(hall, first, item)).convocation == 2
    assert hall.meeting(again).notice == NOTICE
