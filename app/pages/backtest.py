"""A draft rule over past decisions: run for a draft from the rule editor or for a proposal, and looked at.

The rule editor posts ``kind`` and ``document`` (JSON). A proposal to change a rule has its backtest shown beside its
effect until it has been decided.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.backtests import running
from app.backtests.showing import draft_of, told
from app.installation import Installation
from app.limits import limits_of
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, area_words_of, need_proposal
from app.visit import Visit
from governance.books import rules
from governance.counted_again import Draft


@post("/c/{slug:str}/rules/backtest", opt={OPT: Access.MEMBER}, status_code=303)
async def start(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Redirect:
    """Have a draft's backtest run."""
    form = await request.form()
    try:
        document = json.loads(str(form.get("document", "")), parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem("http.bad_request", 400) from error
    return await _begin(request, visit, installation, str(form.get("kind", "")), document)


@get("/c/{slug:str}/rules/backtest", opt={OPT: Access.MEMBER}, status_code=303)
async def of_proposal(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    proposal: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Redirect:
    """The same for what a proposal would make a rule."""
    found = draft_of(await need_proposal(visit, proposal))
    if found is None:
        raise Problem("http.not_found", 404)
    return await _begin(request, visit, installation, *found)


@get("/c/{slug:str}/rules/backtest/{id:str}", opt={OPT: Access.MEMBER})
async def result(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    beside: Annotated[bool, QueryParameter()] = False,  # noqa: FBT002  (a part of the address)
) -> Page:
    """How far it is, then what it came to; ``beside``: as a proposal's page shows it."""
    found = await running.find(visit.reading, id)
    if found is None or not (found.discreet or visit.sees_entries):
        raise Problem("http.not_found", 404)
    partial = bool(request.headers.get("hx-request"))
    part = "proposals/_backtest.html" if beside else "rules/_backtest.html"
    return await show(
        request,
        visit,
        part if partial else "rules/backtest.html",
        backtest=await told(visit, await area_words_of(request, visit), found, installation.clock.now()),
    )


async def _begin(request: Asked, visit: Visit, installation: Installation, kind: str, document: Any) -> Redirect:
    limits_of(request).working(request)
    tried = Draft(document, rules.check(kind, document))
    id_ = await running.begin(installation, visit.reading, kind, tried, discreet=not visit.sees_entries)
    return Redirect(f"/c/{visit.slug}/rules/backtest/{id_}", status_code=303)


def _no_number(text: str) -> Any:
    raise ValueError(text)


ROUTES = (start, of_proposal, result)
