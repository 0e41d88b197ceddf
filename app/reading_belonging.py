"""What pages read about where members belong, and about the shares that they have paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from app.reading import Reading
from app.roll import Person
from ledger import canonical
from ledger.books.belonging import Belonging, Housemate
from ledger.books.equity import Shares

_ALL: Final = "SELECT data FROM record WHERE ledger_id = $1 AND kind = $2"


class Household(NamedTuple):
    """Who shares a vote, in reading order; ``represented`` by one of them, or by nobody yet."""

    id: str
    people: tuple[Person, ...]
    represented: Person | None

    @property
    def name(self) -> str:
        """What the roll calls it; else the name of whoever represents it."""
        first = self.represented or self.people[0]
        return first.household or first.name


class Recorded(NamedTuple):
    """Where a statement stands: the number of its entry, and when it was received (ms)."""

    number: int
    received: int


class Belongs(NamedTuple):
    """What is recorded about one member: ``mates`` are (id, name) of the others in the household, ``spokesman`` the id
    of whoever represents it; ``entries`` says where what is recorded stands, by the statement's id.
    """

    belonging: Belonging | None
    mates: list[tuple[str, str]]
    spokesman: str
    shares: Shares | None
    entries: dict[str, Recorded]


async def belongs(reading: Reading, member: str) -> Belongs:
    """Where that member belongs, and what they have paid for shares."""
    belonging = await reading.find(Belonging, member)
    shares = await reading.find(Shares, member)
    home = await reading.children(Housemate, belonging.household) if belonging and belonging.household else []
    names = await reading.names([one.member for one in home])
    return Belongs(
        belonging,
        [(one.member, names[one.member]) for one in home if one.member != member],
        next((one.member for one in home if one.represents), ""),
        shares,
        await recorded(reading, [one.set_by for one in (belonging, shares) if one is not None]),
    )


async def belongings(reading: Reading) -> dict[str, Belonging]:
    """Where members belong, by member; those of whom nothing is recorded are left out."""
    rows = await reading.pool.fetch(_ALL, reading.ledger_id, Belonging.kind)
    found = (msgspec.json.decode(row["data"], type=Belonging) for row in rows)
    return {one.id: one for one in found}


async def all_shares(reading: Reading) -> dict[str, Shares]:
    """Everybody's shares, by member; who never paid any is left out."""
    rows = await reading.pool.fetch(_ALL, reading.ledger_id, Shares.kind)
    found = (msgspec.json.decode(row["data"], type=Shares) for row in rows)
    return {one.id: one for one in found}


async def recorded(reading: Reading, statements: Iterable[str]) -> dict[str, Recorded]:
    """Which entries those statements (base64 ids) became."""
    rows = await reading.pool.fetch(
        "SELECT statement_id, index, received FROM entry WHERE ledger_id = $1 AND statement_id = ANY($2)",
        reading.ledger_id,
        [canonical.unb64(statement, 32) for statement in set(statements)],
    )
    return {canonical.b64(row["statement_id"]): Recorded(row["index"], row["received"]) for row in rows}


def households(people: Sequence[Person], found: Mapping[str, Belonging]) -> list[Household]:
    """Every household that somebody of these belongs to, in the order of who represents it, or of its first."""
    together: dict[str, list[Person]] = {}
    for person in people:
        belonging = found.get(person.id)
        if belonging is not None and belonging.household:
            together.setdefault(belonging.household, []).append(person)
    order = {person.id: place for place, person in enumerate(people)}
    all_of_them = [_household(id_, members, found) for id_, members in together.items()]
    return sorted(all_of_them, key=lambda one: order[(one.represented or one.people[0]).id])


def areas(people: Iterable[Person], found: Mapping[str, Belonging]) -> list[tuple[str, int]]:
    """(code of an area, how many of these people belong to it), by code."""
    counted = Counter(found[person.id].area for person in people if person.id in found and found[person.id].area)
    return sorted(counted.items())


def _household(id_: str, people: list[Person], found: Mapping[str, Belonging]) -> Household:
    spokesmen = [person for person in people if found[person.id].represents]
    return Household(id_, tuple(people), spokesmen[0] if spokesmen else None)
