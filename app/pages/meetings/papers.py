"""A meeting on paper: letters with forms, labels, lists, for the office; and for every member what concerns them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.limits import limits_of
from app.meetings.guests import Home, guests, homes, households, voters
from app.pages.meetings.common import need_meeting
from app.pages.meetings.contents import Desk, Wishes, desk
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member
from app.papers import render
from app.papers.convocation import BATCH
from app.papers.paper import Paper
from app.roll import Person, Rolls
from app.texts.formats import Formats
from app.visit import Visit
from governance.books.meetings import Meeting
from ledger.books.keys import OFFICIALS

_PRESS: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")
"""One file at a time: a batch of letters takes two seconds and 200 MB of memory."""
LENGTH: Final = 1_000_000
"""Characters of texts in one file of letters: about eight seconds and 160 MB more."""


@get("/c/{slug:str}/meetings/{id:str}/papers", opt={OPT: Access.OFFICIAL})
async def papers(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
) -> Page:
    """What the office prints for a meeting, and what it should know before."""
    _require_office(visit)
    made = await _desk(request, visit, installation, id)
    people = await called(request, visit, installation, made.meeting)
    found = await _homes(visit, people)
    labels, each = made.labels(found, Wishes(0)), _batch(made)
    unwritable = await asyncio.to_thread(render.unwritable, labels, made.words.fmt)
    return await show(
        request,
        visit,
        "meetings/papers.html",
        meeting=made.meeting,
        title=made.title,
        people=len(people),
        homes=len(found),
        batches=[(start + 1, min(start + each, len(found))) for start in range(0, len(found), each)],
        groups=sorted({home.group for home in found if home.group}),
        without=[(person.id, person.name) for home in found if not home.address for person in home.people],
        unwritable=unwritable,
        by=made.words.fmt.local(made.back_by()).strftime("%Y-%m-%dT%H:%M"),
        forms=made.has_forms,
        words=made.words,
    )


@get("/c/{slug:str}/meetings/{id:str}/papers/letters/{number:int}", opt={OPT: Access.OFFICIAL})
async def letters(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    """One file of letters, with the forms of everyone in those households; the first is number 1."""
    _require_office(visit)
    made = await _desk(request, visit, installation, id)
    found = await _homes(visit, await called(request, visit, installation, made.meeting))
    each = _batch(made)
    some = found[(number - 1) * each : number * each] if number > 0 else []
    if not some:
        raise Problem("http.not_found", 404)
    made.voters = await voters(installation, visit.reading, made.meeting)
    content = await made.convocation(some, made.wishes(request.query_params))
    return await printed(request, content, made.words.fmt, f"letters-{number}")


@get("/c/{slug:str}/meetings/{id:str}/papers/{kind:str}", opt={OPT: Access.OFFICIAL})
async def sheet(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    kind: FromPath[str],
) -> Response[bytes]:
    """Address labels, the reception list, or the sheet that goes round in one group."""
    _require_office(visit)
    made = await _desk(request, visit, installation, id)
    people = await called(request, visit, installation, made.meeting)
    wishes = made.wishes(request.query_params)
    content: Paper
    match kind:
        case "labels":
            content = made.labels(await _homes(visit, people), wishes)
        case "reception":
            content = await made.reception(people, wishes)
        case "circulation":
            content = await made.circulation(await _homes(visit, people), wishes)
        case _:
            raise Problem("http.not_found", 404)
    return await printed(request, content, made.words.fmt, kind)


@get("/c/{slug:str}/meetings/{id:str}/notice.pdf", opt={OPT: Access.MEMBER})
async def mine(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Response[bytes]:
    """The reader's own notice and forms."""
    made, me = await _desk(request, visit, installation, id), need_member(visit)
    (person,) = [one for one in await _people(request, visit) if one.id == me]
    made.voters = await voters(installation, visit.reading, made.meeting)
    content = await made.convocation(homes([person], {}), Wishes(made.back_by()))
    return await printed(request, content, made.words.fmt, "notice")


async def called(request: Asked, visit: Visit, installation: Installation, meeting: Meeting) -> list[Person]:
    """Who is called to the meeting, in reading order."""
    return await guests(installation, visit.reading, meeting, await _people(request, visit))


async def printed(request: Asked, content: Paper, fmt: Formats, name: str) -> Response[bytes]:
    """The paper as a file to keep."""
    limits_of(request).working(request)
    made = await asyncio.get_running_loop().run_in_executor(_PRESS, render.pdf, content, fmt)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def _require_office(visit: Visit) -> None:
    """Everybody's addresses at once are for those who call the meeting together, not for who helps at a desk."""
    if not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)


async def _desk(request: Asked, visit: Visit, installation: Installation, id_: str) -> Desk:
    meeting = await need_meeting(visit, id_)
    if meeting.stage() == "cancelled":
        raise Problem("meeting.stage", 409, id=meeting.id, stage="cancelled")
    return await desk(request, visit, meeting, installation.clock.now())


async def _people(request: Asked, visit: Visit) -> list[Person]:
    rolls: Rolls = request.app.state.rolls
    return await rolls.people(visit.reading)


def _batch(made: Desk) -> int:
    """Households in one file of letters: fewer where every letter is long, or members' texts would fill the memory."""
    told = [made.texts.notes, *made.texts.reports, *(part for one in made.matters for part in (one.title, one.text))]
    return max(1, min(BATCH, LENGTH // (1 + sum(map(len, told)))))


async def _homes(visit: Visit, people: list[Person]) -> list[Home]:
    return homes(people, await households(visit.reading, people))


ROUTES: Final = (papers, letters, sheet, mine)
