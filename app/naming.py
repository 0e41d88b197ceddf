"""What ids are called, for whoever reads: people by name to members, by a short id to strangers.

One decision in one place: strangers on a public ledger read what was done, never who by name; titles of
proposals and offers are open wherever the ledger's entries are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from app.reading import Reading, Ref
from app.visit import Visit
from governance.books.meetings import Meeting, Series
from governance.books.proposals import Found, Item, Proposal
from ledger.books.bookings import Booking
from ledger.books.projects import Project
from ledger.books.resources import Resource, ResourceTerms

_ID: Final = re.compile(r"\b[a-z]{2,8}_[a-z2-7]{26}\b")
_NUMBER: Final = re.compile("[0-9]+")


def sees_names(visit: Visit) -> bool:
    """Whether members' names are shown to the reader."""
    return visit.signed_in


def sees_titles(visit: Visit) -> bool:
    """Whether titles and texts of proposals and offers are shown to the reader."""
    return visit.signed_in or visit.coop.entries == "public"


def ids_in(text: str) -> set[str]:
    """Every id that a text (a statement's JSON, say) names."""
    return set(_ID.findall(text))


async def names_for(visit: Visit, ids: Iterable[str]) -> dict[str, str]:
    """Display names by id, as far as there are any and the reader may see them."""
    found: dict[str, str] = {}
    by_kind: dict[str, list[str]] = {}
    for id_ in ids:
        by_kind.setdefault(id_.partition("_")[0], []).append(id_)
    reading = visit.reading
    if sees_names(visit) and "mem" in by_kind:
        found |= await reading.names(by_kind["mem"])
    if sees_titles(visit):
        found |= await _proposal_titles(reading, by_kind.get("prop", []))
        found |= await _meeting_titles(reading, by_kind.get("mtg", []), by_kind.get("ser", []))
        found |= await _resource_titles(reading, by_kind.get("res", []))
        found |= await _booking_titles(reading, by_kind.get("bkg", []))
    return found


async def _proposal_titles(reading: Reading, ids: list[str]) -> dict[str, str]:
    """Of proposals, and of their options as ballots name them (``prop_…/option_2``)."""
    proposals = (await reading.find_many(Proposal, ids)).values()
    titles = {p.id: (p.statement, "title") for p in proposals}
    options = {
        f"{p.id}/option_{number}": (p.statement, f"options/{number - 1}")
        for p in proposals
        for number in range(1, len(p.options) + 1)
    }
    return await _titles(reading, titles | options)


async def item_names(visit: Visit, ballots: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Titles of a budgeting round's items (``prop_…/option_7``), of those that ballots (proposal, choice) name."""
    wanted = {f"{proposal}/{number}" for proposal, choice in ballots for number in _NUMBER.findall(choice)}
    if not wanted or not sees_titles(visit):
        return {}
    items = (await visit.reading.find_many(Item, wanted)).values()
    return await _titles(
        visit.reading, {f"{item.proposal}/option_{item.number}": (item.statement, "title") for item in items}
    )


async def vote_parts(reading: Reading, proposals: Iterable[str]) -> dict[str, str]:
    """Into how many parts the counts of proposals divide a vote (``unit:prop_…``)."""
    found = (await reading.find_many(Found, set(proposals))).values()
    return {f"unit:{one.id}": str(one.counted.unit) for one in found}


async def project_names(visit: Visit, projects: Iterable[Project]) -> dict[str, str]:
    """What projects are called, by their ids: as the thing of a budgeting round, or as the decision to begin."""
    if not sees_titles(visit):
        return {}
    kept = list(projects)
    things = (await visit.reading.find_many(Item, [one.id for one in kept if one.item is not None])).values()
    decisions = await _proposal_titles(visit.reading, [one.proposal for one in kept if one.item is None])
    return decisions | await _titles(visit.reading, {item.id: (item.statement, "title") for item in things})


async def _meeting_titles(reading: Reading, meetings: list[str], series: list[str]) -> dict[str, str]:
    """Of meetings, and of what they belong to."""
    titles = {m.id: (m.statement, "title") for m in (await reading.find_many(Meeting, meetings)).values()}
    names = {s.id: (s.statement, "name") for s in (await reading.find_many(Series, series)).values()}
    return await _titles(reading, titles | names)


async def _resource_titles(reading: Reading, ids: list[str]) -> dict[str, str]:
    resources = await reading.find_many(Resource, ids)
    terms = await reading.find_many(ResourceTerms, [f"{r.id}/{r.version}" for r in resources.values()])
    return await _titles(reading, {t.resource: (t.statement, "terms/title") for t in terms.values()})


async def _booking_titles(reading: Reading, ids: list[str]) -> dict[str, str]:
    bookings = await reading.find_many(Booking, ids)
    titles = await _resource_titles(reading, [b.resource for b in bookings.values()])
    return {b.id: titles[b.resource] for b in bookings.values() if b.resource in titles}


async def _titles(reading: Reading, places: dict[str, Ref]) -> dict[str, str]:
    texts: dict[Ref, Any] = await reading.texts(list(places.values()))
    return {id_: str(texts[place]) for id_, place in places.items() if place in texts}
