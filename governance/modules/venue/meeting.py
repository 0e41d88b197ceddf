"""Only a meeting decides: what was on the agenda of its notice (総会においては、あらかじめ通知した事項についてのみ
議決をすることができる), and where the rule allows that, what is moved from the floor (緊急動議).

The delay that the timing asks for is the notice, from the convocation to the meeting's beginning. Votes sent in come
from the convocation on, and an item closes when the chair closes it.
"""

from __future__ import annotations

from typing import ClassVar

from governance.documents import Fault
from governance.modules.questions import MEETINGS, Line, Venue


class InMeeting(Venue, frozen=True, rename={"gatherings": "kinds", "floor": "motions"}):
    """``meeting/1``: the ``kinds`` of meetings that may decide, and whether ``motions`` from the floor may be."""

    NAME = "meeting/1"
    KEYS: ClassVar[tuple[str, ...]] = ("rule.venue.meeting", "rule.venue.meeting.motions")

    gatherings: tuple[str, ...]
    floor: bool

    def check(self) -> None:
        """At least one kind of meeting that there is, each once."""
        if not self.gatherings:
            raise Fault("kinds", "empty")
        for position, kind in enumerate(self.gatherings):
            if kind not in MEETINGS:
                raise Fault(f"kinds/{position}", "not_a_meeting")
            if kind in self.gatherings[:position]:
                raise Fault(f"kinds/{position}", "twice")

    def kinds(self) -> tuple[str, ...]:
        """As set."""
        return self.gatherings

    def motions(self) -> bool:
        """As set."""
        return self.floor

    def describe(self) -> Line:
        """With the kinds of meetings."""
        key = "rule.venue.meeting.motions" if self.floor else "rule.venue.meeting"
        return key, {"kinds": list(self.gatherings)}
