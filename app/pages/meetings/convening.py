"""Calling a meeting: what it is, when and where, what it decides in which order, who leads and who signs."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.effect_words import current_rule
from app.decisions.listing import Listing
from app.installation import Installation
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, words_of
from app.visit import Visit
from governance.books.meetings import CONVENERS
from governance.modules.questions import MEETINGS

REPORTS: Final = 5
"""Lines for what is told and not voted on."""
SIGNERS: Final = 2
"""As many as sign with the chair that hands were counted."""


@get("/c/{slug:str}/meetings/new", opt={OPT: Access.MEMBER})
async def new(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """The form of the convocation; on the agenda may be whatever is a draft and can be decided by a meeting."""
    if not visit.holds(*CONVENERS):
        raise Problem("access.role", 403)
    me, words = need_member(visit), words_of(request, visit)
    undecided = await Listing(visit.reading, visit.member, installation.clock.now(), titles=True).undecided()
    items = sorted([*undecided.mine, *undecided.drafts], key=lambda item: item.proposal.index)
    rules = {kind: await current_rule(visit.reading, kind) for kind in {item.proposal.decides for item in items}}
    asked = {kind: version.rule() for kind, version in rules.items() if version is not None}
    names = await visit.reading.names([me])
    return await show(
        request,
        visit,
        "meetings/new.html",
        kinds=[(kind, words.word("meeting", kind)) for kind in MEETINGS],
        items=[item for item in items if item.proposal.decides in asked],
        venues={
            kind: words.joined([words.word("meeting", one) for one in r.venue.kinds()]) for kind, r in asked.items()
        },
        notices={
            kind: words.length(rule.timing.delay() // 1000) for kind, rule in asked.items() if rule.timing.delay()
        },
        reports=REPORTS,
        signers=SIGNERS,
        me=me,
        my_name=names[me],
        names={item.proposal.id: item.title for item in items if item.title},
    )
