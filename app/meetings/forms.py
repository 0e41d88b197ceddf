"""What the form of a convocation begins with: nothing, the version it replaces, or what had no quorum."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.decisions.effect_words import current_rule
from app.decisions.listing import Listing
from app.meetings.documents import Document
from app.reading import Reading
from app.visit import Visit
from governance import effects
from governance.books.meetings import Meeting, Series
from governance.books.proposals import Proposal
from governance.rule import Rule
from ledger.books.members import Member

SERIES: Final = 200
"""As many series a co-op keeps."""
SPOKEN: Final = ("ordinary", "special")
"""Kinds of proposals that need nothing but a title and a text."""


class Line(NamedTuple):
    """A proposal that may be put on the agenda; ``on``: whether it is on it as the form begins."""

    proposal: Proposal
    title: str
    on: bool


class Start(NamedTuple):
    """What stands in the form's fields. Times as ``datetime-local`` has them, on the co-op's clock."""

    title: str = ""
    starts_at: str = ""
    ends_at: str = ""
    mode: str = "both"
    place: str = ""
    notes: str = ""
    reports: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()


async def drafts(visit: Visit, now: int) -> list[Line]:
    """Drafts of anyone that a rule can decide, the oldest first."""
    found = await Listing(visit.reading, visit.member, now, titles=True).drafts()
    return [Line(item.proposal, item.title, on=False) for item in reversed(found)]


async def on_agenda(reading: Reading, ids: tuple[str, ...]) -> list[Line]:
    """Those proposals, in that order."""
    records = await reading.find_many(Proposal, ids)
    texts = await reading.texts([(one.statement, "title") for one in records.values()])
    return [Line(records[id_], str(texts.get((records[id_].statement, "title"), "")), on=True) for id_ in ids]


async def unfinished(reading: Reading, first: Meeting) -> list[Line]:
    """What a second convocation may take up: items of the first that had no quorum, and are not taken up yet."""
    if first.stage() != "closed" or first.convocation != 1:
        return []
    items = await on_agenda(reading, first.agenda)
    again = await reading.find_many(Proposal, [one.proposal.again for one in items if one.proposal.again])
    return [one for one in items if _open_again(first, one.proposal, again)]


def _open_again(first: Meeting, item: Proposal, again: dict[str, Proposal]) -> bool:
    missed = item.outcome is not None and item.outcome.result == "no_quorum"
    taken = item.again is not None and again[item.again].withdrawn_at is None
    return item.meeting == first.id and missed and not item.items and not taken


async def motions(visit: Visit, mover: Member | None, meeting: Meeting, now: int) -> list[Line]:
    """The mover's own drafts that the rules let come from the floor of that meeting."""
    if mover is None or not _has_floor(meeting):
        return []
    found = []
    for item in await Listing(visit.reading, mover, now, titles=True).drafts(mover):
        version = await current_rule(visit.reading, item.proposal.decides)
        announced = bool(effects.notice(item.proposal.parsed_effects()))
        if version is not None and _from_floor(version.rule(), meeting) and not announced:
            found.append(Line(item.proposal, item.title, on=False))
    return found


async def spoken(reading: Reading, meeting: Meeting) -> list[str]:
    """The kinds of proposals that consist of words alone and that the rules let come from the floor of that meeting."""
    rules = {kind: await current_rule(reading, kind) for kind in SPOKEN} if _has_floor(meeting) else {}
    return [kind for kind, version in rules.items() if version is not None and _from_floor(version.rule(), meeting)]


def _has_floor(meeting: Meeting) -> bool:
    return meeting.stage() == "open" and meeting.convocation == 1


def _from_floor(rule: Rule, meeting: Meeting) -> bool:
    kinds = rule.venue.kinds()
    return rule.venue.motions() and (not kinds or meeting.gathers in kinds)


async def series(reading: Reading) -> dict[str, str]:
    """The names of all series by id, in the order in which they were begun."""
    records = await reading.children(Series, limit=SERIES)
    texts = await reading.texts([(one.statement, "name") for one in records])
    return {one.id: str(texts.get((one.statement, "name"), one.id[:10])) for one in records}
