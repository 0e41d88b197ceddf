"""What the bearer of a paper card may say beside a concierge, as far as the card's own limits go.

Whoever can name a card's key gets this far, so nothing is shown of the bearer that a concierge could not see anyway: no
balance, no bookings, no ballot that they cast themselves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from app.commons.availability import today
from app.commons.called import names_of
from app.commons.telling import Telling, telling_of
from app.commons.things import Search, Thing, find_things
from app.pages.keys import Asked
from app.visit import Visit
from ledger.books.commons_policy import UNITS
from ledger.books.keys import Key
from ledger.books.members import Member

ACTS: Final = {
    "vote": "ballot.cast/1",
    "work": "contribution.report/1",
    "give": "token.gift/1",
    "book": "booking.request/1",
}
"""What can be entered at the desk, by the statement that it is."""
_PAGES: Final = 5
"""Of things to choose from; whoever has more looks for them on their own page."""


async def acts_of(request: Asked, visit: Visit, card: Key, member: Member, now: int) -> dict[str, Any]:
    """Which acts, and what their forms offer."""
    say = await telling_of(request, visit)
    may = {act for act, type_ in ACTS.items() if not card.may or type_ in card.may}
    if say.policy.mode != "tokens" or say.policy.gifts == "off":
        may.discard("give")
    day = today(visit.coop.utc_offset, now)
    things = await _things(visit, member) if "book" in may else []
    return {
        "say": say,
        "may": may,
        "today": day.isoformat(),
        "earliest": (day - timedelta(days=say.policy.claim_days)).isoformat(),
        "parts": UNITS,
        "units": list(dict.fromkeys(kind.unit for kind in say.policy.kinds)),
        "stock": [thing for thing in things if thing.version.calendar is None],
        "calendars": [thing for thing in things if thing.version.calendar is not None],
        "costs": {thing.id: _cost(say, thing) for thing in things},
        "names": await names_of(visit, say, [member.id, *(thing.id for thing in things)]),
    }


async def _things(visit: Visit, member: Member) -> list[Thing]:
    """What the bearer may ask for now."""
    found, more, page = list[Thing](), True, 0
    while more and page < _PAGES:
        page += 1
        some, more = await find_things(replace(visit, member=member), Search(only_available=True), page)
        found += some
    return [thing for thing in found if thing.resource.provider != member.id and _open_to(thing, member)]


def _open_to(thing: Thing, member: Member) -> bool:
    classes = thing.version.terms.classes
    return not classes or member.cls in classes


def _cost(say: Telling, thing: Thing) -> str:
    calendar = thing.version.calendar
    return say.cost(thing.version.terms, thing.resource.unit, calendar.slot if calendar else None)
