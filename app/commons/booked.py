"""Bookings as the booker and the provider see them: lists, one by one, and what each may do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.commons.said import said_with
from app.commons.things import Thing, managed_by, things_of
from app.reading import Reading
from app.visit import Visit
from ledger.books import slots
from ledger.books.bookings import Booking, OpenBooking, price_of_cancelling
from ledger.books.policies import Policy
from ledger.books.resources import ResourceTerms
from ledger.books.terms import Terms
from ledger.errors import Refusal

PAGE: Final = 20
OPEN: Final = ("requested", "confirmed", "handed_over")
_OWN, _MANAGED = "parent = $2", "data->>'resource' = ANY($2)"
_OPEN, _PAST = "mark = 'open'", "mark IS NULL"
VIEWS: Final = ("mine", "offered", "past", "past_offered")


@dataclass(frozen=True)
class Booked:
    """A booking as this reader sees it. ``terms`` are those under which it was requested.

    ``may``: confirm, refuse, hand_over, settle, cancel. ``price``: what cancelling costs the reader now.
    """

    booking: Booking
    thing: Thing
    terms: Terms
    who: str
    note: str
    own: bool
    managed: bool
    may: frozenset[str]
    price: int

    @property
    def id(self) -> str:
        """The booking's."""
        return self.booking.id


class Bookings:
    """Lists for one reader; ``now`` in ms."""

    def __init__(self, visit: Visit, now: int) -> None:
        self._visit, self._reading, self._now = visit, visit.reading, now
        self._me = visit.member.id if visit.member else ""

    async def view(self, name: str, page: int) -> tuple[list[Booked], bool]:
        """A page (from 1) of one of VIEWS, and whether there are more: what is open by urgency, what is past newest
        first.
        """
        start = (page - 1) * PAGE
        if name == "offered":
            ids = await self._open_of_others()
            found = await self.booked(ids[start : start + PAGE])
            return found, len(ids) > start + PAGE
        ids = await self._ids(name, PAGE + 1, start)
        return await self.booked(ids[:PAGE]), len(ids) > PAGE

    async def waiting(self) -> int:
        """How many requests wait for the reader's answer."""
        ids = await self._open_of_others()
        found = await self._reading.find_many(Booking, ids)
        return sum(booking.state == "requested" for booking in found.values())

    async def one(self, id_: str) -> Booked | None:
        """One booking, for those whom it concerns; None for others."""
        found = next(iter(await self.booked([id_])), None)
        return found if found is not None and (found.own or found.managed) else None

    async def booked(self, ids: list[str]) -> list[Booked]:
        """Those bookings, in that order."""
        found = await self._reading.find_many(Booking, ids)
        bookings = [found[id_] for id_ in ids if id_ in found]
        things = {thing.id: thing for thing in await things_of(self._reading, [b.resource for b in bookings])}
        versions = await self._reading.find_many(ResourceTerms, [f"{b.resource}/{b.terms}" for b in bookings])
        names = await self._reading.names({b.member for b in bookings})
        notes = await said_with(self._reading, bookings, "note")
        return [
            self._booked(
                booking,
                things[booking.resource],
                versions[f"{booking.resource}/{booking.terms}"].terms,
                names.get(booking.member, ""),
                notes.get(booking.id, ""),
            )
            for booking in bookings
        ]

    async def _open_of_others(self) -> list[str]:
        """Open bookings of what the reader offers or looks after, oldest first."""
        rows = await self._reading.pool.fetch(
            "SELECT data->>'booking' AS booking FROM record WHERE ledger_id = $1 AND kind = $2 AND parent = ANY($3) "
            "ORDER BY sort, id",
            self._reading.ledger_id,
            OpenBooking.kind,
            await managed_by(self._reading, self._me),
        )
        return [row["booking"] for row in rows]

    async def _ids(self, view: str, limit: int, offset: int) -> list[str]:
        own = view in {"mine", "past"}
        whose = self._me if own else await managed_by(self._reading, self._me)
        rows = await self._reading.pool.fetch(
            "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'booking' "  # noqa: S608 (fixed words)
            f"AND {_OWN if own else _MANAGED} AND {_OPEN if view == 'mine' else _PAST} "
            "ORDER BY sort DESC, id DESC LIMIT $3 OFFSET $4",
            *(self._reading.ledger_id, whose, limit, offset),
        )
        return [row["id"] for row in rows]

    def _booked(self, booking: Booking, thing: Thing, terms: Terms, who: str, note: str) -> Booked:
        own, managed = booking.member == self._me, thing.resource.managed_by(self._me)
        may, price = self._may(booking, own=own, managed=managed), 0
        if own and booking.state in OPEN[:2]:
            try:
                price = price_of_cancelling(booking, terms.cancellation, self._now)
                may |= {"cancel"}
            except Refusal:
                # From the start on only the other side can call it off.
                may -= {"cancel"}
        return Booked(booking, thing, terms, who, note, own, managed, frozenset(may), price)

    def _may(self, booking: Booking, *, own: bool, managed: bool) -> set[str]:
        may = set[str]()
        begun = not booking.slots or self._now >= booking.starts
        if managed and booking.state == "requested":
            may |= {"confirm", "refuse"}
        if managed and booking.state == "confirmed":
            day = slots.midnight_before(self._visit.coop.utc_offset, booking.starts)
            may |= {"cancel"} | ({"hand_over"} if not booking.slots or self._now >= day else set())
        if own and (booking.state == "handed_over" or (booking.state == "confirmed" and begun)):
            may.add("settle")
        return may


async def settles_by(reading: Reading, booking: Booking) -> int | None:
    """When a hand-over settles by itself (ms); None while nothing is handed over."""
    policy = await reading.find(Policy, f"commons/{booking.policy}")
    if booking.state != "handed_over" or policy is None:
        return None
    begins = max(booking.changed_at, booking.ends) if booking.slots else booking.changed_at
    return begins + policy.commons().bookings.settle_days * 86_400_000
