"""Calling a meeting, or changing one that has not begun: what it is, when and where, what it decides in which order."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.effect_words import current_rule
from app.decisions.words import Words
from app.installation import Installation
from app.meetings import forms
from app.meetings.forms import Line, Start
from app.pages.meetings.common import Said, need_meeting, said
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.visit import Visit
from governance.books.meetings import CONVENERS, Meeting, Series, notice_by
from governance.modules.questions import MEETINGS

REPORTS: Final = 5
"""Lines at least for what is told and not voted on."""
DOCUMENTS: Final = 3
"""Documents at least that the form has room for."""
SIGNERS: Final = 2
"""As many as sign with the chair that hands were counted."""
_Id = Annotated[str, QueryParameter(max_length=40)]


@get("/c/{slug:str}/meetings/new", opt={OPT: Access.MEMBER})
async def new(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    after: _Id = "",
    series: _Id = "",
) -> Page:
    """The form of the convocation; on the agenda may be whatever is a draft and can be decided by a meeting.

    ``after``: the first convocation, of which it takes up what had no quorum; ``series``: what it is to belong to.
    """
    _require_convener(visit)
    first = await need_meeting(visit, after) if after else None
    if first is None:
        lines, start = await forms.drafts(visit, installation.clock.now()), Start()
    else:
        lines = await forms.unfinished(visit.reading, first)
        if not lines:
            raise Problem("meeting.second_agenda", 409, id=first.id)
        texts = await said(visit, first)
        start = Start(title=texts.title, mode=first.mode, place=texts.place)
        series = series or first.series or ""
    return await _form(request, visit, lines, start, first=first, chosen=series)


@get("/c/{slug:str}/meetings/{id:str}/amend", opt={OPT: Access.MEMBER})
async def amend(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """The same form with what is said now, for another version."""
    _require_convener(visit)
    meeting = await need_meeting(visit, id)
    if meeting.stage() != "convened":
        raise Problem("meeting.stage", 409, id=meeting.id, stage=meeting.stage())
    named = await forms.on_agenda(visit.reading, meeting.agenda)
    # What its proposer has written anew is a draft again, and comes with those.
    lines = [line for line in named if line.proposal.meeting == meeting.id]
    if meeting.after is None:
        lines += await forms.drafts(visit, installation.clock.now())
    start = _as_it_is(words_of(request, visit), meeting, await said(visit, meeting))
    due = notice_by(meeting.starts_at, meeting.notice, visit.coop.utc_offset)
    late = due if installation.clock.now() > due else None
    return await _form(request, visit, lines, start, meeting=meeting, late=late)


@get("/c/{slug:str}/meetings/series", opt={OPT: Access.MEMBER})
async def series(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Meetings that belong together: those there are, and a form to begin another."""
    found = await visit.reading.children(Series, limit=forms.SERIES)
    names = await forms.series(visit.reading)
    rhythms = await visit.reading.texts([(one.statement, "rhythm") for one in found])
    return await show(
        request,
        visit,
        "meetings/series.html",
        series=[(one.id, names[one.id], str(rhythms.get((one.statement, "rhythm"), ""))) for one in found],
        may_convene=visit.holds(*CONVENERS),
    )


def _require_convener(visit: Visit) -> None:
    if not visit.holds(*CONVENERS):
        raise Problem("access.role", 403)


def _as_it_is(words: Words, meeting: Meeting, texts: Said) -> Start:
    def local(ms: int | None) -> str:
        return "" if ms is None else words.fmt.local(ms).strftime("%Y-%m-%dT%H:%M")

    return Start(
        title=texts.title,
        starts_at=local(meeting.starts_at),
        ends_at=local(meeting.ends_at),
        mode=meeting.mode,
        place=texts.place,
        notes=texts.notes,
        reports=tuple(texts.reports),
        documents=tuple(texts.files),
    )


async def _form(
    request: Asked, visit: Visit, lines: list[Line], start: Start, meeting: Meeting | None = None, **more: Any
) -> Page:
    """The form; ``meeting``: the one that is changed, None for a new one; ``late``: until when it had to be called."""
    me, words = need_member(visit), words_of(request, visit)
    kinds = {line.proposal.decides for line in lines}
    rules = {kind: await current_rule(visit.reading, kind) for kind in kinds}
    asked = {kind: version.rule() for kind, version in rules.items() if version is not None}
    names = await visit.reading.names([me])
    titles = {line.proposal.id: line.title for line in lines if line.title}
    return await show(
        request,
        visit,
        "meetings/new.html",
        kinds=[(kind, word[:1].upper() + word[1:]) for kind in MEETINGS for word in (words.word("meeting", kind),)],
        items=[line for line in lines if line.on or line.proposal.decides in asked],
        venues={
            kind: words.joined([words.word("meeting", one) for one in r.venue.kinds()]) for kind, r in asked.items()
        },
        notices={
            kind: words.length(rule.timing.delay() // 1000) for kind, rule in asked.items() if rule.timing.delay()
        },
        start=start,
        meeting=meeting,
        reports=max(REPORTS, len(start.reports) + 1),
        documents=max(DOCUMENTS, len(start.documents) + 1),
        signers=SIGNERS,
        me=me,
        my_name=names[me],
        series=await forms.series(visit.reading),
        names=titles | ({meeting.id: start.title} if meeting else {}),
        words=words,
        **({"first": None, "chosen": "", "late": None} | more),
    )


ROUTES: Final = (new, amend, series)
