"""What the pages about meetings have in common."""

from __future__ import annotations

from typing import NamedTuple

from app.api.problems import Problem
from app.meetings.agenda import Item
from app.meetings.documents import Document, parse
from app.visit import Visit
from governance.books.meetings import Meeting


class Said(NamedTuple):
    """The texts of a meeting's current version; what is erased or was never given is empty.

    ``documents``: what they are called; ``files``: the same, with where they are and what they hash to.
    """

    title: str
    place: str
    notes: str
    reports: list[str]
    documents: list[str]
    files: list[Document]


class Titled(NamedTuple):
    """An item of the agenda with its title, empty where there is none any more."""

    item: Item
    title: str


async def need_meeting(visit: Visit, id_: str) -> Meeting:
    """The meeting, or a page that says there is none."""
    found = await visit.reading.find(Meeting, id_)
    if found is None:
        raise Problem("meeting.unknown", 404)
    return found


async def said(visit: Visit, meeting: Meeting) -> Said:
    """What the meeting's current version says, to a member."""
    lists = {name: [f"{name}/{n}" for n in range(len(getattr(meeting, name)))] for name in ("reports", "documents")}
    paths = ["title", "place", "notes", *lists["reports"], *lists["documents"]]
    found = await visit.reading.texts([(meeting.statement, path) for path in paths])
    texts = {path: str(found.get((meeting.statement, path), "")) for path in paths}
    files = [parse(texts[path]) for path in lists["documents"] if texts[path]]
    return Said(
        texts["title"],
        texts["place"],
        texts["notes"],
        [texts[path] for path in lists["reports"] if texts[path]],
        [file.name for file in files],
        files,
    )


async def titled(visit: Visit, items: list[Item]) -> list[Titled]:
    """The items with their titles, to a member."""
    found = await visit.reading.texts([(item.proposal.statement, "title") for item in items])
    return [Titled(item, str(found.get((item.proposal.statement, "title"), ""))) for item in items]
