"""Bookings on pages: one's own, those of what one offers, one by one, and handing over by QR code."""

from __future__ import annotations

from typing import Annotated, Any, Final

import segno
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from markupsafe import Markup

from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.booked import VIEWS, Booked, Bookings, settles_by
from app.commons.called import names_of
from app.commons.telling import Telling, telling_of
from app.installation import Installation
from app.pages.page import Page, show
from app.visit import Visit

Asked = Request[Any, Any, Any]
_MEMBER: Final = {OPT: Access.MEMBER}


@get("/c/{slug:str}/bookings", opt=_MEMBER)
async def bookings(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    view: Annotated[str, QueryParameter(max_length=15)] = "",
    page: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1,
) -> Page:
    """What the reader has booked, and what others have booked of theirs."""
    say = await telling_of(request, visit)
    listing = Bookings(visit, installation.clock.now())
    chosen = view if view in VIEWS else VIEWS[0]
    found, more = await listing.view(chosen, page)
    return await show(
        request,
        visit,
        "bookings/list.html",
        say=say,
        views=VIEWS,
        view=chosen,
        waiting=await listing.waiting(),
        bookings=found,
        spans={b.id: span(say, b) for b in found},
        names=await names_of(visit, say, [b.id for b in found]),
        page=page,
        more=more,
    )


@get("/c/{slug:str}/bookings/{id:str}", opt=_MEMBER)
async def booking(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """One booking, for those whom it concerns."""
    found = await _need(visit, installation, id)
    say = await telling_of(request, visit)
    people = await visit.reading.names({found.booking.member, found.thing.resource.provider})
    address = f"{request.app.state.web.address}/c/{visit.slug}/bookings/{id}/hand-over"
    return await show(
        request,
        visit,
        "bookings/_one.html" if request.headers.get("hx-request") else "bookings/one.html",
        say=say,
        b=found,
        span=span(say, found),
        people=people,
        now=installation.clock.now(),
        settles=await settles_by(visit.reading, found.booking),
        address=address,
        code=_code(address) if found.own and found.booking.state == "confirmed" else "",
        names=await names_of(visit, say, [id]),
    )


@get("/c/{slug:str}/bookings/{id:str}/hand-over", opt=_MEMBER)
async def hand_over(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """Where the booker's code leads the provider: who gets what, and one button."""
    found = await _need(visit, installation, id)
    say = await telling_of(request, visit)
    return await show(
        request,
        visit,
        "bookings/hand_over.html",
        say=say,
        b=found,
        span=span(say, found),
        names=await names_of(visit, say, [id]),
    )


async def _need(visit: Visit, installation: Installation, id_: str) -> Booked:
    """Who has booked what concerns the two sides only; others are told no more than that."""
    found = await Bookings(visit, installation.clock.now()).one(id_)
    if found is None:
        raise Problem("booking.not_involved", 404)
    return found


def span(say: Telling, booked: Booked) -> str:
    """When and how many: ``4月1日(水) 9:00–10:00``, ``2箱(4月8日まで)``."""
    booking, fmt = booked.booking, say.fmt
    if not booking.slots:
        amount = say.units(booked.thing.resource.unit, booking.quantity)
        return say.t("bookings.span.stock", amount=amount)
    same = fmt.local(booking.starts).date() == fmt.local(booking.ends).date()
    ends = fmt.clock(booking.ends) if same else fmt.moment(booking.ends)
    span = say.t("bookings.span", starts=fmt.moment(booking.starts), ends=ends)
    return say.t("bookings.span.places", span=span, n=booking.quantity) if booking.quantity > 1 else span


def _code(address: str) -> Markup:
    """The address as a QR code: SVG without style, on white, so that cameras read it in the dark look too."""
    svg = segno.make(address, error="m").svg_inline(scale=6, border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704  (made here from our own address)


ROUTES = (bookings, booking, hand_over)
