"""Where it is decided: anywhere, or only by a meeting."""

from __future__ import annotations

from typing import Final

from governance.modules.questions import Venue
from governance.modules.venue.anywhere import Anywhere
from governance.modules.venue.meeting import InMeeting
from governance.modules.venue.meeting_or_all import InMeetingOrByAll

MODULES: Final[tuple[type[Venue], ...]] = (Anywhere, InMeeting, InMeetingOrByAll)
