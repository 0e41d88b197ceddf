"""Finding a member by name or reading. Names are sealed, so they are opened to be searched."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from app.reading import Reading, short
from ledger.books.members import Member

FOUND: Final = 8
"""As many as fit on a phone beside the field."""
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


class Person(NamedTuple):
    """A member as a search shows them: ``kana`` and ``group`` tell two of the same name apart."""

    id: str
    name: str
    kana: str
    group: str


def folded(text: str) -> str:
    """Text as searches compare it: width, case, kana and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA).split())


async def find_people(reading: Reading, words: str, *, without: str = "") -> list[Person]:
    """Active members whose name or reading has ``words`` in it, by reading; those beginning with it first."""
    wanted = folded(words)
    if not wanted:
        return []
    rows = await reading.pool.fetch(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'member' AND mark = 'active' AND id <> $2",
        reading.ledger_id,
        without,
    )
    # Every name is opened to be compared, so only what is compared.
    people = await _opened(reading, [row["id"] for row in rows], ("name", "kana"))
    found = [p for p in people if wanted in folded(p.name) or wanted in folded(p.kana)]
    first = sorted(found, key=lambda p: (not _begins(p, wanted), p.kana, p.name))[:FOUND]
    whole = {person.id: person for person in await people_of(reading, [person.id for person in first])}
    return [whole[person.id] for person in first]


def _begins(person: Person, wanted: str) -> bool:
    return folded(person.name).startswith(wanted) or folded(person.kana).startswith(wanted)


async def people_of(reading: Reading, ids: list[str]) -> list[Person]:
    """Those members, with what tells them apart."""
    return await _opened(reading, ids, ("name", "kana", "group"))


async def _opened(reading: Reading, ids: list[str], fields: tuple[str, ...]) -> list[Person]:
    members = (await reading.find_many(Member, ids)).values()
    texts = await reading.texts([(m.profile, f"{m.profile_path}/{field}") for m in members for field in fields])

    def text(member: Member, field: str) -> str:
        return str(texts.get((member.profile, f"{member.profile_path}/{field}"), ""))

    return [Person(m.id, text(m, "name") or short(m.id), text(m, "kana"), text(m, "group")) for m in members]


async def officials(reading: Reading, roles: tuple[str, ...], *, without: set[str]) -> list[Person]:
    """Who now holds any of these roles."""
    held = await reading.offices()
    ids = {role.member for role in held if role.active and role.role in roles} - without
    return sorted(await people_of(reading, list(ids)), key=lambda person: (person.kana, person.name))
