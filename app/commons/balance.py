"""A member's tokens: what there is, what it came from and went to, and how it went over time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.commons.said import said_with
from app.commons.telling import Telling
from app.naming import names_for
from app.roster.export import guarded
from app.visit import Visit
from ledger.books.contributions import Contribution
from ledger.books.members import Member
from ledger.books.tokens import COMMONS, Account, Hold, Movement, Posting, Supply

PAGE: Final = 20
RETURNABLE: Final = ("gift", "capture")
"""What a member may give back: what was minted is taken back by an objection, and a return is not returned."""
_EXPORT: Final = 1000


@dataclass(frozen=True)
class Line:
    """One line of a history: what changed by how much for what; ``href`` leads to what it was for, if anywhere.

    ``back``: how much of it its receiver may still give back.
    """

    posting: Posting
    movement: Movement
    what: str
    other: str
    href: str
    note: str
    back: int


@dataclass(frozen=True)
class Held:
    """Tokens set aside, and for what."""

    amount: int
    what: str
    href: str


class Balance:
    """One member's tokens, as the member reads them."""

    def __init__(self, visit: Visit, say: Telling, member: str) -> None:
        self._visit, self._reading, self._say, self._member = visit, visit.reading, say, member

    async def account(self) -> Account:
        """Total, held and available; zero before the first movement."""
        return await self._reading.find(Account, self._member) or Account(id=self._member, index=0)

    async def supply(self) -> Supply:
        """The co-op's supply."""
        return await self._reading.find(Supply, "supply") or Supply(id="supply", index=0)

    async def page(self, page: int) -> tuple[list[Line], bool]:
        """A page (from 1) of the history, newest first, and whether there are more."""
        start = (page - 1) * PAGE
        found = await self._reading.children(Posting, self._member, newest_first=True, limit=PAGE + 1, offset=start)
        return await self.lines(found[:PAGE]), len(found) > PAGE

    async def held(self) -> list[Held]:
        """What is set aside now, and for what."""
        holds = await self._reading.children(Hold, self._member)
        words = await _Causes.read(self._visit, self._say, [hold.id for hold in holds], set())
        return [Held(hold.amount, words.what("held", hold.id), words.href(hold.id)) for hold in holds]

    async def history(self) -> list[Posting]:
        """Every posting, oldest first."""
        found: list[Posting] = []
        while True:
            some = await self._reading.children(Posting, self._member, limit=_EXPORT, offset=len(found))
            found += some
            if len(some) < _EXPORT:
                return found

    async def lines(self, postings: list[Posting]) -> list[Line]:
        """Postings with what they were for."""
        movements = await self._reading.find_many(Movement, [posting.movement for posting in postings])
        others = {self._other(movements[p.movement], p) for p in postings} - {COMMONS}
        words = await _Causes.read(self._visit, self._say, [m.cause for m in movements.values()], others)
        notes = await said_with(self._reading, [m for m in movements.values() if m.verb == "gift"], "note")
        notes |= await said_with(self._reading, [m for m in movements.values() if m.cause.startswith("rev_")], "reason")
        there = {m.id for m in (await self._reading.find_many(Member, others)).values() if m.ended is None}
        lines = []
        for posting in postings:
            movement = movements[posting.movement]
            verb = movement.verb + ("" if posting.change > 0 or movement.verb in ("mint", "burn") else "_out")
            other = self._other(movement, posting)
            lines.append(
                Line(
                    posting,
                    movement,
                    words.what(verb, movement.cause),
                    words.names.get(other, ""),
                    words.href(movement.cause),
                    notes.get(movement.id, ""),
                    movement.amount - movement.reversed
                    if posting.change > 0 and movement.verb in RETURNABLE and other in there
                    else 0,
                )
            )
        return lines

    @staticmethod
    def _other(movement: Movement, posting: Posting) -> str:
        return movement.target if posting.change < 0 else movement.source

    async def csv(self) -> AsyncIterator[bytes]:
        """The whole history as CSV in UTF-8 with a mark that spreadsheets know; oldest first."""
        t = self._say.t
        head = ("when", "what", "other", "note", "change", "total", "entry")
        yield codecs.BOM_UTF8 + _row([t(f"tokens.csv.{name}") for name in head])
        postings = await self.history()
        for start in range(0, len(postings), _EXPORT):
            for line in await self.lines(postings[start : start + _EXPORT]):
                when = self._say.fmt.local(line.movement.at).strftime("%Y-%m-%d %H:%M")
                said = (when, line.what, line.other, line.note)
                yield _row([*said, line.posting.change, line.posting.total, line.movement.index])


class _Causes:
    """What movements and holds were for, in words."""

    def __init__(self, say: Telling, slug: str) -> None:
        self._say, self._base = say, f"/c/{slug}"
        self.names: dict[str, str] = {}
        self._work: dict[str, Contribution] = {}

    @classmethod
    async def read(cls, visit: Visit, say: Telling, causes: list[str], others: set[str]) -> _Causes:
        """Look up every cause and counterparty at once."""
        words = cls(say, visit.slug)
        words._work = await visit.reading.find_many(Contribution, [c for c in causes if c.startswith("con_")])
        words.names = await names_for(visit, {*causes, *others})
        return words

    def what(self, verb: str, cause: str) -> str:
        """``草刈り(4月1日)``, ``「和室」の利用``, ``贈りもの``."""
        t, work = self._say.t, self._work.get(cause)
        if work is not None:
            key = "tokens.for.work" if verb in ("mint", "held") else "tokens.for.work_back"
            return t(key, kind=self._say.kind(work.activity), on=self._say.fmt.day(date.fromisoformat(work.on)))
        if cause.startswith("bkg_"):
            return t(f"tokens.for.booking.{verb}", thing=self.names.get(cause, t("things.untitled")))
        return t(f"tokens.for.{verb}")

    def href(self, cause: str) -> str:
        """The page of what it was for; nothing where there is none."""
        place = {"con": "work", "bkg": "bookings"}.get(cause.partition("_")[0])
        return f"{self._base}/{place}/{cause}" if place else ""


def _row(cells: Sequence[str | int]) -> bytes:
    """One line of CSV; numbers stay numbers."""
    line = io.StringIO()
    csv.writer(line).writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue().encode()
