"""A co-op that holds meetings: shorthands over the assembly for the tests of meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from governance.books import proposals, tallying
from governance.books.meetings import Meeting
from governance.books.presence import Turnout
from ledger import canonical, ids
from ledger.compose import Private
from ledger.errors import LedgerError
from tests.governance.assembly import Assembly
from tests.governance.documents import document, quorum
from tests.simulator import DAY, HOUR

NOTICE = 10 * DAY
AHEAD = NOTICE + DAY
"""So many whole days lie between today and the day then, whatever the hour."""
CHANNELS = ["online", "paper", "assisted", "room", "hands", "unopposed"]
TEN_DAYS = {"module": "fixed/1", "voting_seconds": 86_400, "delay_seconds": 864_000, "timelock_seconds": 0}
PROXIES = {"module": "members/1", "most": 2, "who": "members", "to_chair": True}


def general(**answers: Any) -> dict[str, Any]:
    """A rule for general meetings: half of all present, more than half of those, ten days' notice, two proxies each."""
    plain = {
        "venue": {"module": "meeting/1", "kinds": ["general"], "motions": False},
        "proxy": PROXIES,
        "quorum": quorum("heads", "1/2", strict=False),
        "threshold": {"module": "fraction/1", "fraction": "1/2", "strict": True, "of": "present"},
        "tie": {"module": "chair/1"},
        "timing": TEN_DAYS,
        "channels": CHANNELS,
    }
    return document(**(plain | answers))


def code(act: Any, *args: Any, **more: Any) -> str:
    """The code of the error that it ends with."""
    with pytest.raises(LedgerError) as caught:
        act(*args, **more)
    return caught.value.code


class Hall(Assembly):
    """The assembly's five, with Saki and Toru beside them; Hanako is in the chair, Jiro and Ume sign."""

    def __init__(self, **by_kind: dict[str, Any]) -> None:
        super().__init__(**({"ordinary": general()} | by_kind))
        for name in ("Saki", "Toru"):
            self.join(name)

    def convene(self, *agenda: str, author: str = "Hanako", starts_in: int = AHEAD, **more: Any) -> str:
        """A general meeting, in the room and online; its id."""
        body = {
            "kind": "general",
            "mode": "both",
            "title": Private("第3回通常総会"),
            "starts_at": canonical.format_time(self.time + starts_in),
            "chair": self.id("Hanako"),
            "signers": [self.id("Jiro"), self.id("Ume")],
            "agenda": list(agenda),
        }
        return ids.object_id("mtg", self.say(author, "meeting.convene/1", body | more).id)

    def whole(self, days: int) -> int:
        """From now to the first day (ms) that so many whole days lie before, in Japan."""
        here = self.time + 9 * HOUR
        return (here // DAY + days + 1) * DAY - here

    def meeting(self, id_: str) -> Meeting:
        return self.state.need(Meeting, id_)

    def begin(self, meeting: str, *here: str) -> None:
        """Wait until it begins; the chair opens it, and these check in by the code in the room."""
        self.wait(self.meeting(meeting).starts_at - self.time)
        self.say("Hanako", "meeting.open/1", {"meeting": meeting, "door": self.key_id("door")})
        for name in here:
            self.come(name, meeting)

    def come(self, name: str, meeting: str, how: str = "room") -> None:
        """Check in: by the code in the room, online, or at reception where there is no device."""
        body = {"meeting": meeting, "how": how}
        if name == "Matsu":
            self.say("Jiro", "meeting.attend/1", body, for_=name, via="room", cosigners=("Hanako",))
        elif how == "online":
            self.say(name, "meeting.attend/1", body)
        else:
            door = self.key_id("door")
            self.say(name, "meeting.attend/1", body, cosigners=(door,), keys_of={door: "door"})

    def go(self, name: str, meeting: str) -> None:
        self.say(name, "meeting.leave/1", {"meeting": meeting})

    def entrust(self, name: str, meeting: str, to: str) -> None:
        """Give a proxy; Matsu's comes on paper."""
        body = {"meeting": meeting, "to": self.id(to)}
        if name == "Matsu":
            paper = {"paper": Private("委任状")}
            self.say("Jiro", "proxy.give/1", body | paper, for_=name, via="paper", cosigners=("Hanako",))
        else:
            self.say(name, "proxy.give/1", body)

    def hands(self, proposal: str, yes: int, no: int = 0, abstain: int = 0, **more: Any) -> None:
        body = {"proposal": proposal, "yes": yes, "no": no, "abstain": abstain}
        self.say("Hanako", "meeting.hands/1", body, **({"cosigners": ("Jiro", "Ume")} | more))

    def unopposed(self, proposal: str) -> None:
        self.say("Hanako", "meeting.unopposed/1", {"proposal": proposal}, cosigners=("Jiro", "Ume"))

    def put(self, meeting: str, proposal: str) -> str:
        """The chair closes the item; the stage it is in then."""
        self.say("Hanako", "meeting.close_item/1", {"meeting": meeting, "proposal": proposal})
        self.wait(HOUR)
        return self.stage(proposal)

    def vote_all(self, names: Iterable[str], proposal: str, choice: str) -> None:
        for name in names:
            self.vote(name, proposal, choice)

    def turnout(self, proposal: str) -> Turnout:
        """As of now, or of the close."""
        state, found = self.state, self.proposal(proposal)
        now = (found.closed_index or self.size, min(found.closes_at or self.time, self.time))
        return tallying.turnout(state, found, proposals.pinned(state, found), now)

    def present(self, proposal: str) -> int:
        """How many the quorum has counted."""
        found = self.proposal(proposal).outcome
        assert found is not None
        return next(step.have for step in found.steps if step.name == "quorum")
