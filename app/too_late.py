"""Which waiting statements nothing can come of any more: their meeting is over, or their vote.

They would be refused. Lists of what waits leave them out; they are kept, unread, until their time has passed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from app.reading import Reading
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal
from ledger import ids
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


async def deadlines(reading: Reading, statements: Collection[Statement]) -> dict[str, int]:
    """By the ids of meetings and proposals that some of these are ``about``: before which moment (ms) they must be in
    the ledger, as far as that is known. It may still be moved.
    """
    asked = {id_ for one in statements if (id_ := about(one))}
    meetings = await reading.find_many(Meeting, [id_ for id_ in asked if ids.is_id(id_, "mtg")])
    votes = await reading.find_many(Proposal, [id_ for id_ in asked if ids.is_id(id_, "prop")])
    found = {id_: 0 if one.stage() in ("closed", "cancelled") else one.until for id_, one in meetings.items()}
    ends = {id_: one.closes_at if one.withdrawn_at is None else 0 for id_, one in votes.items()}
    return found | {id_: at for id_, at in ends.items() if at is not None}


def about(statement: Statement) -> str:
    """The id of that before whose close it must be in the ledger; empty where there is no such thing."""
    if statement.type not in DURING:
        return ""
    return str(statement.body.get("meeting") or statement.body.get("proposal", ""))
