"""Whatever becomes of proposals and the meetings they are put before: nothing is lost count of, and time goes on.

After every act, how many proposals of each member wait to be decided is counted anew. What falls due by time can't be
refused: if it were, the ledger would take no entry any more.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import currently_in_test_context, event, given
from hypothesis import strategies as st

from governance.books import draws
from governance.books.attendance import Attendance
from governance.books.meetings import Meeting
from governance.books.proposals import Item, ItemsOf, Proposal, Undecided
from ledger import canonical
from ledger.compose import Private
from ledger.errors import LedgerError
from tests.generated import generated
from tests.governance.attacking import panel_of, root
from tests.governance.documents import CHOICE, quorum
from tests.governance.hall import Hall, general
from tests.simulator import DAY, HOUR, Village

AT_ONCE = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 0, "timelock_seconds": 0}
PANEL = {"module": "panel/1", "size": 3, "of": {"module": "all_active/1"}}
FLOOR = {"module": "meeting/1", "kinds": ["general"], "motions": True}
EASY = {"module": "convocations/1", "first": quorum("heads", "1/2", strict=False), "second": {"module": "none/1"}}
RULES = (
    {"timing": AT_ONCE, "venue": FLOOR, "electorate": PANEL},
    {"timing": AT_ONCE, "venue": FLOOR, "quorum": EASY, "tie": {"module": "lot/1"}},
    {"timing": AT_ONCE, "venue": FLOOR, "quorum": EASY},
)
BUDGET = CHOICE | {"method": {"module": "greedy_budget/1", "most": 10, "by": "votes"}}
NAMES = ("Hanako", "Jiro", "Ume", "Kenta")
number = st.sampled_from((0, 0, 0, 1, 1, 2, 3))
words = st.tuples(
    st.sampled_from(
        (
            *("draft", "budget", "item", "item", "convene", "convene", "second", "amend", "cancel", "rewrite"),
            *("withdraw", "call", "lot", "open", "motion", "vote", "vote", "close_item", "close", "wait", "late"),
            *("lot", "open", "open", "close", "rewrite", "rewrite", "motion", "motion", "motion", "second"),
        )
    ),
    number,
    number,
)


class Lives:
    """A co-op, and what has been drafted and convened in it so far."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.hall = Hall(ordinary=general(**rule), budget=BUDGET)
        self.proposals = [self.hall.draft(), self.hall.draft("Kenta")]
        self.meetings = [self.hall.convene(self.proposals[0], starts_in=HOUR)]

    def do(self, act: str, a: int, b: int) -> None:
        """One act; LedgerError where it can't be."""
        proposal, meeting = self.proposals[a % len(self.proposals)], self.meetings[b % len(self.meetings)]
        if act in ("draft", "budget", "wait", "late"):
            self._alone(act, NAMES[a % len(NAMES)])
        elif act in ("cancel", "open", "close", "close_item"):
            self._lead(act, self.hall.meeting(meeting), proposal)
        elif act in ("convene", "second", "amend", "motion"):
            # Motions come in meetings that are open, where there is one.
            running = [one for one in self.meetings if self.hall.meeting(one).stage() == "open"]
            where = running[-1] if running and act == "motion" else meeting
            self._put(act, self.hall.proposal(proposal), self.hall.meeting(where), (1 + a) * HOUR)
        else:
            self._decide(act, self.hall.proposal(proposal), NAMES[b % len(NAMES)])

    def _alone(self, act: str, by: str) -> None:
        if act in ("wait", "late"):
            self.hall.wait(HOUR if act == "wait" else 2 * DAY)
        else:
            more: dict[str, Any] = {"kind": "budget", "budget": 10} if act == "budget" else {}
            self.proposals.append(self.hall.draft(by, **more))

    def _lead(self, act: str, meeting: Meeting, proposal: str) -> None:
        if act == "close_item":
            self.hall.put(meeting.id, proposal)
            return
        if act == "open":
            self.hall.wait(max(0, meeting.starts_at - self.hall.time))
        self.hall.say("Hanako", f"meeting.{act}/1", {"meeting": meeting.id})

    def _put(self, act: str, found: Proposal, meeting: Meeting, later: int) -> None:
        """Before a meeting."""
        if act == "amend":
            body = {"meeting": meeting.id, "mode": "both", "title": Private("改"), "agenda": [found.id]}
            body["starts_at"] = canonical.format_time(self.hall.time + later)
            self.hall.say("Hanako", "meeting.amend/1", body, replaces=meeting.statement)
        elif act == "motion":
            by = self._proposer(found)
            if self.hall.state.find(Attendance, f"{meeting.id}/{found.proposer}") is None:
                self.hall.say(by, "meeting.attend/1", {"meeting": meeting.id, "how": "online"})
            self.hall.say(by, "meeting.motion/1", {"meeting": meeting.id, "proposal": found.id})
        else:
            after = {"after": meeting.id} if act == "second" else {}
            self.meetings.append(self.hall.convene(found.id, starts_in=HOUR, **after))
            agenda = self.hall.meeting(self.meetings[-1]).agenda
            self.proposals += [id_ for id_ in agenda if id_ not in self.proposals]

    def _decide(self, act: str, found: Proposal, who: str) -> None:
        text: dict[str, Any] = {"proposal": found.id, "title": Private("題"), "text": Private("文")}
        by = self._proposer(found)
        match act:
            case "item":
                self.hall.say(who, "proposal.item/1", text | {"cost": 1})
            case "rewrite":
                budget = {"budget": found.budget} if found.budget else {}
                self.hall.say(by, "proposal.amend/1", text | budget, replaces=found.statement)
            case "withdraw":
                self.hall.say(by, "proposal.withdraw/1", {"proposal": found.id})
            case "call":
                self.hall.call(found.id, by)
            case "vote":
                self.hall.vote(who, found.id, "yes" if who in NAMES[:2] else "no")
            case _:
                self._draw(found)

    def _proposer(self, found: Proposal) -> str:
        return next(name for name in NAMES if self.hall.id(name) == found.proposer)

    def _draw(self, found: Proposal) -> None:
        """The clerk draws what there is to draw."""
        if found.drawing:
            lot = draws.draw_panel(self.hall.state, found, panel_of(self.hall, found.id), root(self.hall))
            body = {"proposal": found.id, "last": canonical.b64(lot.last), "among": lot.among}
            self.hall.say("clerk", "lot.panel/1", body)
        elif found.closed_index is not None and found.outcome is None:
            order = draws.draw_order(self.hall.state, found, root(self.hall))
            self.hall.say("clerk", "lot.order/1", {"proposal": found.id, "order": list(order)})


def recount(village: Village) -> None:
    """What is kept for each member is what their proposals come to."""
    records = village.memory.records.values()
    waiting = Counter(
        record.proposer
        for record in records
        if isinstance(record, Proposal) and record.withdrawn_at is None and record.outcome is None
    )
    assert waiting == {record.id: record.proposals for record in records if isinstance(record, Undecided)}
    things = Counter(f"{record.proposal}/{record.by}" for record in records if isinstance(record, Item))
    assert things == {record.id: record.items for record in records if isinstance(record, ItemsOf)}


@generated(150, 3000)
@given(st.sampled_from(RULES), st.lists(words, min_size=10, max_size=40))
def test_nothing_is_lost_count_of_and_time_goes_on(rule: dict[str, Any], script: list[tuple[str, int, int]]) -> None:
    lives = Lives(rule)
    for act in script:
        try:
            lives.do(*act)
        except LedgerError as error:
            if currently_in_test_context():
                event(f"{act[0]}: {error.code}")
        recount(lives.hall)
        for meeting in lives.meetings:
            agenda = lives.hall.meeting(meeting).agenda
            assert len(set(agenda)) == len(agenda)
    lives.hall.wait(400 * DAY)
    lives.hall.draft("Jiro")
    recount(lives.hall)
    assert lives.hall.folded_again() == lives.hall.records()
