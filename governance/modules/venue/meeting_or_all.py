"""A meeting decides, or without one all who may vote, by agreeing (みなし決議): where every one of them consents in
writing or electronically, that is as good as the meeting's resolution (一般法人法58, 特定非営利活動促進法14の9).

Somebody's silence is not consent, and whom the matter concerns is asked as well. So no notice is needed, and neither
quorum nor majority is asked about.
"""

from __future__ import annotations

from governance.modules.questions import Line
from governance.modules.venue.meeting import InMeeting


class InMeetingOrByAll(InMeeting, frozen=True, rename={"gatherings": "kinds", "floor": "motions"}):
    """``meeting_or_all/1``: as ``meeting/1``; called by itself, it passes if everyone on the roll says yes."""

    NAME = "meeting_or_all/1"
    KEYS = ("rule.venue.meeting_or_all", "rule.venue.meeting_or_all.motions")

    def or_all(self) -> bool:
        """That is what it is for."""
        return True

    def describe(self) -> Line:
        """With the kinds of meetings."""
        key = "rule.venue.meeting_or_all.motions" if self.floor else "rule.venue.meeting_or_all"
        return key, {"kinds": list(self.gatherings)}
