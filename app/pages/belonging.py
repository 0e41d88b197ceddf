"""Where members belong and what they have paid for shares: recorded by officials, listed, taken away as files."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.people import find_people, officials
from app.labels import as_said
from app.pages.members import person_of
from app.pages.page import Page, show
from app.pages.proposals.common import area_words_of, need_member, words_of
from app.pages.roster import as_file
from app.reading_belonging import Household, all_shares, areas, belongings, belongs, households
from app.roll import Person, Rolls
from app.roster import export
from app.roster.decoding import Encoding
from app.visit import Visit
from ledger.books import keys

Browser = Request[Any, Any, Any]
PAGE: Final = 50
PAYING: Final = ("administrator", "treasurer")
"""Who records payments, as ``ledger.books.equity`` asks."""
ACCOUNTS: Final = (*PAYING, "auditor")
"""Who sees everybody's shares."""
_Text = Annotated[str, QueryParameter(max_length=100)]
_PageNumber = Annotated[int, QueryParameter(ge=1, le=100_000)]


@get("/c/{slug:str}/members/{id:str}/belonging", opt={OPT: Access.ADMINISTRATOR})
async def belonging(request: Browser, visit: NamedDependency[Visit], id: FromPath[str], q: _Text = "") -> Page:
    """Record a member's area and household; ``q`` finds somebody whose household it is."""
    person = await person_of(request, visit, id)
    people, found = await _people(request, visit), await belongings(visit.reading)
    now = found.get(person.id)
    homes = households(people, found)
    asked = {one.id for one in await find_people(visit.reading, q)} if q else set()
    words = await area_words_of(request, visit)
    return await show(
        request,
        visit,
        "belonging/one.html",
        person=person,
        now=now,
        q=q,
        homes=[one for one in homes if (now and one.id == now.household) or _likely(one, person, asked)],
        areas=[code for code, _ in areas(people, found)],
        seconds=await _seconds(visit, person.id),
        names={person.id: person.name} | as_said({"areas": words.areas}),
        words=words,
    )


@get("/c/{slug:str}/members/{id:str}/shares", opt={OPT: Access.MEMBER})
async def shares(request: Browser, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """Record what a member has paid in, or gets back: with the member's signature, or with a paper and a second."""
    _need(visit, *PAYING)
    person = await person_of(request, visit, id)
    found = await belongs(visit.reading, person.id)
    return await show(
        request,
        visit,
        "belonging/shares.html",
        person=person,
        found=found,
        signs=person.id != need_member(visit) and await _signs(visit, person.id),
        seconds=await _seconds(visit, person.id),
    )


@get("/c/{slug:str}/office/households", opt={OPT: Access.OFFICIAL})
async def list_households(request: Browser, visit: NamedDependency[Visit], page: _PageNumber = 1) -> Page:
    """Every household with who represents it, and how many belong to each area."""
    people, found = _current(await _people(request, visit)), await belongings(visit.reading)
    homes = households(people, found)
    return await show(
        request,
        visit,
        "belonging/households.html",
        homes=homes[(page - 1) * PAGE : page * PAGE],
        total=len(homes),
        alone=sum(1 for person in people if person.id not in found or not found[person.id].household),
        mute=sum(1 for home in homes if home.represented is None),
        areas=areas(people, found),
        found=found,
        page=page,
        pages=max(1, -(-len(homes) // PAGE)),
        words=await area_words_of(request, visit),
    )


@get("/c/{slug:str}/office/households.csv", opt={OPT: Access.OFFICIAL})
async def households_file(
    request: Browser, visit: NamedDependency[Visit], encoding: FromQuery[Encoding] = "utf-8"
) -> Response[bytes]:
    """A line for each member of each household, and below them those without one whose area is known."""
    words, people = await area_words_of(request, visit), _current(await _people(request, visit))
    found = await belongings(visit.reading)
    lines = [(home, person) for home in households(people, found) for person in home.people]
    rest = [person for person in people if person.id in found and not found[person.id].household]
    rows = [[words.t(f"belonging.column.{name}") for name in ("household", "name", "kana", "area", "represents")]]
    for home, person in lines:
        says = words.t("belonging.represents") if person == home.represented else ""
        rows.append([home.name, person.name, person.kana, words.area(found[person.id].area), says])
    rows += [["", person.name, person.kana, words.area(found[person.id].area), ""] for person in rest]
    return as_file(await asyncio.to_thread(export.to_csv, rows, encoding), f"{visit.slug}-households", encoding)


@get("/c/{slug:str}/office/shares", opt={OPT: Access.MEMBER})
async def list_shares(request: Browser, visit: NamedDependency[Visit], page: _PageNumber = 1) -> Page:
    """What everybody has paid for shares, and all of it together."""
    _need(visit, *ACCOUNTS)
    paid = await all_shares(visit.reading)
    holders = [person for person in await _people(request, visit) if person.id in paid and paid[person.id].shares]
    return await show(
        request,
        visit,
        "belonging/all_shares.html",
        holders=holders[(page - 1) * PAGE : page * PAGE],
        paid=paid,
        count=len(holders),
        shares=sum(one.shares for one in paid.values()),
        yen=sum(one.yen for one in paid.values()),
        page=page,
        pages=max(1, -(-len(holders) // PAGE)),
    )


@get("/c/{slug:str}/office/shares.csv", opt={OPT: Access.MEMBER})
async def shares_file(
    request: Browser, visit: NamedDependency[Visit], encoding: FromQuery[Encoding] = "utf-8"
) -> Response[bytes]:
    """The same as a file, with the total in its last line."""
    _need(visit, *ACCOUNTS)
    t, paid = words_of(request, visit).t, await all_shares(visit.reading)
    rows = [[t(f"belonging.column.{name}") for name in ("number", "name", "kana", "shares", "yen")]]
    for person in await _people(request, visit):
        if person.id in paid and paid[person.id].shares:
            held = paid[person.id]
            rows.append([person.number, person.name, person.kana, str(held.shares), str(held.yen)])
    total = [sum(getattr(one, name) for one in paid.values()) for name in ("shares", "yen")]
    rows.append(["", t("belonging.shares.total"), "", *map(str, total)])
    return as_file(await asyncio.to_thread(export.to_csv, rows, encoding), f"{visit.slug}-shares", encoding)


async def _signs(visit: Visit, member: str) -> bool:
    """Whether that member has a key to sign with."""
    return any(key.status == "active" for key in await visit.reading.children(keys.Key, member))


def _likely(home: Household, person: Person, asked: set[str]) -> bool:
    """Whether a household is offered: it is asked for, or the roll puts the member under its roof."""
    return any(
        one.id in asked
        or (one.household and one.household == person.household)
        or (one.address and one.address == person.address)
        for one in home.people
    )


async def _seconds(visit: Visit, member: str) -> list[tuple[str, str]]:
    found = await officials(visit.reading, keys.COUNTERSIGNERS, without={need_member(visit), member})
    return [(one.id, one.name) for one in found]


async def _people(request: Browser, visit: Visit) -> list[Person]:
    rolls: Rolls = request.app.state.rolls
    return await rolls.people(visit.reading)


def _current(people: list[Person]) -> list[Person]:
    return [person for person in people if not person.ended]


def _need(visit: Visit, *roles: str) -> None:
    if not visit.holds(*roles):
        raise Problem("access.role", 403)


ROUTES: Final = (belonging, shares, list_households, households_file, list_shares, shares_file)
