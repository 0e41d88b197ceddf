"""Whose proxy a member is at a meeting: for whom their ballots speak too."""

from __future__ import annotations

from app.meetings.presence import EVERYBODY
from app.reading import Reading
from governance.books.meetings import CHAIR, Meeting
from governance.books.proxies import Mandates, Proxy


async def held(reading: Reading, meeting: Meeting, member: str) -> list[str]:
    """Members who have named them, or the chair where they are it. How many of these count is the rule's matter."""
    names = {member, *((CHAIR,) if member == meeting.chair else ())}
    counted = await reading.find_many(Mandates, [f"{meeting.id}/{name}" for name in sorted(names)])
    if not any(one.held for one in counted.values()):
        return []
    given = await reading.children(Proxy, meeting.id, limit=EVERYBODY)
    return [one.member for one in given if one.to in names]
