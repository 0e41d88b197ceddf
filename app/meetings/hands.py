"""Hands that were raised on a meeting's items: those that count, and those that wait for the signers of the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from app import pending
from app.installation import Installation
from app.reading import Reading
from governance.books.meetings import Hands

COUNTS: Final = {"meeting.hands/1", "meeting.unopposed/1"}


class Raised(NamedTuple):
    """Of one item: what counts, None where nothing does; and whose signatures a count still waits for."""

    counted: Hands | None
    missing: Sequence[str]


async def raised(installation: Installation, reading: Reading, items: Sequence[str], member: str) -> dict[str, Raised]:
    """By item, as far as there is anything. What waits is told to those who have to sign it."""
    counted = await reading.find_many(Hands, items)
    waiting = {
        str(one.statement.body["proposal"]): one.missing
        for one in await pending.of(installation, reading, member)
        if one.statement.type in COUNTS
    }
    return {id_: Raised(counted.get(id_), waiting.get(id_, ())) for id_ in items if id_ in counted or id_ in waiting}
