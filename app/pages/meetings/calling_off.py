"""Telling people by mail that a meeting is called off: everybody who may think that it takes place."""

from __future__ import annotations

import asyncio
from typing import Final

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.limits import limits_of
from app.meetings.notified import calling_off, known
from app.pages.meetings.calendar import occasion, organiser
from app.pages.meetings.common import need_meeting
from app.pages.meetings.contents import desk
from app.pages.meetings.post import SAY
from app.pages.meetings.telling import cancellation
from app.pages.proposals.common import Asked
from app.post.letters import Letter
from app.post.people import reach
from app.post.queueing import queue
from app.visit import Visit


@post("/c/{slug:str}/meetings/{id:str}/notices/cancelled", opt={OPT: Access.OFFICIAL}, status_code=303)
async def cancelled(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Redirect:
    """Have a letter sent to everyone who was told of it and has a mail address; once."""
    if not visit.holds(*SAY):
        raise Problem("access.role", 403)
    meeting = await need_meeting(visit, id)
    if meeting.stage() != "cancelled":
        raise Problem("meeting.stage", 409, id=meeting.id, stage=meeting.stage())
    if not request.app.state.web.mail_from:
        raise Problem("mail.off", 409)
    limits_of(request).working(request)
    found = await known(visit.reading, meeting)
    made = await desk(request, visit, meeting, installation.clock.now())
    reached = await reach(visit.reading, sorted(found.expecting() - found.off.keys()))
    host, told = await organiser(request, visit), await occasion(request, visit, meeting)
    origin = visit.reading.ledger.origin

    def write() -> list[Letter]:
        return [cancellation(made, told, host, origin, id_, one) for id_, one in reached.items() if one.address]

    await queue(installation, visit.reading, calling_off(meeting), await asyncio.to_thread(write))
    return Redirect(f"/c/{visit.slug}/meetings/{meeting.id}/notices#off", status_code=303)


ROUTES: Final = (cancelled,)
