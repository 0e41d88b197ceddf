"""A motion from the floor by a member without a device: an official enters it for them, and another countersigns.

It takes two entries, as it does with a device: the member's proposal, and that it is put on the agenda.
"""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app import pending
from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.people import officials
from app.installation import Installation
from app.meetings import forms
from app.pages.meetings.common import need_meeting, said
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.visit import Visit
from governance.books.attendance import Attendance
from governance.books.meetings import Meeting
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS
from ledger.books.members import Member

DRAFT: Final = "proposal.draft/1"
MOTION: Final = "meeting.motion/1"


@get("/c/{slug:str}/meetings/{id:str}/floor/{member:str}", opt={OPT: Access.OFFICIAL})
async def floor(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    member: FromPath[str],
) -> Page:
    """What that member moves: a new proposal in words, or one of their drafts; asked for by htmx, what it is now."""
    if not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)
    me, meeting, words = need_member(visit), await need_meeting(visit, id), words_of(request, visit)
    found = await visit.reading.find(Member, member)
    if found is None:
        raise Problem("member.unknown", 404, id=member[:40])
    if meeting.stage() != "open":
        raise Problem("meeting.stage", 409, id=meeting.id, stage=meeting.stage())
    here = await visit.reading.find(Attendance, f"{meeting.id}/{found.id}")
    kinds = await forms.spoken(visit.reading, meeting)
    seconds = await officials(visit.reading, COUNTERSIGNERS, without={me, found.id})
    drafts = await forms.motions(visit, found, meeting, installation.clock.now())
    names = await visit.reading.names([found.id])
    title = (await said(visit, meeting)).title or words.t("meetings.untitled", id=meeting.id[:10])
    return await show(
        request,
        visit,
        "meetings/_floor.html" if request.headers.get("hx-request") else "meetings/floor.html",
        meeting=meeting,
        title=title,
        person=found.id,
        name=words.t("pages.person", name=names[found.id]),
        mine=found.id == me,
        there=here is not None and here.left_at is None,
        kinds=[(kind, words.t(f"proposals.kind.{kind}")) for kind in kinds],
        drafts=drafts,
        waits=await _waits(visit, installation, meeting, found.id, kinds),
        seconds=[(one.id, words.t("pages.person", name=one.name)) for one in seconds],
        names=names | {meeting.id: title} | {line.proposal.id: line.title for line in drafts if line.title},
    )


async def _waits(visit: Visit, installation: Installation, meeting: Meeting, member: str, kinds: list[str]) -> set[str]:
    """What has been entered for the member and waits for its countersignature: types of statements."""
    return {
        one.type
        for one in await pending.entered_for(installation, visit.reading, member)
        if (one.type == DRAFT and one.body["kind"] in kinds)
        or (one.type == MOTION and one.body["meeting"] == meeting.id)
    }


ROUTES: Final = (floor,)
