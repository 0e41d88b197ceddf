"""The reception desk: an official checks in who has no device, and another countersigns, as with papers."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.people import officials
from app.installation import Installation
from app.meetings import forms, reception
from app.meetings.reception import Guest, Show
from app.pages.meetings.common import need_meeting, said
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.roll import Rolls
from app.visit import Visit
from governance.books.meetings import RECEPTION, Meeting
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS

MOST: Final = 300
"""Lines of a page; who keeps a longer list looks for people by name."""

LONG: Final = 20
"""Lines beyond which there is a way to each line of the kana table."""


@get("/c/{slug:str}/meetings/{id:str}/reception", opt={OPT: Access.OFFICIAL})
async def desk(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    q: Annotated[str, QueryParameter(max_length=500)] = "",
    only: Annotated[Show, QueryParameter()] = "",
    second: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Page:
    """Everyone by reading, with a button to check them in; asked for by htmx, the list alone.

    ``second``: who countersigns; ``q``: what to look for, also what a code on paper says.
    """
    if not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)
    me, meeting, words = need_member(visit), await need_meeting(visit, id), words_of(request, visit)
    seconds = await officials(visit.reading, COUNTERSIGNERS, without={me})
    chosen = second if any(one.id == second for one in seconds) else seconds[0].id if len(seconds) == 1 else ""
    rolls: Rolls = request.app.state.rolls
    everyone = reception.asked_for(await rolls.people(visit.reading), "")
    # Others may come as well, and are found when they are looked for.
    looked_at = everyone if q else await reception.called(visit.reading, meeting, everyone)
    guests = await reception.listed(installation, visit.reading, meeting, looked_at)
    wanted = {person.id for person in reception.asked_for(looked_at, q)}
    found = [guest for guest in guests if guest.person.id in wanted and guest.fits(only)]
    title = (await said(visit, meeting)).title or words.t("meetings.untitled", id=meeting.id[:10])
    shown = found[:MOST]
    names = {person.id: person.name for person in everyone}
    return await show(
        request,
        visit,
        "meetings/_reception.html" if request.headers.get("hx-request") else "meetings/reception.html",
        meeting=meeting,
        title=title,
        asked={"q": q, "only": only},
        seconds=[(one.id, one.name) for one in seconds],
        second=chosen,
        open=_open(meeting, installation.clock.now()),
        opens=meeting.starts_at - RECEPTION,
        rows=reception.rows(shown),
        long=len(shown) > LONG,
        more=len(found) - len(shown),
        counts=_counts(guests),
        motions=bool(await forms.spoken(visit.reading, meeting)),
        me=me,
        people=names,
        names={guest.person.id: guest.person.name for guest in shown} | {meeting.id: title},
    )


def _open(meeting: Meeting, now: int) -> bool:
    return meeting.stage() in ("convened", "open") and now >= meeting.starts_at - RECEPTION


def _counts(guests: list[Guest]) -> dict[str, int]:
    """Of everyone on the list, whatever was looked for."""
    return {
        "room": sum(guest.here == "room" for guest in guests),
        "online": sum(guest.here == "online" for guest in guests),
        "waiting": sum(bool(guest.waiting) for guest in guests),
        "all": len(guests),
    }


ROUTES: Final = (desk,)
