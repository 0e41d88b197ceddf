"""The code in the room: shown by whoever leads the meeting, read by members' own phones.

The browser that shows it makes the key. Its public id goes into the ledger, its secret into the fragment of the address
in the code, which browsers don't send: the service never has it.
"""

from __future__ import annotations

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.meetings.presence import here
from app.pages.meetings.common import need_meeting, said
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.visit import Visit
from governance.books.attendance import Attendance
from governance.books.meetings import RECEPTION, Meeting
from ledger.books.keys import OFFICIALS


def may_show(visit: Visit, meeting: Meeting) -> bool:
    """Whether the reader may put a code at the door of this meeting now: whoever leads it, or sits at reception."""
    running = meeting.stage() in ("convened", "open") and meeting.mode != "online"
    return running and (need_member(visit) == meeting.chair or visit.holds(*OFFICIALS))


@get("/c/{slug:str}/meetings/{id:str}/code", opt={OPT: Access.MEMBER})
async def code(request: Asked, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """The poster with the code. Loaded again it makes another one, with which the one before no longer works."""
    meeting = await need_meeting(visit, id)
    if need_member(visit) != meeting.chair and not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)
    if not may_show(visit, meeting):
        raise Problem("meeting.stage", 409, id=meeting.id, stage=meeting.stage())
    title = await _title(request, visit, meeting)
    present = await here(visit.reading, meeting.id)
    return await show(
        request,
        visit,
        "meetings/_code.html" if request.headers.get("hx-request") else "meetings/code.html",
        meeting=meeting,
        title=title,
        place=(await said(visit, meeting)).place,
        in_room=sum(one.how == "room" for one in present),
        names={meeting.id: title},
        address=request.app.state.web.address,
    )


@get("/c/{slug:str}/meetings/{id:str}/door", opt={OPT: Access.OPEN})
async def door(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page | Response[None]:
    """Where the code leads: "I am here", signed by the member's own device together with the key in the fragment."""
    if visit.member is None:
        # Browsers take the fragment along, and the page that signs people in brings it back.
        path = f"/c/{visit.slug}/meetings/{id}/door"
        return Redirect(f"/c/{visit.slug}/sign-in", query_params={"next": path}, status_code=303)
    meeting = await need_meeting(visit, id)
    found = await visit.reading.find(Attendance, f"{meeting.id}/{visit.member.id}")
    there = found is not None and found.left_at is None and found.how == "room"
    opens = meeting.starts_at - RECEPTION
    running = meeting.stage() in ("convened", "open") and meeting.mode != "online"
    now = installation.clock.now()
    title = await _title(request, visit, meeting)
    return await show(
        request,
        visit,
        "meetings/door.html",
        meeting=meeting,
        title=title,
        state="over" if not running else "there" if there else "early" if now < opens else "come",
        opens=opens,
        names={meeting.id: title},
    )


async def _title(request: Asked, visit: Visit, meeting: Meeting) -> str:
    return (await said(visit, meeting)).title or words_of(request, visit).t("meetings.untitled", id=meeting.id[:10])


ROUTES: Final = (code, door)
