"""What the home of a co-op tells its reader: what is open now, what one is asked to do, what happened, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from app import pending
from app.commons.booked import Booked, Bookings
from app.commons.telling import Telling
from app.commons.work import Work
from app.decisions.listing import Item, Listing
from app.installation import Installation
from app.meetings.signatures import unsigned
from app.naming import sees_titles
from app.visit import Visit
from ledger.books.keys import Key
from ledger.books.members import Application, Member
from ledger.books.tokens import Account

MONTH: Final = 30 * 86_400_000
SHOWN: Final = 5
"""How many lines of a kind the home shows; the rest is a link away."""
YOUNG: Final = 12
"""Entries below which a co-op has only begun."""


@dataclass(frozen=True)
class Ask:
    """Something that waits for this reader: how many, and the address below the co-op's where to do it."""

    name: str
    count: int
    place: str


@dataclass(frozen=True)
class Numbers:
    """The co-op in numbers: active members, contributions attested in the last thirty days, own free tokens."""

    members: int
    attested: int
    tokens: int | None


class Home:
    """Gathers for one reader; ``now`` in ms."""

    def __init__(self, visit: Visit, installation: Installation) -> None:
        self._visit, self._installation = visit, installation
        self._now = installation.clock.now()
        self._bookings = Bookings(visit, self._now)

    def proposals(self) -> Listing:
        """What is put to decision, for this reader."""
        return Listing(self._visit.reading, self._visit.member, self._now, titles=sees_titles(self._visit))

    async def asks(self, say: Telling, voting: list[Item], votable: set[str]) -> list[Ask]:
        """What waits for the reader, most pressing first. ``votable``: ids of what they can vote on."""
        visit, work = self._visit, Work(self._visit, say, self._now)
        if visit.member is None:
            return []
        counts = await work.counts()
        offered, _ = await self._bookings.view("offered", 1)
        mine = await self._mine()
        waiting = await pending.count_for(self._installation, visit.reading, visit.member.id)
        found = [
            _ask_to_vote([item for item in voting if not item.voted and item.proposal.id in votable]),
            Ask("countersign", waiting, "/office/countersign"),
            _ask_to_sign(await unsigned(visit.reading, visit.member.id)),
            Ask("confirm", _may(offered, "confirm"), "/bookings?view=offered"),
            Ask("hand_over", _may(offered, "hand_over"), "/bookings?view=offered"),
            Ask("settle", _may(mine, "settle"), "/bookings"),
            Ask("applications", await self._applications(), "/office/applications"),
            Ask("resolve", counts["disputed"] if visit.holds("auditor", "administrator") else 0, "/work?view=disputed"),
            Ask("settle_keys", await self._disputed_keys(), "/office/recover"),
            Ask("attest", counts["waiting"], "/work?view=waiting"),
        ]
        return [ask for ask in found if ask.count]

    async def upcoming(self) -> list[Booked]:
        """The reader's own next bookings."""
        if self._visit.member is None:
            return []
        found = await self._mine()
        return sorted(found, key=lambda booked: booked.booking.starts or booked.booking.requested_at)[:SHOWN]

    async def _mine(self) -> list[Booked]:
        found, _ = await self._visit.reading.once("mine", partial(self._bookings.view, "mine", 1))
        return found

    async def numbers(self) -> Numbers:
        """The co-op in numbers."""
        reading, member = self._visit.reading, self._visit.member
        account = None if member is None else await reading.find(Account, member.id)
        return Numbers(
            members=await reading.count_marked(Member, "active"),
            attested=await self._attested(),
            tokens=None if member is None else account.available if account else 0,
        )

    async def _attested(self) -> int:
        query = "SELECT count(*) FROM record WHERE ledger_id = $1 AND attested_at > $2"
        found: int = await self._visit.reading.pool.fetchval(query, self._visit.reading.ledger_id, self._now - MONTH)
        return found

    async def _disputed_keys(self) -> int:
        if not self._visit.holds("auditor"):
            return 0
        return await self._visit.reading.count_marked(Key, "disputed")

    async def _applications(self) -> int:
        if not self._visit.holds("administrator"):
            return 0
        return await self._visit.reading.count_marked(Application, "open")


def _ask_to_vote(left: list[Item]) -> Ask:
    return Ask("vote", len(left), f"/proposals/{left[0].proposal.id}" if len(left) == 1 else "/proposals")


def _ask_to_sign(meetings: list[str]) -> Ask:
    return Ask(
        "minutes", len(meetings), f"/meetings/{meetings[0]}/minutes" if len(meetings) == 1 else "/meetings?view=past"
    )


def _may(booked: list[Booked], act: str) -> int:
    return sum(act in one.may for one in booked)
