"""Convening: by whom, with what notice, and what can be changed before a meeting begins."""

from __future__ import annotations

from typing import Any

import pytest

from governance.books import meetings
from ledger import canonical, ids
from ledger.compose import Private
from tests.governance.documents import document
from tests.governance.hall import AHEAD, NOTICE, TEN_DAYS, Hall, code, general
from tests.simulator import DAY, HOUR


@pytest.fixture
def hall() -> Hall:
    return Hall()


def amend(hall: Hall, meeting: str, starts_at: int, *agenda: str, **more: Any) -> None:
    body = {
        "meeting": meeting,
        "mode": "both",
        "title": Private("改"),
        "starts_at": canonical.format_time(starts_at),
        "agenda": list(agenda),
    }
    hall.say("Hanako", "meeting.amend/1", body, **({"replaces": hall.meeting(meeting).statement} | more))


def test_votes_sent_in_count_from_the_convocation_until_the_chair_closes_the_item(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    assert (hall.proposal(item).meeting, hall.meeting(meeting).agenda) == (meeting, (item,))
    hall.vote("Kenta", item, "yes")
    hall.paper("Matsu", item, "yes")
    hall.begin(meeting, "Hanako", "Jiro")
    hall.vote_all(("Hanako", "Jiro"), item, "yes")
    before = hall.size
    assert hall.put(meeting, item) == "passed"
    assert hall.proposal(item).closed_index == before + 1
    assert hall.tally(item)["yes"] == (4, 4)
    assert code(hall.vote, "Ume", item, "no") == "proposal.stage"


def test_the_roll_is_that_of_the_convocation(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.wait(HOUR)
    hall.join("Late")
    hall.begin(meeting, "Hanako", "Late")
    assert code(hall.vote, "Late", item, "yes") == "ballot.not_on_roll"
    assert hall.turnout(item).in_person == 1


def test_the_notice_is_the_longest_of_the_agenda_to_the_millisecond(hall: Hall) -> None:
    hall = Hall(policy=general(timing=TEN_DAYS | {"delay_seconds": 14 * 86_400}))
    short, long = hall.draft(), hall.draft(kind="policy")
    assert code(hall.convene, short, starts_in=hall.whole(10) - 1) == "meeting.notice"
    assert code(hall.convene, short, long, starts_in=hall.whole(14) - 1) == "meeting.notice"
    # Refused as a whole: neither is on any agenda.
    assert (hall.stage(short), hall.proposal(short).meeting) == ("draft", None)
    meeting = hall.convene(short, long, starts_in=hall.whole(14))
    assert hall.meeting(meeting).notice == 14 * DAY


def test_neither_the_day_of_the_notice_nor_that_of_the_meeting_counts(hall: Hall) -> None:
    """民法140条: the first day is not one of them; 会日の十日前までに leaves ten days in between."""
    late, morning = hall.draft(), hall.draft()
    hall.wait(hall.whole(0) - 1001)
    assert code(hall.convene, late, starts_in=10 * DAY) == "meeting.notice"
    # A second later it is the last moment of the day; another second later, the next day.
    found = hall.meeting(hall.convene(late, starts_in=10 * DAY + 1))
    assert meetings.notice_by(found.starts_at, NOTICE, 540) == found.convened_at
    assert code(hall.convene, morning, starts_in=11 * DAY - 1000) == "meeting.notice"
    hall.convene(morning, starts_in=11 * DAY - 999)


def test_hours_of_notice_are_hours() -> None:
    hall = Hall(ordinary=general(timing=TEN_DAYS | {"delay_seconds": 36 * 3600}))
    item = hall.draft()
    assert code(hall.convene, item, starts_in=36 * HOUR - 1) == "meeting.notice"
    meeting = hall.meeting(hall.convene(item, starts_in=36 * HOUR))
    assert meetings.notice_by(meeting.starts_at, meeting.notice, 540) == meeting.convened_at


def test_what_is_decided_may_ask_for_longer_notice_than_the_rule() -> None:
    soon = TEN_DAYS | {"delay_seconds": 86_400}
    hall = Hall(expel=general(timing=soon, electorate={"module": "disinterested/1"}))
    item = hall.draft(kind="expel", effects=[{"effect": "expel", "member": hall.id("Toru")}])
    assert code(hall.convene, item, starts_in=9 * DAY) == "meeting.notice"
    hall.convene(item)


def test_officials_convene_and_nobody_else(hall: Hall) -> None:
    assert code(hall.convene, author="Ume") == "role.required"
    assert code(hall.convene, author="Jiro") == "role.required"


def test_a_rule_for_meetings_decides_nowhere_else(hall: Hall) -> None:
    item = hall.draft()
    assert code(hall.call, item) == "proposal.needs_meeting"
    assert code(hall.convene, item, kind="board") == "proposal.needs_meeting"
    elsewhere = hall.draft(kind="role")
    hall.convene(elsewhere, kind="board")
    assert hall.stage(elsewhere) == "voting"


def test_only_drafts_come_on_an_agenda_each_once(hall: Hall) -> None:
    item = hall.draft()
    assert code(hall.convene, item, item) == "meeting.agenda"
    hall.convene(item)
    assert code(hall.convene, item) == "proposal.stage"
    assert code(hall.convene, hall.voting("role")) == "proposal.stage"
    assert code(hall.convene, "prop_" + "a" * 26) == "proposal.unknown"


def test_a_deposit_is_asked_for_where_a_proposer_calls_and_not_where_a_meeting_is_convened() -> None:
    hall = Hall(ordinary=general(admission={"module": "deposit/1", "tokens": 5, "returned_from": "1/4"}))
    item = hall.draft()
    hall.convene(item)
    assert hall.proposal(item).deposit == 0


def test_admission_holds_for_meetings_too() -> None:
    hall = Hall(ordinary=general(admission={"module": "seconders/1", "count": 1}))
    item = hall.draft()
    assert code(hall.convene, item) == "proposal.seconders"
    hall.say("Kenta", "proposal.second/1", {"proposal": item, "version": 1})
    hall.convene(item)


def test_times_and_people_have_to_be_possible(hall: Hall) -> None:
    assert code(hall.convene, starts_in=-1) == "meeting.starts"
    assert code(hall.convene, starts_in=367 * DAY) == "meeting.starts"
    early = canonical.format_time(hall.time + AHEAD - 1)
    late = canonical.format_time(hall.time + AHEAD + 8 * DAY)
    assert code(hall.convene, ends_at=early) == code(hall.convene, ends_at=late) == "meeting.ends"
    assert code(hall.convene, signers=[hall.id("Hanako")]) == "meeting.signers"
    assert code(hall.convene, signers=[hall.id("Ume")] * 2) == "meeting.signers"
    assert code(hall.convene, chair="mem_" + "a" * 26) == "member.unknown"
    hall.say("Toru", "member.leave/1", {})
    assert code(hall.convene, chair=hall.id("Toru")) == "member.inactive"


def test_an_amendment_names_the_version_it_replaces(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    start = hall.meeting(meeting).starts_at
    assert code(amend, hall, meeting, start, item, replaces=None) == "meeting.replaces"
    amend(hall, meeting, start, item)
    assert hall.meeting(meeting).version == 2


def test_nothing_joins_the_agenda_within_its_notice(hall: Hall) -> None:
    item, another = hall.draft(), hall.draft()
    meeting = hall.convene(item, starts_in=AHEAD + DAY)
    start = hall.meeting(meeting).starts_at
    amend(hall, meeting, start, item, another)
    assert hall.meeting(meeting).agenda == (item, another)
    hall.wait(2 * DAY)
    third = hall.draft()
    assert code(amend, hall, meeting, start, item, another, third) == "meeting.notice"
    amend(hall, meeting, start + AHEAD, third, item, another)
    assert hall.meeting(meeting).agenda == (third, item, another)


def test_a_meeting_can_be_put_off_but_not_brought_forward_within_its_notice(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item, starts_in=AHEAD + 2 * DAY)
    hall.vote("Kenta", item, "yes")
    start = hall.meeting(meeting).starts_at
    hall.wait(3 * DAY)
    assert code(amend, hall, meeting, start - HOUR, item) == "meeting.notice"
    amend(hall, meeting, start + DAY, item)
    assert hall.proposal(item).closes_at == hall.meeting(meeting).until
    hall.wait(start + 12 * HOUR + 1 - hall.time)
    assert hall.stage(item) == "voting"


def test_what_is_taken_off_the_agenda_is_withdrawn_with_its_ballots(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.vote("Kenta", item, "yes")
    amend(hall, meeting, hall.meeting(meeting).starts_at)
    assert hall.stage(item) == "withdrawn"
    assert code(hall.vote, "Ume", item, "yes") == "proposal.stage"
    hall.wait(12 * DAY)
    assert hall.proposal(item).outcome is None


def test_a_cancelled_meeting_decides_nothing(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.vote_all(("Hanako", "Jiro", "Ume", "Kenta"), item, "yes")
    hall.say("Hanako", "meeting.cancel/1", {"meeting": meeting, "reason": Private("大雪")})
    hall.wait(12 * DAY)
    assert (hall.stage(item), hall.meeting(meeting).stage()) == ("withdrawn", "cancelled")
    assert code(hall.say, "Hanako", "meeting.open/1", {"meeting": meeting}) == "meeting.stage"


def test_a_meeting_that_nobody_opens_has_not_taken_place(hall: Hall) -> None:
    item = hall.draft()
    meeting = hall.convene(item)
    hall.vote_all(("Hanako", "Jiro", "Ume", "Kenta"), item, "yes")
    hall.wait(AHEAD + 12 * HOUR)
    assert (hall.stage(item), hall.meeting(meeting).stage()) == ("withdrawn", "cancelled")


def test_meetings_belong_to_a_series(hall: Hall) -> None:
    series = hall.say("Hanako", "meeting.series/1", {"name": Private("理事会"), "rhythm": Private("毎月")})
    id_ = ids.object_id("ser", series.id)
    assert hall.meeting(hall.convene(series=id_)).series == id_
    assert code(hall.convene, series="ser_" + "a" * 26) == "meeting_series.unknown"


def test_texts_are_kept_under_the_meeting(hall: Hall) -> None:
    meeting = hall.convene()
    subject = hall.books.handler("meeting.convene/1").subject
    assert subject is not None
    entry = next(e for e in hall._entries.values() if e.statement.type == "meeting.convene/1")
    assert subject(entry.statement, entry.id, "title") == meeting
    change = hall.statement("Hanako", "meeting.amend/1", {"meeting": meeting})
    assert subject(change, b"x" * 32, "notes") == meeting


def test_folding_the_leaves_again_gives_the_same_records() -> None:
    hall = Hall(ordinary=document(proxy={"module": "members/1", "most": 1, "who": "members", "to_chair": True}))
    item = hall.draft()
    meeting = hall.convene(item, starts_in=DAY)
    hall.entrust("Kenta", meeting, "chair")
    hall.begin(meeting, "Hanako", "Saki")
    hall.vote("Hanako", item, "yes")
    hall.put(meeting, item)
    hall.say("Hanako", "meeting.close/1", {"meeting": meeting})
    assert hall.tally(item)["yes"] == (2, 2)
    assert hall.folded_again() == hall.records()
