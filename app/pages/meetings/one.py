"""One meeting: when and where, what it decides, who is there, and what the reader can do about it now."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.decisions.steps import tell_step
from app.decisions.words import Words
from app.installation import Installation
from app.meetings.agenda import agenda
from app.meetings.changes import differences, told, versions
from app.meetings.forms import motions, unfinished
from app.meetings.hands import raised
from app.meetings.mandates import held
from app.meetings.minutes import answers
from app.meetings.notified import known
from app.meetings.presence import EVERYBODY, here
from app.pages.meetings.acts import acts
from app.pages.meetings.common import need_meeting, said, titled
from app.pages.meetings.post import SAY
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, paragraphs, words_of
from app.visit import Visit
from governance.books.ballots import Ballot
from governance.books.meetings import CONVENERS, Meeting, Series, notice_by
from governance.books.minutes import Minutes
from governance.books.proposals import Found
from governance.books.proxies import Proxy


@get("/c/{slug:str}/meetings/{id:str}", opt={OPT: Access.MEMBER})
async def meeting(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """The page of one meeting; asked for by htmx, what has changed about it."""
    me, found, words = need_member(visit), await need_meeting(visit, id), words_of(request, visit)
    texts = await said(visit, found)
    items = await titled(visit, await agenda(installation, visit.reading, found, me, visit.size))
    there = await here(visit.reading, found.id)
    given = await visit.reading.children(Proxy, found.id, limit=EVERYBODY)
    versions = await visit.reading.children(Minutes, found.id)
    may = await acts(visit, installation, found, [one.item for one in items])
    hands = await raised(installation, visit.reading, found.agenda, me)
    entrusted = await held(visit.reading, found, me) if found.stage() in ("convened", "open") else []
    cast = await visit.reading.find_many(Ballot, [f"{item}/{me}" for item in found.agenda])
    counted = await visit.reading.find_many(Found, found.agenda)
    people = {
        *may.seconds,
        found.convener,
        found.chair,
        *found.signers,
        *entrusted,
        *((may.proxy.to,) if may.proxy and may.proxy.to else ()),
    }
    names = await visit.reading.names(people)
    title = texts.title or words.t("meetings.untitled", id=found.id[:10])
    changed = await _changes(visit, found, words)
    names |= await visit.reading.names({one.by for one in changed})
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
        changes=changed,
        behind=len((await known(visit.reading, found)).behind(found)) if changed and visit.holds(*SAY) else 0,
        quorum=lambda step: tell_step(words, step, words.fmt.integer, chooses=False, met=True),
        in_room=sum(one.how == "room" for one in there),
        online=sum(one.how == "online" for one in there),
        proxies=sum(one.to is not None for one in given),
        hands=hands,
        counts={
            one.item.proposal.id: answers(words, counted[one.item.proposal.id].counted)
            for one in items
            if one.item.proposal.id in counted and not one.item.rule.chooses
        },
        voted={ballot.proposal for ballot in cast.values()},
        minutes=versions,
        may=may,
        entrusted=entrusted,
        motions=await motions(visit, visit.member, found, installation.clock.now()) if may.there else [],
        second=bool(await unfinished(visit.reading, found)) if visit.holds(*CONVENERS) else False,
        series=await _series(visit, found),
        people=names,
        names=names | {found.id: title} | {one.item.proposal.id: one.title for one in items if one.title},
        words=words,
    )


class Change(NamedTuple):
    """One version after the first: what it changed, who said so, when (ms), as which entry; ``late``: whether the time
    for notices was over.
    """

    number: int
    lines: list[str]
    by: str
    at: int
    entry: int
    late: bool


async def _changes(visit: Visit, meeting: Meeting, words: Words) -> list[Change]:
    """The last one first."""
    if meeting.version == 1:
        return []
    found = await versions(visit.reading, meeting)
    pairs = pairwise(found)
    changes = [
        Change(
            number=number,
            lines=told(differences(before, after, words), words),
            by=after.by,
            at=after.at,
            entry=after.entry,
            late=after.at > notice_by(meeting.starts_at, meeting.notice, visit.coop.utc_offset),
        )
        for number, (before, after) in enumerate(pairs, 2)
    ]
    return changes[::-1]


async def _series(visit: Visit, meeting: Meeting) -> str:
    """What the meetings are called that it belongs to; empty where it stands alone."""
    found = await visit.reading.find(Series, meeting.series) if meeting.series else None
    return "" if found is None else await visit.reading.text(found.statement, "name")
