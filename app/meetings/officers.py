"""Officers of the co-op (理事長、理事、監事) at a meeting: the law wants those who were there named in its minutes."""

from __future__ import annotations

from typing import Final

from app.meetings.presence import EVERYBODY
from app.reading import Reading
from governance.books.attendance import Attendance
from governance.books.meetings import Meeting
from ledger.books.roles import Role

OFFICERS: Final = ("chair", "director", "auditor")
"""Roles, in the order in which papers name them."""


async def offices(reading: Reading, at: int) -> dict[str, list[str]]:
    """Who held which of these roles at that time (ms), by member, in the order of the roles."""
    held: dict[str, list[str]] = {}
    roles = [one for one in await reading.offices() if one.role in OFFICERS and _held(one, at)]
    for one in sorted(roles, key=lambda role: OFFICERS.index(role.role)):
        held.setdefault(one.member, []).append(one.role)
    return held


async def there(reading: Reading, meeting: Meeting) -> dict[str, list[str]]:
    """Those of them who came to the meeting, also if they left before its end."""
    came = {one.member for one in await reading.children(Attendance, meeting.id, limit=EVERYBODY)}
    held = await offices(reading, meeting.opened_at or meeting.starts_at)
    return {member: roles for member, roles in held.items() if member in came}


def _held(role: Role, at: int) -> bool:
    return role.from_ <= at and (role.active if role.until is None else role.until > at)
