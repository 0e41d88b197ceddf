"""Attacks on meetings: what somebody could try with agendas, second convocations and the code at the door."""

from __future__ import annotations

from typing import Any

from governance.books import draws
from ledger import canonical
from ledger.compose import Private
from tests.governance.attacking import panel_of, root
from tests.governance.documents import quorum
from tests.governance.hall import Hall, code, general
from tests.governance.test_meetings_convening import amend
from tests.simulator import DAY, HOUR

PANEL = {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}
FLOOR = {"module": "meeting/1", "kinds": ["general"], "motions": True}
AT_ONCE = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 0}


def rewritten(hall: Hall, item: str, author: str = "Ume") -> None:
    """Its proposer writes it anew, which takes it off whatever vote was called on it."""
    body: dict[str, Any] = {"proposal": item, "title": Private("別の題"), "text": Private("別の文")}
    hall.say(author, "proposal.amend/1", body, replaces=hall.proposal(item).statement)


def test_a_proposal_rewritten_and_moved_again_stands_once_on_the_agenda() -> None:
    """Twice, it would be withdrawn twice at the end, and the ledger take no entry any more."""
    hall = Hall(ordinary=general(electorate=PANEL, venue=FLOOR, timing=AT_ONCE))
    item = hall.draft()
    meeting = hall.convene(item, starts_in=DAY)
    rewritten(hall, item)
    hall.begin(meeting, "Hanako", "Jiro", "Ume")
    hall.say("Ume", "meeting.motion/1", {"meeting": meeting, "proposal": item})
    assert hall.meeting(meeting).agenda == (item,)
    hall.wait(3 * DAY)
    hall.draft("Kenta")
    assert hall.stage(item) == "withdrawn"


def drawn(hall: Hall, item: str) -> None:
    """The clerk draws the panel."""
    lot = draws.draw_panel(hall.state, hall.proposal(item), panel_of(hall, item), root(hall))
    hall.say("clerk", "lot.panel/1", {"proposal": item, "last": canonical.b64(lot.last), "among": lot.among})


def test_what_is_taken_off_a_second_convocation_has_its_easier_quorum_no_more() -> None:
    easy = {"module": "convocations/1", "first": quorum("heads", "1/2", strict=False), "second": {"module": "none/1"}}
    rule = general(electorate=PANEL, quorum=easy, timing=AT_ONCE)
    del rule["venue"]
    hall = Hall(ordinary=rule)
    first = hall.draft()
    meeting = hall.convene(first, starts_in=DAY)
    drawn(hall, first)
    hall.begin(meeting)
    hall.say("Hanako", "meeting.close/1", {"meeting": meeting})
    hall.wait(HOUR)
    hall.convene(first, after=meeting, starts_in=DAY)
    item = hall.proposal(first).again or ""
    assert hall.proposal(item).convocation == 2
    rewritten(hall, item)
    hall.call(item)
    drawn(hall, item)
    hall.wait(2 * DAY)
    found = hall.proposal(item)
    assert (found.gathers, found.convocation, hall.stage(item)) == (None, 1, "no_quorum")


def test_what_was_rewritten_comes_back_on_the_agenda_only_with_its_full_notice() -> None:
    """Else its new text would stand there from the first notice on, and nobody could decide it."""
    hall = Hall(ordinary=general(electorate=PANEL, venue=FLOOR))
    item, other = hall.draft(), hall.draft("Kenta")
    meeting = hall.convene(item, other)
    hall.wait(DAY)
    rewritten(hall, item)
    begins = hall.meeting(meeting).starts_at
    assert code(amend, hall, meeting, begins, item, other) == "meeting.notice"
    amend(hall, meeting, begins + DAY, item, other)
    assert hall.meeting(meeting).agenda == (item, other)
    assert hall.proposal(item).meeting == hall.proposal(other).meeting == meeting
    hall.say("Ume", "proposal.withdraw/1", {"proposal": item})
    assert code(amend, hall, meeting, begins + DAY, item, other) == "proposal.stage"
    amend(hall, meeting, begins + DAY, other)
    assert hall.meeting(meeting).agenda == (other,)
