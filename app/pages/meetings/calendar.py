"""A meeting for people's calendars."""

from __future__ import annotations

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.pages.meetings.common import need_meeting, said
from app.pages.proposals.common import Asked, words_of
from app.post import calendar
from app.post.calendar import Occasion, Person
from app.post.letters import address_of, check_link, one_line
from app.reading import Reading
from app.storage.ledgers import former_names
from app.visit import Visit
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal
from ledger.errors import FormatError


@get("/c/{slug:str}/meetings/{id:str}/calendar.ics", opt={OPT: Access.MEMBER})
async def entry(request: Asked, visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """One meeting as iCalendar: put into a calendar, or taken out of it where it was cancelled."""
    meeting = await need_meeting(visit, id)
    told, host = await occasion(request, visit, meeting), await organiser(request, visit)
    written = calendar.cancel(told, host) if meeting.stage() == "cancelled" else calendar.publish(told, host)
    headers = {"Content-Disposition": f'attachment; filename="{meeting.id}.ics"', "Cache-Control": "no-store"}
    return Response(written, media_type="text/calendar", headers=headers)


async def occasion(request: Asked, visit: Visit, meeting: Meeting) -> Occasion:
    """The meeting as calendars have it; a cancelled one is a version beyond those that were told of."""
    words, texts = words_of(request, visit), await said(visit, meeting)
    t, url = words.t, page_of(request, visit, meeting)
    agenda = [
        t("meetings.item", n=number, title=title or t("proposals.untitled", id=meeting.agenda[number - 1][:11]))
        for number, title in enumerate(await agenda_titles(visit.reading, meeting), 1)
    ]
    cancelled = meeting.cancelled_at
    return Occasion(
        id=meeting.id,
        origin=await _origin(visit.reading, meeting),
        version=meeting.version + (cancelled is not None),
        stamp=cancelled or meeting.changed_at,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        utc_offset=visit.coop.utc_offset,
        title=texts.title or t("meetings.untitled", id=meeting.id[:10]),
        text="\n".join([*([texts.notes, ""] if texts.notes else []), *agenda, *texts.reports, "", url]).strip(),
        place=texts.place,
        url=url,
        documents=tuple(file.address for file in texts.files if _is_link(file.address)),
    )


async def organiser(request: Asked, visit: Visit) -> Person:
    """The co-op, at the address that its letters come from."""
    name = await visit.reading.text(visit.coop.profile, "profile/name", visit.slug)
    return Person(name, address_of(request.app.state.web.mail_from))


async def agenda_titles(reading: Reading, meeting: Meeting) -> list[str]:
    """What is voted on, in order, each on one line; empty where a title is erased."""
    found = await reading.find_many(Proposal, meeting.agenda)
    texts = await reading.texts([(one.statement, "title") for one in found.values()])
    return [one_line(str(texts.get((found[id_].statement, "title"), ""))) for id_ in meeting.agenda]


def page_of(request: Asked, visit: Visit, meeting: Meeting) -> str:
    """The meeting's page, as it is written on paper and in letters."""
    address: str = request.app.state.web.address
    return f"{address}/c/{visit.slug}/meetings/{meeting.id}"


def _is_link(address: str) -> bool:
    """Whether calendars can be given it: what has other letters than ASCII is found on the meeting's page."""
    try:
        check_link(address)
    except FormatError:
        return False
    return True


async def _origin(reading: Reading, meeting: Meeting) -> str:
    """The ledger's name when the meeting was convened: calendars know it by that for ever."""
    former = await former_names(reading.pool, reading.ledger_id)
    return next((one.origin for one in former if meeting.index < one.entries), reading.ledger.origin)


ROUTES: Final = (entry,)
