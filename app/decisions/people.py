"""Finding members by name or reading, for whoever enters something about or for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final, NamedTuple

from app.reading import Reading
from ledger.books.members import Application, Member

SHOWN: Final = 20
_ROLL: Final = 100_000
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


class Person(NamedTuple):
    """A member as found: id, name, reading, class."""

    id: str
    name: str
    kana: str
    cls: str


async def find_people(
    reading: Reading, words: str, among: Collection[str] | None = None, *, most: int = SHOWN
) -> list[Person]:
    """Active members (of those ids) whose name or reading has the words, by reading; at most ``most``."""
    people = [person for person in await _active(reading) if among is None or person.id in among]
    wanted = fold(words)
    found = [person for person in people if wanted in fold(person.name) or wanted in fold(person.kana)]
    return sorted(found, key=lambda person: (fold(person.kana or person.name), person.id))[:most]


async def holders(reading: Reading, *roles: str) -> list[Person]:
    """Everyone who now acts in any of these roles."""
    held = await reading.offices()
    ids = {role.member for role in held if role.active and role.role in roles}
    records = await reading.find_many(Member, ids)
    names = await reading.names(ids)
    people = [Person(member.id, names[member.id], "", member.cls) for member in records.values()]
    return sorted(people, key=lambda person: (person.name, person.id))


async def applicants(reading: Reading) -> list[Person]:
    """Everyone whose application is open."""
    found = await reading.marked(Application, "open")
    texts = await reading.texts([(one.statement, "profile/name") for one in found])
    return [Person(one.id, str(texts.get((one.statement, "profile/name"), one.id[:11])), "", one.cls) for one in found]


def fold(text: str) -> str:
    """A text as it is searched: width, case, kana and spaces make no difference."""
    plain = unicodedata.normalize("NFKC", text).translate(_KATAKANA).casefold()
    return "".join(plain.split())


async def _active(reading: Reading) -> list[Person]:
    members = [member for member in await reading.children(Member, limit=_ROLL) if member.status == "active"]
    refs = {member.id: (member.profile, f"{member.profile_path}/") for member in members}
    wanted = [(statement, path + field) for statement, path in refs.values() for field in ("name", "kana")]
    texts = await reading.texts(wanted)
    return [
        Person(
            member.id,
            str(texts.get((refs[member.id][0], refs[member.id][1] + "name"), member.id[:11])),
            str(texts.get((refs[member.id][0], refs[member.id][1] + "kana"), "")),
            member.cls,
        )
        for member in members
    ]
