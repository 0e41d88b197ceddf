"""Telling people of a meeting: by mail from here, by whatever other way; and the list of who was told how and when."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Final, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.limits import limits_of
from app.meetings.notified import Known, Progress, known, mailing
from app.pages.meetings.calendar import occasion, organiser
from app.pages.meetings.common import need_meeting
from app.pages.meetings.contents import Desk, desk
from app.pages.meetings.papers import called, printed
from app.pages.meetings.telling import invitation, record, rows
from app.pages.page import Page, show
from app.pages.proposals.common import Asked
from app.post.letters import Letter
from app.post.people import reach
from app.post.queueing import queue, queue_again
from app.visit import Visit
from governance.books.meetings import Meeting, notice_by
from governance.books.notices import MOST
from ledger import canonical

SAY: Final = ("administrator", "facilitator")
"""Who may say on the ledger that members were notified, and has letters sent."""
PAGE: Final = 50
WAYS: Final = ("post", "hand", "circulation", "board")
"""How people are told apart from mail; what stands on pages says so itself."""


@get("/c/{slug:str}/meetings/{id:str}/notices", opt={OPT: Access.OFFICIAL})
async def notices(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
) -> Page:
    """Who was told, when and how, and what is left to do; asked for by htmx, how far the letters are."""
    meeting, now = await need_meeting(visit, id), installation.clock.now()
    made, found = await desk(request, visit, meeting, now), await known(visit.reading, meeting)
    people = await called(request, visit, installation, meeting)
    reached = await reach(visit.reading, [person.id for person in people])
    mailable = [id_ for id_, one in reached.items() if one.address]
    told = found.told(meeting)
    untold = [person for person in people if person.id not in told]
    listed = rows(people, found, made.words)
    return await show(
        request,
        visit,
        "meetings/_letters.html" if request.headers.get("hx-request") else "meetings/notices.html",
        meeting=meeting,
        title=made.title,
        running=meeting.stage() in ("convened", "open"),
        called=len(people),
        told=len(people) - len(untold),
        due=notice_by(meeting.starts_at, meeting.notice, visit.coop.utc_offset),
        behind=len(found.behind(meeting)) if meeting.version > 1 and meeting.stage() == "convened" else 0,
        mailable=len(mailable),
        unsent=len([id_ for id_ in mailable if id_ not in found.letters]),
        progress=found.progress(),
        failed=len(found.failed() & set(mailable)),
        off=await _off(visit, found) if meeting.stage() == "cancelled" else None,
        to_record=[(one, canonical.format_time(one.at)) for one in found.to_record(meeting)],
        mails=bool(request.app.state.web.mail_from),
        says=visit.holds(*SAY),
        untold=untold[:MOST],
        more_untold=max(0, len(untold) - MOST),
        ways=[(way, made.words.t(f"papers.notified.how.{way}")) for way in WAYS],
        now=made.words.fmt.local(now).strftime("%Y-%m-%dT%H:%M"),
        rows=listed[(page - 1) * PAGE : page * PAGE],
        page=page,
        more=len(listed) > page * PAGE,
        names={meeting.id: made.title, **{person.id: person.name for person in people}},
    )


class Off(NamedTuple):
    """Of a meeting that is called off: how many are to be told by mail, how many can't be, and how far letters are."""

    unsent: int
    others: int
    progress: Counter[Progress]


async def _off(visit: Visit, found: Known) -> Off:
    reached = await reach(visit.reading, sorted(found.expecting()))
    mailable = {id_ for id_, one in reached.items() if one.address}
    return Off(len(mailable - found.off.keys()), len(reached) - len(mailable), found.progress(off=True))


@post("/c/{slug:str}/meetings/{id:str}/notices/mail", opt={OPT: Access.OFFICIAL}, status_code=303)
async def mail(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Redirect:
    """Have the invitation sent to everyone who has a mail address and was not sent this version yet."""
    meeting = await _to_mail(request, visit, id)
    known_now = await known(visit.reading, meeting)
    letters = await _letters(request, visit, installation, meeting, lambda member: member not in known_now.letters)
    await queue(installation, visit.reading, mailing(meeting), letters)
    return Redirect(f"/c/{visit.slug}/meetings/{meeting.id}/notices#mail", status_code=303)


@post("/c/{slug:str}/meetings/{id:str}/notices/mail/again", opt={OPT: Access.OFFICIAL}, status_code=303)
async def mail_again(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Redirect:
    """Have the letters of this version that failed sent once more, to the addresses that there are now."""
    meeting = await _to_mail(request, visit, id)
    failed = (await known(visit.reading, meeting)).failed()
    letters = await _letters(request, visit, installation, meeting, failed.__contains__)
    await queue_again(installation, visit.reading, mailing(meeting), letters)
    return Redirect(f"/c/{visit.slug}/meetings/{meeting.id}/notices#mail", status_code=303)


@get("/c/{slug:str}/meetings/{id:str}/notices/record.pdf", opt={OPT: Access.OFFICIAL})
async def proof(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Response[bytes]:
    """The same list on paper."""
    meeting = await need_meeting(visit, id)
    made, found = await desk(request, visit, meeting, installation.clock.now()), await known(visit.reading, meeting)
    people = await called(request, visit, installation, meeting)
    content = record(await made.house(made.wishes({})), made, rows(people, found, made.words), installation.clock.now())
    return await printed(request, content, made.words.fmt, "notified")


async def _to_mail(request: Asked, visit: Visit, id_: str) -> Meeting:
    """The meeting, of which whoever asks may have letters sent now."""
    if not visit.holds(*SAY):
        raise Problem("access.role", 403)
    meeting = await need_meeting(visit, id_)
    if meeting.stage() not in ("convened", "open"):
        raise Problem("meeting.stage", 409, id=meeting.id, stage=meeting.stage())
    if not request.app.state.web.mail_from:
        raise Problem("mail.off", 409)
    limits_of(request).working(request)
    return meeting


async def _letters(
    request: Asked, visit: Visit, installation: Installation, meeting: Meeting, wanted: Callable[[str], bool]
) -> list[Letter]:
    """An invitation for every such member who can be reached, the meeting for their calendars with it."""
    made: Desk = await desk(request, visit, meeting, installation.clock.now())
    people = await called(request, visit, installation, meeting)
    reached = await reach(visit.reading, [person.id for person in people if wanted(person.id)])
    host, told = await organiser(request, visit), await occasion(request, visit, meeting)
    origin, head = visit.reading.ledger.origin, (await made.house(made.wishes({}))).head

    def write() -> list[Letter]:
        return [invitation(made, told, host, head, origin, id_, one) for id_, one in reached.items() if one.address]

    # A thousand calendars take a second or two.
    return await asyncio.to_thread(write)


ROUTES: Final = (notices, mail, mail_again, proof)
