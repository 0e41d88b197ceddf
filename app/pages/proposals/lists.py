"""What is put to decision: open now, coming, in preparation, decided."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.access import OPT, Access
from app.decisions.listing import SECTIONS, Item, Listing, Section
from app.installation import Installation
from app.limits import limits_of
from app.naming import sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, votable
from app.visit import Visit

_Number = Annotated[int, QueryParameter(ge=1, le=10_000)]


@get("/c/{slug:str}/proposals", opt={OPT: Access.COOP})
async def proposals(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    q: Annotated[str, QueryParameter(max_length=100)] = "",
    view: Annotated[str, QueryParameter(max_length=10)] = "",
    page: _Number = 1,
) -> Page:
    """What is undecided, by how urgent it is; or a page of one section, of what was decided, or of what was found."""
    now = installation.clock.now()
    listing = Listing(visit.reading, visit.member, now, titles=sees_titles(visit))
    undecided: dict[str, Section] = {}
    items: list[Item] = []
    more = False
    if q.strip() and sees_titles(visit):
        limits_of(request).costly(request, visit)
        view = "search"
        items, more = await listing.search(q, page)
    elif view == "decided":
        items, more = await listing.decided(page)
    elif view in SECTIONS:
        section = await listing.section(view, page)
        items, more = section.items, page < section.pages
    else:
        view = ""
        undecided = await listing.undecided()
        items = undecided["voting"].items
    partial = bool(request.headers.get("hx-request"))
    return await show(
        request,
        visit,
        "proposals/_undecided.html" if partial and undecided else "proposals/list.html",
        now=now,
        q=q.strip(),
        view=view,
        page=page,
        more=more,
        undecided=undecided,
        items=items,
        votable=await votable(installation, visit, items),
        searchable=sees_titles(visit),
    )
