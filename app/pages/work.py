"""Work on pages: reporting it, attesting what others report, objecting, and deciding what is disputed."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.availability import today
from app.commons.called import names_of
from app.commons.people import find_people, officials, people_of
from app.commons.telling import telling_of
from app.commons.work import VIEWS, Work, left_of_cap, objection
from app.installation import Installation
from app.pages.page import Page, show
from app.visit import Visit
from ledger.books.commons_policy import UNITS
from ledger.books.contributions import Contribution
from ledger.books.keys import COUNTERSIGNERS

Asked = Request[Any, Any, Any]
Number = Annotated[int, QueryParameter(ge=1, le=10_000)]
Words = Annotated[str, QueryParameter(max_length=60)]
_MEMBER: Final = {OPT: Access.MEMBER}


@get("/c/{slug:str}/work", opt=_MEMBER)
async def work(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    view: Annotated[str, QueryParameter(max_length=10)] = "",
    q: Words = "",
    page: Number = 1,
) -> Page:
    """What waits for the reader's attestation, the own reports, everybody's, and what is disputed."""
    say = await telling_of(request, visit)
    listing = Work(visit, say, installation.clock.now())
    chosen = view if view in VIEWS else VIEWS[0]
    items, more = await listing.view(chosen, q.strip(), page)
    return await show(
        request,
        visit,
        "work/_items.html" if request.headers.get("hx-request") else "work/list.html",
        say=say,
        views=VIEWS,
        view=chosen,
        counts=await listing.counts(),
        items=items,
        names=await names_of(visit, say, [i for item in items for i in (item.id, item.contribution.member)]),
        q=q.strip(),
        page=page,
        more=more,
    )


@get("/c/{slug:str}/work/new", opt=_MEMBER)
async def report(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    *,
    whom: Annotated[str, QueryParameter(name="for", max_length=40)] = "",
    helping: FromQuery[bool] = False,
) -> Page:
    """The one screen of a report: one's own, or for somebody whom a concierge helps."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    say = await telling_of(request, visit)
    day = today(visit.coop.utc_offset, installation.clock.now())
    if (helping or whom) and not visit.holds("concierge"):
        raise Problem("access.role", 403)
    helped = (await people_of(visit.reading, [whom]))[0:1] if whom else []
    who = helped[0].id if helped else visit.member.id
    without = {visit.member.id, *(p.id for p in helped)}
    witnesses = await officials(visit.reading, ("concierge", *COUNTERSIGNERS), without=without) if helped else []
    left = await left_of_cap(visit.reading, say.policy, who, day.isoformat(), visit.coop.fiscal_month)
    return await show(
        request,
        visit,
        "work/new.html",
        say=say,
        today=day.isoformat(),
        earliest=(day - timedelta(days=say.policy.claim_days)).isoformat(),
        parts=UNITS,
        units=list(dict.fromkeys(kind.unit for kind in say.policy.kinds)),
        left=left,
        helping=helping or bool(helped),
        helped=helped[0] if helped else None,
        witnesses=witnesses,
        names=await names_of(visit, say, [p.id for p in (*helped, *witnesses)]),
    )


@get("/c/{slug:str}/work/{id:str}", opt=_MEMBER)
async def contribution(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """One contribution: what, who, its state in words, and what the reader can do about it."""
    found = await visit.reading.find(Contribution, id)
    if found is None:
        raise Problem("contribution.unknown", 404)
    say = await telling_of(request, visit)
    listing = Work(visit, say, installation.clock.now())
    (item,) = await listing.items([found])
    people = {found.member, found.reported_by, found.objector, found.resolver, *found.attesters, *found.helpers}
    concerned = visit.member is not None and visit.member.id in people
    return await show(
        request,
        visit,
        "work/one.html",
        say=say,
        item=item,
        c=found,
        people=await visit.reading.names(people - {""}),
        reason=await objection(visit.reading, found)
        if found.objector and (concerned or visit.holds("auditor", "administrator"))
        else "",
        names=await names_of(visit, say, [item.id, found.member]),
    )


@get("/c/{slug:str}/people", opt=_MEMBER)
async def people(
    request: Asked,
    visit: NamedDependency[Visit],
    *,
    q: Words = "",
    field: Annotated[str, QueryParameter(pattern=r"^[a-z0-9@/_]{1,30}$")] = "to",
    others: FromQuery[bool] = True,
) -> Page:
    """Members by name or reading, as choices for the form that asked. ``others``: without the reader."""
    me = visit.member.id if visit.member and others else ""
    found = await find_people(visit.reading, q, without=me)
    return await show(request, visit, "people/_choices.html", found=found, q=q.strip(), field=field)


ROUTES = (work, report, contribution, people)
