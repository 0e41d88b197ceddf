"""The list at reception: everyone who may come, by reading, with what is known of each about this meeting."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Final, Literal, NamedTuple

from app import pending
from app.installation import Installation
from app.meetings.guests import SEATS
from app.meetings.presence import EVERYBODY
from app.reading import Reading
from app.roll import Asked, Person, narrowed
from app.roster import forms
from governance.books.attendance import Attendance, How
from governance.books.meetings import Meeting
from governance.books.proxies import Proxy

ATTEND: Final = "meeting.attend/1"
LEAVE: Final = "meeting.leave/1"
Show = Literal["", "absent", "here", "code"]
_ROWS: Final = (
    "あいうえお",
    "かきくけこ",
    "さしすせそ",
    "たちつてと",
    "なにぬねの",
    "はひふへほ",
    "まみむめも",
    "やゆよ",
    "らりるれろ",
    "わゐゑをん",
)
_MEMBER: Final = re.compile(r"\bmem_[a-z2-7]{26}\b")


class Guest(NamedTuple):
    """Somebody who may come. ``here``: how they are there, None while they are not; ``left``: whether they were;
    ``coded``: since when (ms) they are in the room by their own word and the code alone, which nobody at reception saw.

    ``proxy``: whom they have named for the meeting, a member or ``chair``; ``ballot``: whether one of theirs has come
    in on an item; ``waiting``: the type of what was entered for them and waits for a countersignature.
    """

    person: Person
    here: How | None
    left: bool
    proxy: str | None
    ballot: bool
    waiting: str
    coded: int | None = None

    @property
    def row(self) -> str:
        """The first letter of the line of the kana table that they are looked for in; empty for other letters."""
        first = forms.reading(self.person.kana or self.person.name)[0][:1]
        return next((row[0] for row in _ROWS if first and first in row), "")

    def fits(self, show: Show) -> bool:
        """Whether they are among those asked for."""
        if show == "code":
            return self.coded is not None
        return not show or (show == "here") == (self.here is not None)


async def listed(
    installation: Installation, reading: Reading, meeting: Meeting, people: Sequence[Person]
) -> list[Guest]:
    """Those people, in their order."""
    came = {one.member: one for one in await reading.children(Attendance, meeting.id, limit=EVERYBODY)}
    given = {one.member: one.to for one in await reading.children(Proxy, meeting.id, limit=EVERYBODY)}
    voted = await _voted(reading, meeting.agenda)
    entered = await pending.entered(installation, reading, {ATTEND, LEAVE}, "meeting", meeting.id)
    waiting = {one.actor: one.type for one in entered}

    def guest(person: Person) -> Guest:
        found = came.get(person.id)
        here = found.how if found is not None and found.left_at is None else None
        left = found is not None and here is None
        coded = found.came_at if found is not None and here == "room" and found.via is None else None
        return Guest(person, here, left, given.get(person.id), person.id in voted, waiting.get(person.id, ""), coded)

    return [guest(person) for person in people]


def asked_for(people: Iterable[Person], words: str) -> list[Person]:
    """Active members by name, reading or number; or the one whom a code on paper names, an address or an id in it."""
    active = [person for person in people if person.member.status == "active"]
    coded = set(_MEMBER.findall(words))
    if coded:
        return [person for person in active if person.id in coded]
    return narrowed(active, Asked(words, numbers=True))


def rows(guests: Iterable[Guest]) -> list[tuple[str, list[Guest]]]:
    """The same, line by line of the kana table, as a list on paper has them."""
    return [(row, list(some)) for row, some in groupby(guests, key=lambda guest: guest.row)]


async def called(reading: Reading, meeting: Meeting, people: Sequence[Person]) -> list[Person]:
    """Those of them who have a seat, where the meeting is made of seats; else, or where nobody has one, all."""
    seats = SEATS.get(meeting.gathers, ())
    held = await reading.offices() if seats else []
    seated = {role.member for role in held if role.active and role.role in seats}
    return [person for person in people if person.id in seated] or list(people)


async def _voted(reading: Reading, agenda: Collection[str]) -> set[str]:
    """Who has a ballot that counts on any of these items."""
    rows = await reading.pool.fetch(
        "SELECT DISTINCT data->>'member' AS member FROM record WHERE ledger_id = $1 AND kind = 'ballot' "
        "AND parent = ANY($2) AND (data->>'counts')::boolean IS NOT FALSE",
        reading.ledger_id,
        list(agenda),
    )
    return {row["member"] for row in rows}
