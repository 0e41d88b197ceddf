"""After any sequence of acts: tokens are conserved, nothing is negative, nothing is taken twice.

``Commons`` checks all of that by counting after every act (``commons.audit``); here acts are made up.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger import canonical
from ledger.books.bookings import Booking
from ledger.books.contributions import Contribution
from ledger.books.members import Member
from ledger.books.resources import Resource
from ledger.books.tokens import Movement
from ledger.errors import Refusal
from tests.ledger.books.commons import BOOKS, DAY, HOUR, NOTE, START, Commons, every

NAMES = ("Aiko", "Botan", "Chiyo", "Daiki")
names = st.sampled_from(NAMES)
picks = st.integers(0, 40)
HOURS = [{"weekday": day, "opens": 0, "closes": 1440} for day in range(7)]


class Anything(RuleBasedStateMachine):
    """Members do whatever comes to mind, most of it possible, some of it not."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: Counter[str] = Counter()
        self.village = Commons(*NAMES, mint_cap={"amount": 40, "period": "month"}, transfer_cap=9)
        for name in NAMES:
            self.village.appoint(name, "administrator" if name != "Aiko" else "auditor")
            self.village.grant(name, 12)
        for position, name in enumerate(NAMES[:3]):
            self.offer(name, stock=bool(position), cost=1, deposit=1, share=2, confirm=position == 1, steward=name)

    def try_(self, author: str, type_: str, body: dict[str, Any], **more: Any) -> None:
        before = dict(self.village.memory.records)
        try:
            self.village.say(author, type_, body, **more)
        except Refusal as refusal:
            assert self.village.memory.records == before
            self.outcomes[refusal.code] += 1
        else:
            self.outcomes[type_] += 1

    def pick(self, kind: type[Any], number: int) -> str:
        records = every(self.village.memory, kind)
        return str(records[number % len(records)].id) if records else "con_nothing"

    @rule(name=names, minutes=st.integers(-1, 300))
    def report(self, name: str, minutes: int) -> None:
        body = {"kind": "cleaning", "quantity": minutes, "on": "2026-04-01"}
        self.try_(name, "contribution.report/1", body)

    @rule(name=names, number=picks, verb=st.sampled_from(["attest", "attest", "withdraw"]))
    def judge(self, name: str, number: int, verb: str) -> None:
        self.try_(name, f"contribution.{verb}/1", {"contribution": self.pick(Contribution, number)})

    @rule(name=names, number=picks)
    def object_(self, name: str, number: int) -> None:
        body = {"contribution": self.pick(Contribution, number), "reason": NOTE}
        self.try_(name, "contribution.object/1", body)

    @rule(name=names, number=picks, decision=st.sampled_from(["uphold", "reverse"]))
    def resolve(self, name: str, number: int, decision: str) -> None:
        body = {"contribution": self.pick(Contribution, number), "decision": decision, "reason": NOTE}
        self.try_(name, "contribution.resolve/1", body)

    @rule(name=names, to=names, amount=st.integers(-1, 12))
    def give(self, name: str, to: str, amount: int) -> None:
        self.try_(name, "token.gift/1", {"to": self.village.ids[to], "amount": amount})

    @rule(name=names, number=picks, amount=st.integers(-1, 12))
    def give_back(self, name: str, number: int, amount: int) -> None:
        moved = [m.id for m in every(self.village.memory, Movement) if m.verb != "mint"]
        if moved:
            body = {"movement": moved[number % len(moved)], "amount": amount, "reason": NOTE}
            self.try_(name, "token.reverse/1", body, cosigners=NAMES[:1])

    @rule(
        name=names,
        stock=st.booleans(),
        cost=st.integers(0, 4),
        deposit=st.integers(0, 2),
        share=st.integers(0, 3),
        confirm=st.booleans(),
        steward=names,
    )
    def offer(
        self, name: str, *, stock: bool, cost: int, deposit: int, share: int, confirm: bool, steward: str
    ) -> None:
        terms = {
            "title": NOTE,
            "cost": cost,
            "deposit": deposit,
            "needs_confirmation": confirm,
            "cancellation": {"free_hours": 12, "numerator": share, "denominator": 3},
            "steward": self.village.ids[steward],
        }
        calendar = {"kind": "calendar", "opening": HOURS, "slot": 60, "buffer": 15 * share, "capacity": 1 + deposit}
        availability = {"kind": "stock", "quantity": 3, "unit": "bag"} if stock else calendar
        self.try_(name, "resource.offer/1", {"availability": availability, "terms": terms})

    @rule(name=names, number=picks, change=st.integers(-3, 3))
    def restock(self, name: str, number: int, change: int) -> None:
        self.try_(name, "resource.restock/1", {"resource": self.pick(Resource, number), "change": change})

    @rule(name=names, number=picks, verb=st.sampled_from(["close", "reopen", "reopen"]))
    def open_or_close(self, name: str, number: int, verb: str) -> None:
        self.try_(name, f"resource.{verb}/1", {"resource": self.pick(Resource, number)})

    @rule(name=names, number=picks, quantity=st.integers(1, 3), hour=st.integers(0, 12), length=st.integers(1, 4))
    def book(self, name: str, number: int, quantity: int, hour: int, length: int) -> None:
        id_ = self.pick(Resource, number)
        body: dict[str, Any] = {"resource": id_, "quantity": quantity}
        resource = self.village.state.find(Resource, id_)
        if resource is not None and resource.type == "calendar":
            starts = START + ((self.village.time - START) // HOUR + hour) * HOUR
            body |= {"starts": canonical.format_time(starts), "ends": canonical.format_time(starts + length * HOUR)}
        self.try_(name, "booking.request/1", body)

    @rule(
        number=picks,
        verb=st.sampled_from(["confirm", "refuse", "cancel", "hand_over", "settle"]),
        who=st.sampled_from(["member", "provider", *NAMES[:2]]),
    )
    def act(self, number: int, verb: str, who: str) -> None:
        booking = self.village.state.find(Booking, self.pick(Booking, number))
        if booking is None:
            return
        provider = self.village.state.need(Resource, booking.resource).provider
        involved = {"member": booking.member, "provider": provider}.get(who)
        author = next((name for name, id_ in self.village.ids.items() if id_ == involved), who)
        self.try_(author, f"booking.{verb}/1", {"booking": booking.id})

    @rule(time=st.sampled_from([HOUR, 6 * HOUR, DAY, 3 * DAY]))
    def wait(self, time: int) -> None:
        self.village.wait(time)

    @precondition(lambda self: self.village.time > START + 5 * DAY)
    @rule(name=st.sampled_from(NAMES[2:]))
    def leave(self, name: str) -> None:
        if self.village.state.need(Member, self.village.ids[name]).status == "active":
            self.try_(name, "member.leave/1", {})

    @invariant()
    def states_are_stored_as_they_are(self) -> None:
        for record in self.village.memory.records.values():
            assert BOOKS.decode(record.kind, msgspec.json.encode(record)) == record
            assert canonical.decode(record.line())["id"] == record.id


Anything.TestCase.settings = settings(max_examples=40, stateful_step_count=60, deadline=None)
TestAnything = Anything.TestCase


def test_half_a_year_of_busy_members() -> None:
    """Long lives reach what short ones do not: every way in which a booking ends, disputes, refunds."""
    endings: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for seed in range(4):
        machine = Anything()
        random = Random(seed)
        for _ in range(400):
            _act(machine, random)
        machine.states_are_stored_as_they_are()
        endings.update(booking.state for booking in every(machine.village.memory, Booking))
        outcomes.update(machine.outcomes)
    assert set(endings) >= {"settled", "cancelled", "refused", "expired", "no_show"}
    assert outcomes.keys() >= {
        "booking.hand_over/1",
        "booking.taken",
        "contribution.attest/1",
        "contribution.resolve/1",
        "resource.insufficient",
        "token.insufficient",
        "token.reverse/1",
    }


def _act(machine: Anything, random: Random) -> None:
    name, number = random.choice(NAMES), random.randrange(40)
    some = random.randrange(-1, 12)
    acts = [
        lambda: machine.report(name, random.randrange(300)),
        lambda: machine.judge(name, number, random.choice(["attest", "attest", "withdraw"])),
        lambda: machine.give(name, random.choice(NAMES), some),
        lambda: machine.give_back(name, number, some),
        lambda: machine.restock(name, number, random.randrange(-3, 4)),
        lambda: machine.open_or_close(name, number, random.choice(["close", "reopen", "reopen"])),
        lambda: machine.object_(name, number),
        lambda: machine.resolve(name, number, random.choice(["uphold", "reverse"])),
        lambda: machine.wait(random.choice([HOUR, HOUR, 6 * HOUR, DAY])),
    ]
    verbs = ["confirm", "confirm", "refuse", "cancel", "hand_over", "hand_over", "settle"]
    acts += 4 * [lambda: machine.act(number, random.choice(verbs), random.choice(["member", "provider"]))]
    acts += 4 * [
        lambda: machine.book(name, number, random.randrange(1, 3), random.randrange(9), random.randrange(1, 4))
    ]
    random.choice(acts)()
