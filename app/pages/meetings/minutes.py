"""The minutes of a meeting: the latest version, who has signed it, signing it, and writing the next one."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.installation import Installation
from app.meetings import officers
from app.meetings.agenda import agenda
from app.meetings.minutes import Matter, People, Texts, begin
from app.pages.meetings.common import Said, need_meeting, said, titled
from app.pages.meetings.contents import desk
from app.pages.meetings.minutes_paper import paper, titled_officers
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, labels_of, need_member, texts_of, words_of
from app.papers import render
from app.visit import Visit
from governance.books.meetings import Hands, Meeting
from governance.books.minutes import WRITERS, Minutes
from governance.books.proposals import Found


@get("/c/{slug:str}/meetings/{id:str}/minutes", opt={OPT: Access.MEMBER})
async def minutes(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """What a meeting's minutes say; for whoever writes them, a form that begins with what the log knows."""
    me, found = need_member(visit), await need_meeting(visit, id)
    stage = found.stage()
    last = await visit.reading.find(Minutes, f"{found.id}/{found.minutes}") if found.minutes else None
    text = "" if last is None else await visit.reading.text(last.statement, "text")
    signer = me in (found.chair, *found.signers)
    begun = stage in ("open", "closed")
    writes = begun and (last is None or last.final_at is None) and (signer or visit.holds(*WRITERS))
    texts = await said(visit, found)
    names = await visit.reading.names([found.chair, *found.signers])
    words = words_of(request, visit)
    title = texts.title or words.t("meetings.untitled", id=found.id[:10])
    sheet = ""
    if last is not None:
        made = await desk(request, visit, found, installation.clock.now())
        sheet = render.html(await paper(request, visit, installation, made, last), words.fmt)
    return await show(
        request,
        visit,
        "meetings/minutes.html",
        meeting=found,
        stage=stage,
        title=title,
        last=last,
        paper=sheet,
        people=names,
        names=names | {found.id: title},
        writes=writes,
        signs=signer and stage == "closed" and last is not None and me not in last.signed,
        start=text or (await _begin(request, visit, installation, found, texts) if writes else ""),
    )


async def _begin(request: Asked, visit: Visit, installation: Installation, meeting: Meeting, texts: Said) -> str:
    """The text that the log gives, for the first version."""
    words = words_of(request, visit)
    items = await titled(visit, await agenda(installation, visit.reading, meeting, need_member(visit), visit.size))
    counts = await visit.reading.find_many(Found, [one.item.proposal.id for one in items])
    hands = await visit.reading.find_many(Hands, [one.item.proposal.id for one in items])
    matters = []
    for item, title in items:
        options = (await texts_of(visit, item.proposal))[2] if item.rule.chooses else []
        winners = item.proposal.outcome.winners if item.proposal.outcome else ()
        labels = await labels_of(visit, item.proposal, options, *winners)
        counted = counts.get(item.proposal.id)
        raised = hands.get(item.proposal.id)
        matters.append(Matter(item, title, None if counted is None else counted.counted, labels, raised))
    me, there = need_member(visit), await officers.there(visit.reading, meeting)
    names = await visit.reading.names([me, meeting.convener, meeting.chair, *meeting.signers, *there])
    people = People(names, titled_officers(words, there, names), names[me])
    return begin(words, meeting, Texts(texts.title, texts.place, texts.reports), matters, people)
