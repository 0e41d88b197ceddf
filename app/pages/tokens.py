"""Tokens on pages: what one has, where it came from, giving some of it, and the co-op's supply. Never money."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from app.access import OPT, Access
from app.commons.balance import Balance
from app.commons.called import names_of
from app.commons.chart import HEIGHT, WIDTH, Point, chart
from app.commons.people import people_of
from app.commons.telling import telling_of
from app.installation import Installation
from app.pages.page import Page, show
from app.visit import Visit
from ledger.books.tokens import Movement

Asked = Request[Any, Any, Any]
_MEMBER: Final = {OPT: Access.MEMBER}
_MONTHS: Final = 24
"""Lines of the table behind the chart."""


@get("/c/{slug:str}/tokens", opt=_MEMBER)
async def tokens(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
) -> Page:
    """The reader's own tokens."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    say = await telling_of(request, visit)
    balance = Balance(visit, say, visit.member.id)
    lines, more = await balance.page(page)
    now = installation.clock.now()
    points = await _points(visit, balance) if page == 1 else []
    return await show(
        request,
        visit,
        "tokens/mine.html",
        say=say,
        account=await balance.account(),
        held=await balance.held(),
        supply=await balance.supply(),
        lines=lines,
        names=await names_of(
            visit, say, [i for line in lines if line.back for i in (line.movement.id, line.movement.source)]
        ),
        page=page,
        more=more,
        chart=chart(points, now),
        box=(WIDTH, HEIGHT),
        months=_by_month(say.fmt, points),
    )


@get("/c/{slug:str}/tokens/give", opt=_MEMBER)
async def give(
    request: Asked, visit: NamedDependency[Visit], to: Annotated[str, QueryParameter(max_length=40)] = ""
) -> Page:
    """The form of a gift; ``to`` may name the receiver already."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    say = await telling_of(request, visit)
    receivers = await people_of(visit.reading, [to] if to != visit.member.id else [])
    return await show(
        request,
        visit,
        "tokens/give.html",
        say=say,
        open=say.policy.mode == "tokens" and say.policy.gifts != "off",
        account=await Balance(visit, say, visit.member.id).account(),
        to=receivers[0] if receivers else None,
        names=await names_of(visit, say, [to] if receivers else []),
    )


@get("/c/{slug:str}/tokens/history.csv", opt=_MEMBER)
async def history(request: Asked, visit: NamedDependency[Visit]) -> Stream:
    """The reader's whole history, to take away."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    balance = Balance(visit, await telling_of(request, visit), visit.member.id)
    name = f"{visit.slug}-tokens.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(balance.csv(), media_type="text/csv; charset=utf-8", headers=headers)


async def _points(visit: Visit, balance: Balance) -> list[Point]:
    postings = await balance.history()
    movements = await visit.reading.find_many(Movement, [posting.movement for posting in postings])
    points = [Point(movements[posting.movement].at, posting.total) for posting in postings]
    return [Point(points[0].at, 0), *points] if points else []


def _by_month(fmt: Any, points: list[Point]) -> list[tuple[str, int]]:
    """(month, total at its end), newest first."""
    months = {fmt.month(point.at): point.total for point in points}
    return list(reversed(months.items()))[:_MONTHS]


ROUTES = (tokens, give, history)
