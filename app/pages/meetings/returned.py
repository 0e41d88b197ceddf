"""What has come back on paper from a member: the code on the form leads here, to what is entered and countersigned."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app import pending
from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.people import officials
from app.installation import Installation
from app.meetings import reception
from app.meetings.agenda import agenda
from app.pages.meetings.common import Titled, need_meeting, said, titled
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.visit import Visit
from governance.books.ballots import Ballot
from governance.books.proxies import Proxy
from ledger.books.keys import COUNTERSIGNERS, OFFICIALS
from ledger.books.members import Member
from ledger.statement import Statement

FOUND: Final = 20
"""Of more people whom a search finds, one looks for less."""
PROXIES: Final = {"proxy.give/1", "proxy.revoke/1"}
BALLOTS: Final = {"ballot.cast/1"}


class Line(NamedTuple):
    """An item, and what stands in the way of entering a ballot on it, or that there is one: ``own``,
    ``objected``, ``waiting``, ``entered``, ``room`` (no paper there), ``none`` (no vote), ``closed``, or nothing.
    """

    titled: Titled
    state: str


@get("/c/{slug:str}/meetings/{id:str}/returned", opt={OPT: Access.OFFICIAL})
async def pile(
    request: Asked,
    visit: NamedDependency[Visit],
    id: FromPath[str],
    q: Annotated[str, QueryParameter(max_length=500)] = "",
) -> Page | Response[None]:
    """Whose the next envelope is; where ``q`` (a code, a number, a name) says so, their page."""
    if not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)
    meeting, rolls = await need_meeting(visit, id), request.app.state.rolls
    people = reception.asked_for(await rolls.people(visit.reading), q) if q.strip() else []
    if len(people) == 1:
        return Redirect(f"/c/{visit.slug}/meetings/{meeting.id}/returned/{people[0].id}", status_code=303)
    title = (await said(visit, meeting)).title or words_of(request, visit).t("meetings.untitled", id=meeting.id[:10])
    return await show(
        request,
        visit,
        "meetings/pile.html",
        meeting=meeting,
        title=title,
        q=q.strip(),
        people=people[:FOUND],
        more=max(0, len(people) - FOUND),
    )


@get("/c/{slug:str}/meetings/{id:str}/returned/{member:str}", opt={OPT: Access.OFFICIAL})
async def returned(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    member: FromPath[str],
) -> Page:
    """What can be entered for that member: a ballot on each item, and whom they send in their place."""
    if not visit.holds(*OFFICIALS):
        raise Problem("access.role", 403)
    me, meeting = need_member(visit), await need_meeting(visit, id)
    found = await visit.reading.find(Member, member)
    if found is None:
        raise Problem("member.unknown", 404, id=member[:40])
    stage = meeting.stage()
    if stage not in ("convened", "open"):
        raise Problem("meeting.stage", 409, id=meeting.id, stage=stage)
    items = await titled(visit, await agenda(installation, visit.reading, meeting, found.id, visit.size))
    proxy = await visit.reading.find(Proxy, f"{meeting.id}/{found.id}")
    waiting = await pending.entered_for(installation, visit.reading, found.id)
    speaking = [
        one.item for one in items if one.item.mine and one.item.rule.proxy.ALLOWED and one.item.stage == "voting"
    ]
    people = {found.id, meeting.chair, *((proxy.to,) if proxy and proxy.to and proxy.to != "chair" else ())}
    names = await visit.reading.names(people)
    seconds = await officials(visit.reading, COUNTERSIGNERS, without={me, found.id})
    words = words_of(request, visit)
    title = (await said(visit, meeting)).title or words.t("meetings.untitled", id=meeting.id[:10])
    return await show(
        request,
        visit,
        "meetings/returned.html",
        meeting=meeting,
        title=title,
        person=found.id,
        mine=found.id == me,
        lines=await _lines(visit, items, found.id, waiting),
        proxy=proxy if proxy is not None and proxy.to is not None else None,
        proxy_waits=any(one.type in PROXIES and one.body["meeting"] == meeting.id for one in waiting),
        may_entrust=bool(speaking),
        to_chair=meeting.chair != found.id and all(item.rule.proxy.to_chair() for item in speaking),
        seconds=seconds,
        people=names,
        names=names | {meeting.id: title} | {one.id: one.name for one in seconds},
    )


async def _lines(visit: Visit, items: list[Titled], member: str, waiting: list[Statement]) -> list[Line]:
    waits = {one.body["proposal"] for one in waiting if one.type in BALLOTS}
    cast = await visit.reading.find_many(Ballot, [f"{one.item.proposal.id}/{member}" for one in items])
    return [
        Line(one, _state(one, cast.get(f"{one.item.proposal.id}/{member}"), waits=one.item.proposal.id in waits))
        for one in items
    ]


def _state(one: Titled, ballot: Ballot | None, *, waits: bool) -> str:
    if one.item.stage != "voting":
        return "closed"
    if not one.item.mine:
        return "none"
    if "paper" not in one.item.rule.channels:
        return "room"
    if ballot is not None and ballot.via is None:
        return "own"
    if ballot is not None and not ballot.counts:
        return "objected"
    if waits:
        return "waiting"
    return "" if ballot is None else "entered"


ROUTES: Final = (pile, returned)
