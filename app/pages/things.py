"""What members share on pages: finding it, its terms in words, its calendar, booking it, offering something."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.commons import availability
from app.commons.balance import Balance
from app.commons.called import names_of
from app.commons.telling import Telling, telling_of
from app.commons.things import TYPES, Search, Thing, find_thing, find_things
from app.installation import Installation
from app.labels import commons
from app.limits import limits_of
from app.naming import sees_names, sees_titles
from app.pages.page import Page, show
from app.visit import Visit
from ledger import canonical
from ledger.books import slots
from ledger.books.commons_policy import UNITS
from ledger.books.resources import ResourceTerms
from ledger.books.terms import Calendar, Cancellation, price
from ledger.errors import LedgerError

Asked = Request[Any, Any, Any]
Number = Annotated[int, QueryParameter(ge=1, le=1_000_000)]
_COOP: Final = {OPT: Access.COOP}
_MEMBER: Final = {OPT: Access.MEMBER}
_HALF_HOURS: Final = range(0, 1441, 30)
_FREE_HOURS: Final = (24, 72, 168)
_SHARES: Final = ((1, 2), (1, 1))
_SLOTS: Final = (15, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440)


@get("/c/{slug:str}/things", opt=_COOP)
async def things(
    request: Asked,
    visit: NamedDependency[Visit],
    *,
    q: Annotated[str, QueryParameter(max_length=60)] = "",
    kind: Annotated[str, QueryParameter(max_length=10)] = "",
    available: FromQuery[bool] = False,
    mine: FromQuery[bool] = False,
    page: Number = 1,
) -> Page:
    """Everything that is offered, as a search narrows it."""
    _check_open(visit)
    search = Search(q.strip(), kind if kind in TYPES else "", available, mine and visit.signed_in)
    if search.words:
        limits_of(request).costly(request, visit)
    found, more = await find_things(visit, search, page)
    say = await telling_of(request, visit)
    return await show(
        request,
        visit,
        "things/_cards.html" if request.headers.get("hx-request") else "things/list.html",
        say=say,
        search=search,
        things=found,
        costs={thing.id: _cost(say, thing) for thing in found},
        page=page,
        more=more,
    )


@get("/c/{slug:str}/things/new", opt=_MEMBER)
async def offer(
    request: Asked, visit: NamedDependency[Visit], kind: Annotated[str, QueryParameter(max_length=10)] = "stock"
) -> Page:
    """The form that offers something: so many of it, or by the calendar."""
    say = await telling_of(request, visit)
    chosen = kind if kind in TYPES else TYPES[0]
    return await show(
        request,
        visit,
        "things/form.html",
        say=say,
        thing=None,
        kind=chosen,
        **_choices(say, chosen),
        names=await names_of(visit, say, []),
    )


@get("/c/{slug:str}/things/{id:str}", opt=_COOP)
async def thing(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    week: Annotated[int, QueryParameter(ge=0, le=availability.WEEKS_AHEAD)] = 0,
) -> Page:
    """One thing: what it is, on which terms, and when it is free."""
    _check_open(visit)
    found = await _need(visit, id)
    say = await telling_of(request, visit)
    now, offset = installation.clock.now(), visit.coop.utc_offset
    first = availability.today(offset, now) + timedelta(days=availability.WEEK * week)
    calendar = found.version.calendar
    days = await availability.week(visit.reading, id, calendar, first, offset, now) if calendar else []
    people = await visit.reading.names({found.resource.provider, found.resource.steward}) if sees_names(visit) else {}
    manages = visit.member is not None and found.resource.managed_by(visit.member.id)
    return await show(
        request,
        visit,
        "things/one.html",
        say=say,
        thing=found,
        terms=found.version.terms,
        calendar=calendar,
        cost=_cost(say, found),
        people=people,
        manages=manages,
        payout=found.version.terms.payout or say.policy.bookings.payout,
        days=days,
        week=week,
        last_week=availability.WEEKS_AHEAD,
        refused=_refused(visit, found),
        names=await names_of(visit, say, [id]),
    )


@get("/c/{slug:str}/things/{id:str}/edit", opt=_MEMBER)
async def edit(request: Asked, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """The same form for new terms, which hold for later bookings."""
    found = await _need(visit, id)
    if visit.member is None or not found.resource.managed_by(visit.member.id):
        raise Problem("access.role", 403)
    say = await telling_of(request, visit)
    return await show(
        request,
        visit,
        "things/form.html",
        say=say,
        thing=found,
        kind=found.resource.type,
        **_choices(say, found.resource.type, found.version),
        names=await names_of(visit, say, [id, found.resource.steward]),
    )


@get("/c/{slug:str}/things/{id:str}/book", opt=_MEMBER)
async def book(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    quantity: Number = 1,
    starts: Annotated[int | None, QueryParameter(ge=0, le=canonical.MAX_INTEGER)] = None,
    length: Number = 1,
) -> Page:
    """Look once more before signing: when, how many, what is held. ``starts`` in ms, ``length`` in slots."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    found = await _need(visit, id)
    calendar, terms = found.version.calendar, found.version.terms
    if (calendar is None) != (starts is None):
        raise Problem("booking.choose", 400)
    say = await telling_of(request, visit)
    ends, fault = None, _refused(visit, found)
    if calendar is not None and starts is not None:
        ends = starts + length * calendar.slot * slots.MINUTE
        fault = fault or await _fault(visit, found, calendar, (starts, ends, quantity))
    elif quantity > found.resource.available:
        fault = fault or "resource.insufficient"
    cost = price(terms, quantity * (length if calendar else 1))
    account = await Balance(visit, say, visit.member.id).account()
    return await show(
        request,
        visit,
        "things/book.html",
        say=say,
        thing=found,
        terms=terms,
        calendar=calendar,
        quantity=quantity,
        starts=starts,
        ends=ends,
        spoken=(canonical.format_time(starts), canonical.format_time(ends)) if starts is not None and ends else None,
        cost=cost,
        account=account,
        short=max(0, cost + terms.deposit - account.available),
        fault=fault,
        now=installation.clock.now(),
        pickup_days=(await commons(visit.reading)).commons().bookings.pickup_days,
        names=await names_of(visit, say, [id]),
    )


async def _fault(visit: Visit, thing: Thing, calendar: Calendar, wanted: tuple[int, int, int]) -> str:
    """Code of what the ledger would say against that time and number of places; nothing where it is free."""
    starts, ends, places = wanted
    offset = visit.coop.utc_offset
    try:
        slots.count(calendar, offset, starts, ends)
    except LedgerError as error:
        return error.code
    first, last = (availability.today(offset, at) for at in (starts, ends))
    taken = await availability.taken_between(visit.reading, thing.id, first, last + timedelta(days=1))
    busy = slots.peak(taken, starts, ends + calendar.buffer * slots.MINUTE)
    return "booking.taken" if busy + places > calendar.capacity else ""


def _refused(visit: Visit, thing: Thing) -> str:
    """Code of why this reader cannot book it at all; nothing where they can."""
    terms = thing.version.terms
    if not thing.resource.open:
        return "resource.closed"
    if visit.member is None:
        return ""
    if terms.classes and visit.member.cls not in terms.classes:
        return "booking.class"
    own = thing.resource.provider == visit.member.id
    return "booking.own_resource" if own and terms.cost + terms.deposit else ""


def _cost(say: Telling, thing: Thing) -> str:
    calendar = thing.version.calendar
    return say.cost(thing.version.terms, thing.resource.unit, calendar.slot if calendar else None)


def _choices(say: Telling, type_: str, version: ResourceTerms | None = None) -> dict[str, Any]:
    """What the form offers to choose from. What is no usual choice stays one where it is in force."""
    calendar = version.calendar if version else None
    used = {minute for hours in calendar.opening for minute in (hours.opens, hours.closes)} if calendar else set()
    now = version.terms.cancellation if version else Cancellation()
    usual = [Cancellation(), *(Cancellation(hours, *share) for hours in _FREE_HOURS for share in _SHARES)]
    return {
        "units": list(UNITS),
        "minutes": sorted({*_HALF_HOURS, *used}),
        "lengths": sorted({*_SLOTS, *([calendar.slot] if calendar else [])}),
        "cancellations": [
            (msgspec.json.encode(one).decode(), say.cancelling(one, stock=type_ == "stock"))
            for one in (usual if now in usual else [now, *usual])
        ],
        "cancellation": msgspec.json.encode(now).decode(),
    }


async def _need(visit: Visit, id_: str) -> Thing:
    found = await find_thing(visit.reading, id_)
    if found is None:
        raise Problem("resource.unknown", 404)
    return found


def _check_open(visit: Visit) -> None:
    if not sees_titles(visit):
        raise Problem("access.sign_in", 401)


ROUTES = (things, offer, thing, edit, book)
