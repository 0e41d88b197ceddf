"""It is voted on by itself, for as long as the rule says; it may be put on a meeting's agenda as well."""

from __future__ import annotations

from governance.modules.questions import Venue


class Anywhere(Venue, frozen=True):
    """``anywhere/1``"""

    NAME = "anywhere/1"
    KEYS = ("rule.venue.anywhere",)
