"""What members share, as lists and one by one: titles, terms, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.commons.people import folded
from app.reading import Reading
from app.visit import Visit
from ledger.books.resources import Resource, ResourceTerms

PAGE: Final = 20
SEARCHED: Final = 2000
"""How many things a search reads: titles are sealed, so each has to be opened."""
TYPES: Final = ("stock", "calendar")


@dataclass(frozen=True)
class Thing:
    """A resource with its terms in force and their texts."""

    resource: Resource
    version: ResourceTerms
    title: str
    text: str

    @property
    def id(self) -> str:
        """The resource's."""
        return self.resource.id

    @property
    def bookable(self) -> bool:
        """Whether it can be asked for."""
        return bookable(self.resource)


@dataclass(frozen=True)
class Search:
    """What is looked for. ``type``: one of TYPES or nothing; ``mine``: what the member offers or looks after."""

    words: str = ""
    type: str = ""
    only_available: bool = False
    mine: bool = False


async def find_things(visit: Visit, search: Search, page: int) -> tuple[list[Thing], bool]:
    """A page (from 1) of what fits, newest first, and whether there are more."""
    me = visit.member.id if visit.member else ""
    rows = await visit.reading.pool.fetch(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'resource' "
        "AND ($2 = '' OR data->>'type' = $2) "
        "AND (NOT $3 OR parent = $4 OR data->>'steward' = $4) "
        "AND ($3 OR (data->>'open') IS DISTINCT FROM 'false') "
        "ORDER BY sort DESC, id DESC LIMIT $5",
        visit.reading.ledger_id,
        search.type,
        search.mine,
        me,
        SEARCHED,
    )
    ids = [row["id"] for row in rows]
    if search.only_available:
        resources = await visit.reading.find_many(Resource, ids)
        ids = [id_ for id_ in ids if id_ in resources and bookable(resources[id_])]
    start = (page - 1) * PAGE
    if not search.words:  # nothing has to be opened but what is shown
        return await things_of(visit.reading, ids[start : start + PAGE]), len(ids) > start + PAGE
    found = [thing for thing in await things_of(visit.reading, ids) if _fits(thing, search.words)]
    return found[start : start + PAGE], len(found) > start + PAGE


async def things_of(reading: Reading, ids: list[str]) -> list[Thing]:
    """Those things by the terms now in force, in that order."""
    resources = await reading.find_many(Resource, ids)
    versions = await reading.find_many(ResourceTerms, [f"{r.id}/{r.version}" for r in resources.values()])
    refs = [(v.statement, path) for v in versions.values() for path in ("terms/title", "terms/description")]
    texts = await reading.texts(refs)

    def thing(resource: Resource) -> Thing:
        version = versions[f"{resource.id}/{resource.version}"]
        title = str(texts.get((version.statement, "terms/title"), ""))
        return Thing(resource, version, title, str(texts.get((version.statement, "terms/description"), "")))

    return [thing(resources[id_]) for id_ in ids if id_ in resources]


async def find_thing(reading: Reading, id_: str) -> Thing | None:
    """One thing, or None."""
    return next(iter(await things_of(reading, [id_])), None)


async def managed_by(reading: Reading, member: str) -> list[str]:
    """Ids of what that member offers or looks after."""
    rows = await reading.pool.fetch(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'resource' "
        "AND (parent = $2 OR data->>'steward' = $2) ORDER BY sort, id",
        reading.ledger_id,
        member,
    )
    return [row["id"] for row in rows]


def bookable(resource: Resource) -> bool:
    """Whether it can be asked for: open, and some of it left. (A calendar is free on some day or other.)"""
    return resource.open and (resource.type == "calendar" or resource.available > 0)


def _fits(thing: Thing, words: str) -> bool:
    text = folded(f"{thing.title} {thing.text}")
    return all(folded(word) in text for word in words.split())
