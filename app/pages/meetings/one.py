"""One meeting: when and where, what it decides, who is there, and what the reader can do about it now."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.decisions.steps import tell_step
from app.installation import Installation
from app.meetings.agenda import agenda
from app.pages.meetings.acts import acts
from app.pages.meetings.common import need_meeting, said, titled
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, paragraphs, words_of
from app.visit import Visit
from governance.books.attendance import Attendance
from governance.books.minutes import Minutes
from governance.books.proxies import Proxy

MANY = 100_000


@get("/c/{slug:str}/meetings/{id:str}", opt={OPT: Access.MEMBER})
async def meeting(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """The page of one meeting; asked for by htmx, what has changed about it."""
    me, found, words = need_member(visit), await need_meeting(visit, id), words_of(request, visit)
    texts = await said(visit, found)
    items = await titled(visit, await agenda(installation, visit.reading, found, me, visit.size))
    there = await visit.reading.children(Attendance, found.id, limit=MANY)
    here = [one for one in there if one.left_at is None]
    given = await visit.reading.children(Proxy, found.id, limit=MANY)
    versions = await visit.reading.children(Minutes, found.id)
    may = await acts(visit, installation, found, [one.item for one in items])
    people = {
        *may.seconds,
        found.convener,
        found.chair,
        *found.signers,
        *((may.proxy.to,) if may.proxy and may.proxy.to else ()),
    }
    names = await visit.reading.names(people)
    title = texts.title or words.t("meetings.untitled", id=found.id[:10])
    return await show(
        request,
        visit,
        "meetings/_one.html" if request.headers.get("hx-request") else "meetings/one.html",
        meeting=found,
        stage=found.stage(),
        now=installation.clock.now(),
        texts=texts,
        title=title,
        paragraphs=paragraphs(texts.notes),
        items=items,
        quorum=lambda step: tell_step(words, step, words.fmt.integer, chooses=False),
        in_room=sum(one.how == "room" for one in here),
        online=sum(one.how == "online" for one in here),
        proxies=sum(one.to is not None for one in given),
        minutes=versions,
        may=may,
        people=names,
        names=names | {found.id: title} | {one.item.proposal.id: one.title for one in items if one.title},
        words=words,
    )
