"""What a budgeting round may pay for: the list, proposing something for it, and the page of it that a ballot shows."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.ballot_form import Row
from app.decisions.items import items_of
from app.installation import Installation
from app.limits import limits_of
from app.naming import sees_names, sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_proposal, texts_of, words_of
from app.visit import Visit
from governance.books.drafts import MAX_ITEMS_EACH
from governance.books.proposals import ItemsOf, Proposal
from governance.books.rules import BUDGET

_Text = Annotated[str, QueryParameter(max_length=100)]
_Number = Annotated[int, QueryParameter(ge=1, le=10_000)]


@get("/c/{slug:str}/proposals/{id:str}/items", opt={OPT: Access.COOP})
async def items(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    q: _Text = "",
    page: _Number = 1,
) -> Page:
    """The list, with search; until voting opens also what it takes to add to it."""
    proposal = await _round(visit, id)
    if q.strip():
        limits_of(request).costly(request, visit)
    found = await items_of(visit.reading, proposal, q.strip(), page, titles=sees_titles(visit))
    words = words_of(request, visit)
    title, _, _ = await texts_of(visit, proposal)
    refs = [(one.item.statement, "text") for one in found.found] if sees_titles(visit) else []
    texts = await visit.reading.texts(refs)
    names = await visit.reading.names([one.item.by for one in found.found]) if sees_names(visit) else {}
    open_ = proposal.stage(installation.clock.now()) in ("draft", "scheduled")
    me = visit.member.id if visit.member else ""
    mine = await visit.reading.find(ItemsOf, f"{proposal.id}/{me}")
    return await show(
        request,
        visit,
        "proposals/items.html",
        proposal=proposal,
        title=title or words.t("proposals.untitled", id=proposal.id[:11]),
        found=found,
        q=q.strip(),
        texts={one.item.id: str(texts.get((one.item.statement, "text"), "")) for one in found.found},
        names=names,
        adds=open_ and visit.signed_in,
        me=me,
        most=MAX_ITEMS_EACH,
        full=mine is not None and mine.items >= MAX_ITEMS_EACH,
        said={one.item.id: one.title for one in found.found},
    )


@get("/c/{slug:str}/proposals/{id:str}/pick", opt={OPT: Access.COOP})
async def pick(
    request: Asked, visit: NamedDependency[Visit], id: FromPath[str], q: _Text = "", page: _Number = 1
) -> Page:
    """A page of the list for a ballot: part of the form that is being filled in."""
    proposal = await _round(visit, id)
    if q.strip():
        limits_of(request).costly(request, visit)
    found = await items_of(visit.reading, proposal, q.strip(), page, titles=sees_titles(visit))
    rows = [Row(one.item.number, one.title, "", one.item.cost) for one in found.found if not one.item.withdrawn]
    return await show(request, visit, "proposals/_pick_rows.html", proposal=proposal, found=found, rows=rows)


async def _round(visit: Visit, id_: str) -> Proposal:
    proposal = await need_proposal(visit, id_)
    if proposal.decides != BUDGET:
        raise Problem("proposal.no_items", 404, id=proposal.id)
    return proposal
