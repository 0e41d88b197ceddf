"""The articles of association and how they came to be so; and what decisions have opened: projects, federations."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.naming import names_for, project_names, sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_proposal, paragraphs, texts_of
from app.pages.proposals.versions import compare
from app.visit import Visit
from governance.books.articles import Articles
from ledger.books.projects import Federation, Project

_Number = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


@get("/c/{slug:str}/articles", opt={OPT: Access.COOP})
async def in_force(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """The version in force, whole, and below it all versions with the decisions that adopted them."""
    kept = await visit.reading.children(Articles, newest_first=True)
    return await show(
        request,
        visit,
        "articles/in_force.html",
        versions=kept,
        paragraphs=paragraphs(await _text(visit, kept[0])) if kept else [],
        titles=await names_for(visit, {one.proposal for one in kept}),
        open=sees_titles(visit),
    )


@get("/c/{slug:str}/articles/{version:int}", opt={OPT: Access.COOP})
async def one(request: Asked, visit: NamedDependency[Visit], version: FromPath[int], against: _Number = 0) -> Page:
    """One version beside another, the one before it where none is named, line by line; and as it reads."""
    kept = await visit.reading.children(Articles)
    numbers = {found.version: found for found in kept}
    shown, other = numbers.get(version), numbers.get(against or version - 1)
    if shown is None or (against and other is None):
        raise Problem("http.not_found", 404)
    text = await _text(visit, shown)
    before = "" if other is None else await _text(visit, other)
    return await show(
        request,
        visit,
        "articles/one.html",
        shown=shown,
        other=other,
        versions=kept,
        paragraphs=paragraphs(text),
        diff=compare(before.splitlines(), text.splitlines()),
        titles=await names_for(visit, {shown.proposal}),
        open=sees_titles(visit),
        latest=kept[-1].version,
    )


@get("/c/{slug:str}/projects", opt={OPT: Access.COOP})
async def projects(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Every project with who leads it, and every federation, each with the decision behind it; newest first."""
    opened = await visit.reading.children(Project, newest_first=True)
    joined = await visit.reading.children(Federation)
    named = {one.proposal for one in opened} | {one.proposal for one in joined} | {one.lead for one in opened}
    return await show(
        request,
        visit,
        "articles/projects.html",
        projects=opened,
        federations=sorted(joined, key=lambda one: -one.joined),
        titles=await names_for(visit, named) | await project_names(visit, opened),
    )


async def _text(visit: Visit, version: Articles) -> str:
    """The text that a version adopted, as far as the reader may see it."""
    proposal = await need_proposal(visit, version.proposal)
    return (await texts_of(visit, proposal))[1]


ROUTES: Final = (in_force, one, projects)
