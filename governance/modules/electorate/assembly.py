"""Whoever makes up the meeting that decides: in an assembly of delegates (総代会) the delegates, in a board meeting
(理事会) the directors, in every other meeting and outside meetings all active members.

So one rule serves a co-op before and after its members choose to be represented: where there is an assembly of
delegates, what is said of the general meeting is said of it (消費生活協同組合法47).
"""

from __future__ import annotations

from typing import Final

from governance import standing
from governance.modules.questions import Ask, Electorate
from governance.standing import Standing

SEATS: Final = {"board": "director", "delegates": "delegate"}
"""The role that those have who make up a meeting of that kind; everyone makes up the others."""


class Assembly(Electorate, frozen=True):
    """``assembly/1``."""

    NAME = "assembly/1"
    KEYS = ("rule.electorate.assembly",)
    READS = (standing.ROLE,)

    def includes(self, member: Standing, ask: Ask) -> bool:
        """Active, and with a seat where there are seats."""
        seat = SEATS.get(ask.gathers)
        return member.active and (seat is None or seat in member.roles)
