"""How the sample village gives and shares: work reported and attested, tokens given, things offered and booked."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from app.demo import words
from app.demo.people import Villager
from app.demo.speaking import entered, said
from app.demo.writer import Pen, made
from ledger import canonical
from ledger.books import tokens
from ledger.books.bookings import Booking
from ledger.books.resources import Resource
from ledger.compose import Private

DAY: Final = 86_400_000
MINUTE: Final = 60_000
_PARTS: Final = {"hour": 60, "kg": 1000, "session": 1}


@dataclass
class Pending:
    """A booking on its way."""

    id: str
    booker: Villager
    provider: Villager
    hand_over: int
    settle: int


class Sharing:
    """The village's commons. Times in ms; ``midnight``: the local day's beginning."""

    def __init__(self, pen: Pen, random: Random, people: list[Villager]) -> None:
        self._pen, self._random, self._people = pen, random, people
        self._reported: list[tuple[str, Villager]] = []
        self._offered: list[tuple[str, words.Thing, Villager]] = []
        self._pending: list[Pending] = []
        self._attested: list[str] = []

    def report(self, day: int, at: int) -> None:
        """Who did something tells of it."""
        for person in self._present():
            if self._random.random() < person.zeal * 0.14:
                self._report(person, day, at + self._random.randrange(7_200_000))
        if self._random.random() < 0.2:  # noqa: PLR2004
            self._report_for_someone(day, at)

    def attest(self, at: int) -> None:
        """Others who were there confirm, mostly on the same day."""
        for pending in list(self._reported):
            if self._random.random() < 0.75:  # noqa: PLR2004
                contribution, reporter = pending
                witness = self._other(reporter)
                self._pen.write(at, said(witness), "contribution.attest/1", {"contribution": contribution})
                self._attested.append(contribution)
                self._reported.remove(pending)

    def give(self, at: int) -> None:
        """Small thanks."""
        for _ in range(self._random.choice((0, 1, 1, 2, 3))):
            giver = self._other()
            account = tokens.account(self._pen.state, giver.id)
            amount = self._random.choice((1, 2, 3, 5))
            if account.available >= amount:
                note = Private(
                    self._random.choice(("ありがとう", "助かりました", "ごちそうさまでした", "また来てください"))
                )
                body = {"amount": amount, "note": note, "to": self._other(giver).id}
                self._pen.write(at + self._random.randrange(3_600_000), said(giver), "token.gift/1", body)

    def offer(self, day: int, at: int) -> None:
        """Things are offered, the common ones first."""
        for number, thing in enumerate(words.THINGS):
            if day == 2 + number * 5:
                provider = self._people[5 if thing.calendar else 6 + number % 40]
                if not provider.id:
                    provider = self._people[0]
                written = self._pen.write(at, said(provider), "resource.offer/1", _offer(thing))
                if written is not None:
                    self._offered.append((made(written, "res"), thing, provider))

    def restock(self, at: int) -> None:
        """What grows comes in again."""
        for id_, thing, provider in self._offered:
            if thing.stock and self._pen.state.need(Resource, id_).available < thing.stock[0] // 3:
                change = thing.stock[0] // 2
                self._pen.write(at, said(provider), "resource.restock/1", {"change": change, "resource": id_})

    def book(self, at: int, midnight: int) -> None:
        """Some of what is offered is asked for."""
        for _ in range(self._random.choice((1, 2, 2, 3, 4))):
            if not self._offered:
                return
            id_, thing, provider = self._random.choice(self._offered)
            booker = self._other(provider)
            available = tokens.account(self._pen.state, booker.id).available
            if available >= thing.cost * 2:
                self._book(booker, provider, (id_, thing), at, midnight)

    def ask(self, at: int, midnight: int) -> None:
        """Somebody asks for what its provider has to agree to."""
        id_, thing, provider = next(one for one in self._offered if _needs_confirmation(one[1]))
        rich = [p for p in self._present() if tokens.account(self._pen.state, p.id).available >= thing.cost * 2]
        booker = self._random.choice([p for p in rich if p is not provider])
        self._book(booker, provider, (id_, thing), at, midnight)

    def follow(self, at: int) -> None:
        """Hand over and settle what has come to it."""
        for pending in list(self._pending):
            state = self._pen.state.need(Booking, pending.id).state
            body = {"booking": pending.id}
            if state == "requested" and self._random.random() < 0.7:  # noqa: PLR2004
                self._pen.write(at, said(pending.provider), "booking.confirm/1", body)
            elif state == "confirmed" and at >= pending.hand_over:
                self._pen.write(at, said(pending.provider), "booking.hand_over/1", body)
            elif state == "handed_over" and at >= pending.settle:
                self._pen.write(at, said(pending.booker), "booking.settle/1", body)
            elif state not in {"requested", "confirmed", "handed_over"}:
                self._pending.remove(pending)

    def object_to_one(self, at: int) -> None:
        """One recent attestation is doubted, for the auditor to look at."""
        objector = self._people[7]
        for contribution in reversed(self._attested):
            body = {
                "contribution": contribution,
                "reason": Private("その日はわたしも現場にいましたが、時間が長すぎると思います。"),
            }
            if self._pen.write(at, said(objector), "contribution.object/1", body):
                return

    def _report(self, person: Villager, day: int, at: int) -> None:
        written = self._pen.write(at, said(person), "contribution.report/1", self._work(day, at))
        if written is not None:
            self._reported.append((made(written, "con"), person))

    def _report_for_someone(self, day: int, at: int) -> None:
        concierge = next(p for p in self._people if p.role == "concierge")
        without = [p for p in self._people if p.id and not p.key]
        if not concierge.id or not without:
            return
        helper = self._people[0]
        helped = self._random.choice(without)
        assisted = entered(concierge, helper, helped, "assisted")
        written = self._pen.write(at, assisted, "contribution.report/1", self._work(day, at))
        if written is not None:
            self._reported.append((made(written, "con"), concierge))

    def _work(self, day: int, at: int) -> dict[str, Any]:
        kind = self._random.choice(words.KINDS)
        units = self._random.choice((1, 1, 2, 2, 3)) if kind.unit != "session" else 1
        return {
            "kind": kind.code,
            "note": Private(self._random.choice(kind.notes)),
            "on": canonical.format_time(at - (DAY if day else 0))[:10],
            "quantity": units * _PARTS[kind.unit],
        }

    def _book(
        self, booker: Villager, provider: Villager, offered: tuple[str, words.Thing], at: int, midnight: int
    ) -> None:
        id_, thing = offered
        body: dict[str, Any] = {"resource": id_}
        hand_over = settle = at + DAY // 3
        if thing.calendar:
            opens, closes, slot = thing.calendar
            start = midnight + self._random.randrange(1, 7) * DAY
            start += (opens + slot * self._random.randrange((closes - opens) // slot)) * MINUTE
            body |= {"starts": canonical.format_time(start), "ends": canonical.format_time(start + slot * MINUTE)}
            hand_over, settle = start, start + slot * MINUTE
        else:
            body["quantity"] = self._random.choice((1, 1, 2))
        written = self._pen.write(at, said(booker), "booking.request/1", body)
        if written is not None:
            self._pending.append(Pending(made(written, "bkg"), booker, provider, hand_over, settle))

    def _present(self) -> list[Villager]:
        return [p for p in self._people if p.id and p.key]

    def _other(self, but: Villager | None = None) -> Villager:
        people = [p for p in self._present() if p is not but]
        return self._random.choices(people, weights=[0.05 + p.zeal for p in people])[0]


def _needs_confirmation(thing: words.Thing) -> bool:
    return thing.calendar is not None and thing.cost >= 12  # noqa: PLR2004


def _offer(thing: words.Thing) -> dict[str, Any]:
    terms = {
        "cost": thing.cost,
        "description": Private(thing.text),
        "needs_confirmation": _needs_confirmation(thing),
        "title": Private(thing.title),
    }
    if thing.stock:
        quantity, unit = thing.stock
        return {"availability": {"kind": "stock", "quantity": quantity, "unit": unit}, "terms": terms}
    assert thing.calendar is not None  # noqa: S101
    opens, closes, slot = thing.calendar
    opening = [{"closes": closes, "opens": opens, "weekday": day} for day in range(7)]
    return {"availability": {"kind": "calendar", "opening": opening, "slot": slot}, "terms": terms}
