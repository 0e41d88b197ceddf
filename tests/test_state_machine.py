"""Whatever members do, in whatever order: fold, reference model and auditor's desk come to the same.

After every act the fold's records are held against the naive model, and against what must hold by itself
(``audit``: tokens are conserved, nothing is negative, no place is taken twice). At the end every leaf is folded
anew, over dictionaries and over SQLite. ``YUI_LONG_TESTS=1`` tries a hundred times as much.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.audit.desk import SqliteDesk
from governance.all_books import BOOKS
from governance.books import ballots, rules
from governance.books.ballots import Ballot
from governance.books.proposals import Proposal, pinned
from ledger import canonical, fold, ids, keys
from ledger.books import tokens
from ledger.books.bookings import Booking
from ledger.books.contributions import Contribution
from ledger.books.members import Member
from ledger.books.resources import Resource
from ledger.compose import Private
from ledger.errors import Refusal
from ledger.state import State
from ledger.statement import Entry, build_leaf, parse_leaf
from ledger.verify.desk import MemoryDesk
from tests.ledger.books.commons import audit
from tests.reference_model import Model
from tests.simulator import DAY, HOUR, Village, majority_rule

FIRST = ("Hanako", "Jiro", "Ume", "Kenta")
MOST = 8
PAPER = Private("scan")
CHOICES = ("yes", "no", "abstain", "maybe")


def rule_document(model: dict[str, Any]) -> dict[str, Any]:
    """The document for a rule as the model has it."""
    weights, quorum, share = model["weights"], model["quorum"], model["share"]
    seconds = {f"{name}_seconds": model[name] // 1000 for name in ("delay", "voting", "timelock")}
    return majority_rule(
        electorate={"module": "by_class/1", "classes": sorted(weights)},
        quorum={"module": "heads/1", "fraction": str(quorum), "strict": False} if quorum else {"module": "none/1"},
        threshold={"module": "fraction/1", "fraction": str(share), "of": model["of"], "strict": model["strict"]},
        timing={"module": "fixed/1", **seconds},
        weight={"module": "by_class/1", "weights": weights, "others": 1},
    )


def rule_model(**changes: Any) -> dict[str, Any]:
    plain = {
        "weights": {"member": 1, "supporter": 1},
        "quorum": None,
        "share": Fraction(1, 2),
        "of": "cast",
        "strict": True,
        "delay": 0,
        "voting": 7 * DAY,
        "timelock": 0,
    }
    return plain | changes


RULES = (
    rule_model(),
    rule_model(share=Fraction(2, 3), of="all", strict=False, voting=2 * DAY),
    rule_model(quorum=Fraction(1, 2), of="yes_no", timelock=DAY),
    rule_model(weights={"member": 3, "supporter": 1}, delay=DAY),
    rule_model(weights={"supporter": 2}, share=Fraction(3, 4), strict=False),
)
WAITS = (1000, HOUR, 6 * HOUR, DAY, 2 * DAY, 8 * DAY, 91 * DAY)
numbers = st.integers(0, 30)


class CoOp(RuleBasedStateMachine):
    """A small co-op. ``ids`` of the village know everything by the model's keys, statements included."""

    def __init__(self) -> None:
        super().__init__()
        kinds = ("ordinary", "rules", "policy", "role", "admit")
        self.village = Village("Hanako", rules={kind: rule_document(RULES[0]) for kind in kinds})
        self.model = Model(RULES[0])
        self.model.join("Hanako", "member", self.village.time - 1000)
        self.model.roles["Hanako"] = {"administrator"}
        self.keys = 0
        for name in FIRST[1:]:
            self.join("supporter" if name == "Kenta" else "member", name=name)
        self.appoint(1, "facilitator")
        for number in range(len(FIRST)):
            self.report(number, 60 * (number + 1))
            self.attest(number, number + 1)
        self.offer(2, 6, 0, 1, 1, 1)
        self.offer(3, None, 2, 3, 0, 0)
        self.propose(0, "ordinary", 0)

    # Helpers.

    def name(self, number: int) -> str:
        return list(self.model.members)[number % len(self.model.members)]

    def pick(self, kind: str, number: int) -> str:
        """A key of the model's: there is always one."""
        things = list(getattr(self.model, kind))
        return str(things[number % len(things)])

    def new(self, prefix: str) -> str:
        self.keys += 1
        return f"{prefix} {self.keys}"

    def now(self) -> int:
        """The moment at which the next act is received; the model has come that far."""
        self.model.advance(self.village.time)
        return self.village.time

    def try_(self, permitted: bool, say: Callable[[], Entry], prefix: str = "", key: str = "") -> None:  # noqa: FBT001
        """The fold must permit what the model permitted, and nothing else; then both must look the same."""
        try:
            entry = say()
        except Refusal as refusal:
            if permitted:
                raise AssertionError("the model permits what the fold refuses") from refusal
            self.village.wait(0)
        else:
            assert permitted, entry.statement
            if prefix:
                self.village.ids[key] = ids.object_id(prefix, entry.id)
        self.compare()

    def say(self, author: str, type_: str, body: dict[str, Any], **more: Any) -> Callable[[], Entry]:
        return lambda: self.village.say(author, type_, body, **more)

    # Time and people.

    @rule(milliseconds=st.sampled_from(WAITS))
    def wait(self, milliseconds: int) -> None:
        self.model.advance(self.village.time + milliseconds)
        self.village.wait(milliseconds)
        self.compare()

    @rule(cls=st.sampled_from(("member", "supporter")))
    def join(self, cls: str, name: str | None = None) -> None:
        if len(self.model.members) < MOST and "Hanako" in self.model.roles:
            name = name or f"member {len(self.model.members)}"
            self.village.join(name, cls)
            self.model.advance(self.village.time - 1000)
            self.model.join(name, cls, self.village.time - 1000)
            self.compare()

    @rule(number=numbers, role=st.sampled_from(("administrator", "facilitator")))
    def appoint(self, number: int, role: str) -> None:
        name = self.name(number)
        self.now()
        permitted = self.model.active(name, "Hanako") and "administrator" in self.model.roles.get("Hanako", set())
        if permitted:
            self.model.roles.setdefault(name, set()).add(role)
        self.try_(permitted, self.say("Hanako", "role.give/1", {"member": self.village.id(name), "role": role}))

    @rule(number=numbers, first=numbers, second=numbers, days=st.none() | st.integers(0, 9))
    def suspend(self, number: int, first: int, second: int, days: int | None) -> None:
        name, by, now = self.name(number), (self.name(first), self.name(second)), self.now()
        if by[0] == by[1]:
            return
        until = None if days is None else now + days * DAY
        body = {"member": self.village.id(name), "reason": PAPER}
        if until is not None:
            body["until"] = canonical.format_time(until)
        permitted = self.model.suspend(name, until, by, now)
        self.try_(permitted, self.say(by[0], "member.suspend/1", body, cosigners=by[1:]))

    @rule(number=numbers, by=numbers)
    def reinstate(self, number: int, by: int) -> None:
        name, official, now = self.name(number), self.name(by), self.now()
        body = {"member": self.village.id(name)}
        self.try_(self.model.reinstate(name, official, now), self.say(official, "member.reinstate/1", body))

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        name = self.name(number)
        self.try_(self.model.leave(name, self.now()), self.say(name, "member.leave/1", {}))

    # Contributions and tokens.

    @rule(number=numbers, minutes=st.sampled_from((0, 1, 5, 30, 59, 240)))
    def report(self, number: int, minutes: int) -> None:
        key, name, now = self.new("contribution"), self.name(number), self.now()
        body = {"kind": "cleaning", "quantity": minutes, "on": canonical.format_time(now)[:10]}
        permitted = self.model.report(key, name, minutes, now)
        self.try_(permitted, self.say(name, "contribution.report/1", body), "con", key)

    @rule(number=numbers, by=numbers)
    def attest(self, number: int, by: int) -> None:
        key, name, now = self.pick("contributions", number), self.name(by), self.now()
        body = {"contribution": self.village.id(key)}
        self.try_(self.model.attest(key, name, now), self.say(name, "contribution.attest/1", body))

    @rule(number=numbers, by=numbers)
    def object(self, number: int, by: int) -> None:
        key, name, now = self.pick("contributions", number), self.name(by), self.now()
        body = {"contribution": self.village.id(key), "reason": PAPER}
        self.try_(self.model.object(key, name, now), self.say(name, "contribution.object/1", body))

    @rule(number=numbers, by=numbers, uphold=st.booleans())
    def resolve(self, number: int, by: int, *, uphold: bool) -> None:
        key, name, now = self.pick("contributions", number), self.name(by), self.now()
        decision = "uphold" if uphold else "reverse"
        body = {"contribution": self.village.id(key), "decision": decision, "reason": PAPER}
        permitted = self.model.resolve(key, name, now, uphold=uphold)
        self.try_(permitted, self.say(name, "contribution.resolve/1", body))

    @rule(number=numbers, by=numbers)
    def withdraw(self, number: int, by: int) -> None:
        key, name = self.pick("contributions", number), self.name(by)
        self.now()
        body = {"contribution": self.village.id(key)}
        self.try_(self.model.withdraw(key, name), self.say(name, "contribution.withdraw/1", body))

    @rule(by=numbers, to=numbers, amount=st.integers(-1, 30))
    def gift(self, by: int, to: int, amount: int) -> None:
        giver, taker = self.name(by), self.name(to)
        self.now()
        body = {"to": self.village.id(taker), "amount": amount}
        self.try_(self.model.gift(giver, taker, amount), self.say(giver, "token.gift/1", body))

    @rule(by=numbers, number=numbers, amount=st.integers(0, 20))
    def give_back(self, by: int, number: int, amount: int) -> None:
        name, serial = self.name(by), number % max(1, len(self.model.movements))
        self.now()
        movement = self.village.state.children(tokens.Movement)[serial].id
        body = {"movement": movement, "amount": amount, "reason": PAPER}
        self.try_(self.model.give_back(name, serial, amount), self.say(name, "token.reverse/1", body))

    # Resources and bookings.

    @rule(
        by=numbers,
        quantity=st.none() | st.integers(0, 5),
        capacity=st.integers(1, 3),
        cost=st.integers(0, 3),
        deposit=st.integers(0, 2),
        terms=st.integers(0, 3),
    )
    def offer(self, by: int, quantity: int | None, capacity: int, cost: int, deposit: int, terms: int) -> None:
        key, name = self.new("thing"), self.name(by)
        self.now()
        confirm, free, share = bool(terms % 2), (0, 24)[terms // 2], (Fraction(0), Fraction(1, 2))[terms // 2]
        said = {
            "cancellation": {"denominator": share.denominator, "free_hours": free, "numerator": share.numerator},
            "cost": cost,
            "deposit": deposit,
            "needs_confirmation": confirm,
            "title": PAPER,
        }
        always = [{"weekday": day, "opens": 0, "closes": 1440} for day in range(7)]
        stock = {"kind": "stock", "quantity": quantity, "unit": "item"}
        calendar = {"buffer": 60, "capacity": capacity, "kind": "calendar", "opening": always, "slot": 60}
        body = {"availability": calendar if quantity is None else stock, "terms": said}
        fields = {"cost": cost, "deposit": deposit, "confirm": confirm, "free": free * HOUR, "share": share}
        permitted = self.model.offer(key, name, quantity=quantity, capacity=capacity, buffer=HOUR, **fields)
        self.try_(permitted, self.say(name, "resource.offer/1", body), "res", key)

    @rule(number=numbers, by=numbers, change=st.integers(-4, 4))
    def restock(self, number: int, by: int, change: int) -> None:
        key, name = self.pick("resources", number), self.name(by)
        self.now()
        body = {"resource": self.village.id(key), "change": change}
        self.try_(self.model.restock(key, name, change), self.say(name, "resource.restock/1", body))

    @rule(number=numbers, by=numbers)
    def close(self, number: int, by: int) -> None:
        key, name = self.pick("resources", number), self.name(by)
        self.now()
        body = {"resource": self.village.id(key)}
        self.try_(self.model.close(key, name), self.say(name, "resource.close/1", body))

    @rule(number=numbers, by=numbers, quantity=st.integers(0, 3), start=st.integers(-1, 30), hours=st.integers(0, 3))
    def book(self, number: int, by: int, quantity: int, start: int, hours: int) -> None:
        key, thing, name, now = self.new("booking"), self.pick("resources", number), self.name(by), self.now()
        body = {"resource": self.village.id(thing), "quantity": quantity}
        span = None
        if self.model.resources[thing]["quantity"] is None:
            starts = (now // HOUR + 1 + start) * HOUR
            span = (starts, starts + hours * HOUR)
            body |= {"starts": canonical.format_time(span[0]), "ends": canonical.format_time(span[1])}
        permitted = self.model.book(key, name, thing, now, quantity=quantity, span=span)
        self.try_(permitted, self.say(name, "booking.request/1", body), "bkg", key)

    @rule(number=numbers, by=numbers, act=st.sampled_from(("confirm", "refuse", "cancel", "hand_over", "settle")))
    def go_on(self, number: int, by: int, act: str) -> None:
        now = self.now()
        if not self.model.bookings:
            return
        key = self.pick("bookings", number)
        booking = self.model.bookings[key]
        # Mostly one of those whom it concerns.
        names = (booking["member"], self.model.resources[booking["thing"]]["provider"], self.name(by))
        name = names[by % 3]
        more = () if act == "refuse" else (now,)
        permitted = getattr(self.model, act)(key, name, *more)
        self.try_(permitted, self.say(name, f"booking.{act}/1", {"booking": self.village.id(key)}))

    # Votes.

    @rule(by=numbers, kind=st.sampled_from(("ordinary", "rules")), adopts=st.integers(0, len(RULES) - 1))
    def propose(self, by: int, kind: str, adopts: int) -> None:
        key, name = self.new("proposal"), self.name(by)
        self.now()
        effect = {"effect": "rule", "kind": "ordinary", "document": rule_document(RULES[adopts])}
        body = {"kind": kind, "title": PAPER, "text": PAPER, "effects": [effect] if kind == "rules" else []}
        permitted = self.model.active(name)
        self.try_(permitted, self.say(name, "proposal.draft/1", body), "prop", key)
        if permitted:
            opening = self.now()
            assert self.model.propose(key, name, kind, RULES[adopts] if kind == "rules" else None, opening)
            self.try_(True, self.say(name, "proposal.open/1", {"proposal": self.village.id(key)}))  # noqa: FBT003

    @rule(number=numbers, by=numbers, choice=st.sampled_from(CHOICES), replaces=st.integers(0, 3))
    def vote(self, number: int, by: int, choice: str, replaces: int) -> None:
        self.ballot(number, self.name(by), choice, replaces, enter=False)

    @rule(number=numbers, by=numbers, choice=st.sampled_from(CHOICES), replaces=st.integers(0, 3))
    def enter(self, number: int, by: int, choice: str, replaces: int) -> None:
        self.ballot(number, self.name(by), choice, replaces, enter=True)

    def ballot(self, number: int, name: str, choice: str, replaces: int, *, enter: bool) -> None:
        key, statement, now = self.pick("proposals", number), self.new("statement"), self.now()
        before = self.model.proposals[key]["ballots"].get(name)
        # Mostly what should be said; now and then nothing, or another's.
        named = before and before["statement"] if replaces else (None if replaces % 2 else self.any_statement())
        body: dict[str, Any] = {"proposal": self.village.id(key), "choice": choice}
        more: dict[str, Any] = {"replaces": named and self.village.id(named)}
        if enter:
            body["paper"] = PAPER
            more |= {"for_": name, "via": "paper", "cosigners": ("Hanako",)}
            permitted = self.model.active("Jiro", "Hanako") and name not in {"Jiro", "Hanako"}
            permitted = permitted and bool(self.model.roles.get("Jiro") and self.model.roles.get("Hanako"))
            permitted = permitted and self.model.enter(key, name, choice, statement, named, now)
        else:
            permitted = self.model.vote(key, name, choice, statement, named, now)

        def say() -> Entry:
            entry = self.village.say("Jiro" if enter else name, "ballot.cast/1", body, **more)
            self.village.ids[statement] = canonical.b64(entry.id)
            return entry

        self.try_(permitted, say)

    def any_statement(self) -> str | None:
        """Some ballot's, if there is one."""
        every = [b["statement"] for p in self.model.proposals.values() for b in p["ballots"].values()]
        return every[self.keys % len(every)] if every else None

    @rule(number=numbers, by=numbers)
    def disown(self, number: int, by: int) -> None:
        key, name, now = self.pick("proposals", number), self.name(by), self.now()
        ballot = self.model.proposals[key]["ballots"].get(name)
        replaces = ballot and self.village.id(ballot["statement"])
        body = {"proposal": self.village.id(key)}
        self.try_(self.model.disown(key, name, now), self.say(name, "ballot.object/1", body, replaces=replaces))

    @rule(number=numbers, seed=st.integers(0, 999))
    def the_order_of_ballots_is_irrelevant(self, number: int, seed: int) -> None:
        """The same ballots, folded in two orders onto what is there and closed, come to the same."""
        key = self.pick("proposals", number)
        proposal, random = self.model.proposals[key], Random(seed)
        self.village.wait(0)
        self.model.advance(self.village.time)
        if not self.model.voting(key, self.village.time):
            return
        cast = []
        for name in proposal["roll"]:
            if self.model.active(name) and name not in proposal["ballots"]:
                body = {"proposal": self.village.id(key), "choice": random.choice(CHOICES[:3])}
                statement = self.village.statement(name, "ballot.cast/1", body)
                draft, signatures = self.village.signed(statement, [name])
                cast.append(parse_leaf(build_leaf(draft.data, signatures, self.village.time)))
        shuffled = random.sample(cast, len(cast))
        results = [self.fork(order, self.village.id(key), proposal["closes"]) for order in (cast, shuffled)]
        assert results[0] == results[1]

    def fork(self, cast: list[Entry], proposal: str, closes: int) -> tuple[Any, ...]:
        """What a proposal comes to if these ballots are cast now, in this order."""
        state = self.village.state
        for index, entry in enumerate(cast, self.village.size):
            fold.apply(BOOKS, state, self.village, index, entry, (keys.Facts(),))
        fold.drain(BOOKS, state, self.village.size + len(cast), closes)
        found = state.need(Proposal, proposal)
        counted = {ballot.member: ballot.choice for ballot in ballots.of(state, found)}
        return found.tally, found.outcome, counted

    # What must be the same.

    def compare(self) -> None:
        state = self.village.state
        self._compare_people(state)
        self._compare_sharing(state)
        for key, proposal in self.model.proposals.items():
            self._compare_vote(state, key, proposal)
        audit(self.village.memory)

    def _compare_people(self, state: State) -> None:
        for name, found in self.model.members.items():
            id_ = self.village.id(name)
            member, account = state.need(Member, id_), tokens.account(state, id_)
            assert (member.cls, member.status) == (found["cls"], found["status"])
            assert (account.total, account.held) == (self.model.total(name), self.model.held(name))
            assert 0 <= account.held <= account.total
        names = {id_: name for name, id_ in self.village.ids.items()} | {"commons": "commons"}
        rows = [(m.verb, names[m.source], names[m.target], m.amount) for m in state.children(tokens.Movement)]
        assert rows == [(m["verb"], m["source"], m["target"], m["amount"]) for m in self.model.movements]
        left = [m.amount - m.reversed for m in state.children(tokens.Movement) if not m.reverses]
        assert left == [self.model.remaining(n) for n, m in enumerate(self.model.movements) if m["reverses"] is None]
        for key, found in self.model.contributions.items():
            assert state.need(Contribution, self.village.id(key)).state == found["state"]

    def _compare_sharing(self, state: State) -> None:
        for key, thing in self.model.resources.items():
            resource = state.need(Resource, self.village.id(key))
            assert resource.open == thing["open"]
            if thing["quantity"] is not None:
                assert (resource.quantity, resource.available) == (thing["quantity"], self.model.stock(key))
                assert resource.available >= 0
        for key, booking in self.model.bookings.items():
            found = state.need(Booking, self.village.id(key))
            assert (found.state, found.cost) == (booking["state"], booking["cost"])
            assert not found.slots or self.model.taken(booking["thing"], found.starts) <= self._capacity(booking)

    def _capacity(self, booking: dict[str, Any]) -> int:
        return int(self.model.resources[booking["thing"]]["capacity"])

    def _compare_vote(self, state: State, key: str, proposal: dict[str, Any]) -> None:
        found = state.need(Proposal, self.village.id(key))
        stage = found.stage(self.village.time - 1000)
        assert (found.opened_index is not None) == (proposal["opens"] is not None)
        if found.opened_index is None:
            assert stage in ("scheduled", "voting")  # the latter for an instant, until the opening is applied
            return
        counted = pinned(state, found)
        members = {name: self.village.id(name) for name in self.model.members}
        roll = {name: ballots.voting_weight(state, found, counted, id_) for name, id_ in members.items()}
        assert {name: weight for name, weight in roll.items() if weight} == proposal["roll"]
        assert (found.opens_at, found.closes_at) == (proposal["opens"], proposal["closes"])
        cast = {b.member: (b.choice, b.statement, b.counts) for b in state.children(Ballot, found.id)}
        assert cast == {
            self.village.id(name): (b["choice"], self.village.id(b["statement"]), b["counts"])
            for name, b in proposal["ballots"].items()
        }
        assert stage == (proposal["done"] or proposal["outcome"] or "voting")
        if found.tally is not None:
            tally = {choice: (count.heads, count.weight) for choice, count in found.tally.items()}
            assert tally == self.model.tally(key)
        if proposal["done"] == "executed":
            assert found.executed_at is not None
        document = rules.current(state, "ordinary").document
        assert document == rule_document(self.model.rules["ordinary"])

    def teardown(self) -> None:
        """The auditor's way: every leaf anew, over dictionaries and over SQLite."""
        expected = [record.line() for _, record in sorted(self.village.memory.records.items())]
        with tempfile.TemporaryDirectory() as folder:
            sqlite = SqliteDesk(Path(folder) / "desk.sqlite3", BOOKS)
            for desk in (MemoryDesk(), sqlite):
                for index, leaf in enumerate(self.village.leaves):
                    entry, state = parse_leaf(leaf), State(desk)
                    facts = tuple(keys.verify_statement(s, entry.statement_bytes) for s in entry.signatures)
                    fold.apply(BOOKS, state, self.village, index, entry, facts)
                    desk.absorb(state)
                found = [line for _, _, line in desk.lines()]
                assert hashlib.sha256(b"\n".join(found)).digest() == hashlib.sha256(b"\n".join(expected)).digest()
                for kind in ("member", "role", "balance"):
                    moment = (kind, self.village.size, self.village.time)
                    assert dict(desk.traces(*moment)) == dict(self.village.memory.traces(*moment))
            sqlite.close()


LONG = bool(os.environ.get("YUI_LONG_TESTS"))
TestCoOp = CoOp.TestCase
TestCoOp.settings = settings(
    deadline=None, max_examples=1500 if LONG else 60, stateful_step_count=120 if LONG else 40, print_blob=True
)
