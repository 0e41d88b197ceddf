"""Which waiting statements nothing can come of any more: their meeting is over, or their vote.

They would be refused. Lists of what waits leave them out; they are kept, unread, until their time has passed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from app.reading import Reading
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal
from ledger.statement import Statement

DURING: Final = frozenset(
    {
        "ballot.cast/1",
        "meeting.attend/1",
        "meeting.chair/1",
        "meeting.hands/1",
        "meeting.leave/1",
        "meeting.motion/1",
        "meeting.unopposed/1",
        "proxy.give/1",
        "proxy.revoke/1",
    }
)
"""What can be said until the close of the meeting, else the proposal, that it names."""


async def too_late(reading: Reading, statements: Collection[Statement], now: int) -> set[str]:
    """The ids of meetings and proposals that some of these are ``about``, and that are over at ``now`` (ms)."""
    asked = {id_ for one in statements if (id_ := about(one))}
    meetings = await reading.find_many(Meeting, [id_ for id_ in asked if id_.startswith("mtg_")])
    votes = await reading.find_many(Proposal, [id_ for id_ in asked if id_.startswith("prop_")])
    over = {id_ for id_, one in meetings.items() if one.stage() in ("closed", "cancelled") or one.until <= now}
    return over | {id_ for id_, one in votes.items() if one.closes_at is not None and one.closes_at <= now}


def about(statement: Statement) -> str:
    """The id of that before whose close it must be in the ledger; empty where there is no such thing."""
    if statement.type not in DURING:
        return ""
    return str(statement.body.get("meeting") or statement.body.get("proposal", ""))
