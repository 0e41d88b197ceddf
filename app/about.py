"""What an entry is about: the proposals, meetings and things that it names or makes, and where their pages are."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.naming import ids_in, names_for
from app.visit import Visit
from ledger import ids
from ledger.books.projects import Project
from ledger.statement import Entry

_PLACES: Final = {"prop": "proposals", "mtg": "meetings", "res": "things"}
"""Folder of the pages, by prefix of the ids."""
_MEMBERS_ONLY: Final = ("mtg",)


class About(NamedTuple):
    """One thing: its title, its page below the co-op's address; ``project``: it is what the decision has opened."""

    title: str
    path: str
    project: bool = False


async def about(visit: Visit, entry: Entry) -> list[About]:
    """Everything with a page of its own that the reader may open, as far as titles are shown to them."""
    made = {ids.object_id(prefix, entry.id) for prefix in _PLACES}
    named = {id_ for id_ in ids_in(entry.statement_bytes.decode()) | made if _opens(visit, id_.partition("_")[0])}
    titles = await names_for(visit, named)
    found = [About(title, f"{_PLACES[id_.partition('_')[0]]}/{id_}") for id_, title in titles.items() if id_ in named]
    projects = await visit.reading.find_many(Project, [id_ for id_ in titles if id_ in named])
    return sorted(found) + [About(titles[id_], f"projects#{id_}", project=True) for id_ in sorted(projects)]


def _opens(visit: Visit, prefix: str) -> bool:
    return prefix in _PLACES and (visit.signed_in or prefix not in _MEMBERS_ONLY)
