"""Meetings that come, and those that were."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.access import OPT, Access
from app.installation import Installation
from app.meetings import forms, listing
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, words_of
from app.visit import Visit
from governance.books.meetings import CONVENERS


@get("/c/{slug:str}/meetings", opt={OPT: Access.MEMBER})
async def meetings(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    view: Annotated[str, QueryParameter(max_length=10)] = "",
    page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
) -> Page:
    """What is convened and what goes on; or a page of what is over."""
    over, more = view == "past", False
    if over:
        lines, more = await listing.past(visit.reading, page)
    else:
        lines = await listing.coming(visit.reading)
    return await show(
        request,
        visit,
        "meetings/list.html",
        lines=lines,
        over=over,
        page=page,
        more=more,
        now=installation.clock.now(),
        series=await forms.series(visit.reading),
        may_convene=visit.holds(*CONVENERS),
        words=words_of(request, visit),
    )
