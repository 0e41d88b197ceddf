"""The home of a co-op: for members what is open and what is asked of them, for others what this place is."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.api.problems import language
from app.commons.telling import telling_of
from app.home import SHOWN, YOUNG, Home
from app.installation import Installation
from app.meetings.upcoming import upcoming
from app.pages.bookings import span
from app.pages.page import Page, show
from app.pages.proposals.common import votable
from app.reading_entrance import policy_in_force
from app.stream import Wanted, lines
from app.visit import Visit


@get("/c/{slug:str}", opt={OPT: Access.OPEN})
async def home(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], installation: NamedDependency[Installation]
) -> Page:
    """Open to everyone, for it is where one joins; what it shows is as open as the co-op is."""
    if not visit.sees_tiles:
        return await show(request, visit, "home/closed.html", about=await _about(visit), open=await _open(visit))
    here = Home(visit, installation)
    say = await telling_of(request, visit)
    proposals = here.proposals()
    voting = await proposals.voting()
    can_vote = await votable(installation, visit, voting)
    booked = await here.upcoming()
    published = await installation.log.published(visit.reading.ledger)
    news = Wanted(news=True, most=SHOWN)
    return await show(
        request,
        visit,
        "home/_now.html" if request.headers.get("hx-request") else "home/home.html",
        say=say,
        meetings=await upcoming(visit, installation),
        now=installation.clock.now(),
        about=await _about(visit),
        open=await _open(visit),
        voting=voting[:SHOWN],
        preparing=await proposals.preparing(),
        asks=await here.asks(say, voting, can_vote),
        votable=can_vote,
        upcoming=booked,
        spans={one.id: span(say, one) for one in booked},
        numbers=await here.numbers(),
        lines=await lines(installation, visit, request.app.state.texts, language(request), news),
        size=published.size,
        young=published.size < YOUNG,
    )


async def _about(visit: Visit) -> str:
    return await visit.reading.text(visit.coop.profile, "profile/about")


async def _open(visit: Visit) -> bool:
    """Whether one may apply without an invitation."""
    return (await policy_in_force(visit.reading)).applications == "open"


ROUTES = (home,)
