"""The roll as pages list it: everyone with their private fields, in reading order.

Names are sealed one by one, so whoever sorts or searches them has to open them all. What was opened is kept in memory
until the ledger says that something about it has changed; what is erased is gone at the next look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from app.reading import Reading, short
from app.roster import forms
from ledger.books.members import Member

FIELDS: Final = ("name", "kana", "alias", "household", "group", "address", "contact", "number")
ENDED: Final = ("left", "died", "moved", "expelled")
_STAMP: Final = (
    "SELECT count(*) AS count, max(changed) AS changed FROM record "
    "WHERE ledger_id = $1 AND kind = ANY('{member,erasure}')"
)
_CHANGED: Final = (
    "SELECT m.data, coalesce((e.data->>'done')::boolean, false) AS erased FROM record m LEFT JOIN record e "
    "ON e.ledger_id = m.ledger_id AND e.kind = 'erasure' AND e.id = m.id "
    "WHERE m.ledger_id = $1 AND m.kind = 'member' AND (m.changed > $2 OR e.changed > $2)"
)


class Person(NamedTuple):
    """A member with what the co-op keeps about them; a field that is not known is empty."""

    member: Member
    name: str
    kana: str
    alias: str
    household: str
    group: str
    address: str
    contact: str
    number: str

    @property
    def id(self) -> str:
        """The member's id."""
        return self.member.id

    @property
    def ended(self) -> bool:
        """Whether they are a member no more."""
        return self.member.status in ENDED


class Asked(NamedTuple):
    """What a list is narrowed to; ``numbers``: whether the reader may search by members' numbers."""

    words: str = ""
    cls: str = ""
    status: str = ""
    numbers: bool = False


@dataclass
class _Kept:
    stamp: tuple[int, int] = (0, -1)
    people: dict[str, Person] = field(default_factory=dict)
    ordered: list[Person] = field(default_factory=list)


class Rolls:
    """The rolls that this process has opened, by ledger."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}

    async def people(self, reading: Reading) -> list[Person]:
        """Everyone who is or was a member, in reading order."""
        kept = self._kept.setdefault(reading.ledger_id, _Kept())
        row = await reading.pool.fetchrow(_STAMP, reading.ledger_id)
        stamp = (row["count"], -1 if row["changed"] is None else row["changed"])
        if stamp != kept.stamp:
            people = kept.people | await _changed(reading, kept.stamp[1])
            ordered = sorted(people.values(), key=reading_order)
            # Exchanged as a whole: another request may be reading the old one.
            kept = self._kept[reading.ledger_id] = _Kept(stamp, people, ordered)
        return kept.ordered


def narrowed(people: list[Person], asked: Asked) -> list[Person]:
    """Those who are asked for, in the same order."""
    wanted = forms.same(asked.words)
    number = forms.number(asked.words) if asked.words else ""

    def fits(person: Person) -> bool:
        if asked.cls and person.member.cls != asked.cls:
            return False
        if asked.status and person.member.status != asked.status:
            return False
        told = (person.name, person.kana, person.alias, person.group)
        found = any(wanted in forms.same(text) for text in told)
        return found or (asked.numbers and bool(person.number) and forms.number(person.number) == number)

    return [person for person in people if fits(person)]


def reading_order(person: Person) -> tuple[str, str, str]:
    """As a directory orders names."""
    return *forms.reading(person.kana or person.name), person.id


async def _changed(reading: Reading, since: int) -> dict[str, Person]:
    """Everyone of whom anything has changed after that entry."""
    rows = await reading.pool.fetch(_CHANGED, reading.ledger_id, since)
    members = [(msgspec.json.decode(row["data"], type=Member), row["erased"]) for row in rows]
    refs = [(m.profile, f"{m.profile_path}/{name}") for m, erased in members if not erased for name in FIELDS]
    texts = await reading.texts(refs)
    found = {}
    for member, erased in members:
        place = f"{member.profile_path}/"
        values = [str(texts.get((member.profile, place + name), "")) for name in FIELDS]
        values[0] = values[0] or short(member.id)
        found[member.id] = Person(member, *([short(member.id), *[""] * 7] if erased else values))
    return found
