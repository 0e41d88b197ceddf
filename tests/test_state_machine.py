"""Whatever members do, in whatever order: fold, reference model and auditor's desk come to the same.

After every act the fold's records are held against the naive model, and against what must hold by itself
(``audit``: tokens are conserved, nothing is negative, no place is taken twice). At the end every leaf is folded
anew, over dictionaries and over SQLite. ``YUI_LONG_TESTS=1`` tries eighty times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from governance.all_books import BOOKS
from governance.books import tallying
from governance.books.proposals import Proposal
from ledger import canonical, fold, ids, keys
from ledger.books import tokens
from ledger.compose import Private
from ledger.errors import Refusal
from ledger.statement import Entry, build_leaf, parse_leaf
from tests.generated import LONG, generated
from tests.reference_compare import compare, fold_again, rule_document
from tests.reference_model import Model
from tests.simulator import DAY, HOUR, Village

NAMES = ("Hanako", "Jiro", "Ume", "Kenta", "Matsu", "Aki", "Sato")
PAIRS = (("Hanako", "Jiro"), ("Hanako", "Jiro"), ("Jiro", "Hanako"), ("Hanako", "Ume"))
PAPER = Private("scan")
TEXT = {"effect": "text"}
WANTED = {
    "confirm": ("requested",),
    "refuse": ("requested",),
    "cancel": ("requested", "confirmed"),
    "hand_over": ("confirmed",),
    "settle": ("confirmed", "handed_over"),
}
CHOICES = ("yes", "yes", "no", "abstain")
NAMED = ("right",) * 6 + ("none", "another")


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
        "late": 0,
        "seconders": 0,
        "delegates": False,
        "veto": 0,
    }
    return plain | changes


RULES = (
    rule_model(delay=HOUR),
    rule_model(share=Fraction(2, 3), of="all", strict=False, voting=2 * DAY, delay=3 * DAY),
    rule_model(quorum=Fraction(1, 2), of="yes_no", voting=3 * DAY, timelock=DAY),
    rule_model(weights={"member": 3, "supporter": 1}, delay=DAY),
    rule_model(weights={"supporter": 2}, share=Fraction(3, 4), strict=False),
    rule_model(delegates=True, delay=HOUR, voting=3 * DAY),
    rule_model(weights={"member": 2, "supporter": 1}, delegates=True, quorum=Fraction(2, 3), voting=3 * DAY),
    rule_model(late=2 * DAY, quorum=Fraction(1, 2), of="yes_no", voting=DAY),
    rule_model(seconders=1, veto=2, timelock=2 * DAY, voting=DAY),
)
NEXT, JUST_BEFORE = -1, -2
"""To the very moment of what falls due next, or a millisecond before it."""
WAITS = (*(0,) * 48, *(NEXT,) * 4, *(JUST_BEFORE,) * 2, 1, HOUR, 6 * HOUR, DAY, DAY, 3 * DAY, 8 * DAY, 91 * DAY)
ACTS = (
    *("join", "appoint", "suspend", "reinstate", "leave"),
    *("report", "attest", "attest", "object", "object", "resolve", "withdraw", "gift", "gift", "give_back"),
    *("offer", "offer", "restock", "close", "book", "book", "book", "book"),
    *("go_on",) * 9,
    *("propose", "vote", "vote", "vote", "vote", "enter", "enter", "disown", "shuffle"),
    *("second", "delegate", "delegate", "revoke", "veto", "veto", "veto"),
)
"""What may come next, each as often as it stands here."""


class CoOp(RuleBasedStateMachine):
    """A small co-op. ``ids`` of the village know everything by the model's keys, statements included."""

    @initialize(number=st.integers(0, 2**32))
    def found(self, number: int) -> None:
        """Under one of the rules; those of rules themselves stay plain."""
        ordinary = Random(number).choice((RULES[0], *RULES[-4:]))
        kinds = ("ordinary", "rules", "policy", "role", "admit")
        by_kind = dict.fromkeys(kinds, rule_document(RULES[0])) | {"ordinary": rule_document(ordinary)}
        self.village = Village("Hanako", rules=by_kind)
        self.model = Model(RULES[0])
        self.model.rules["ordinary"] = ordinary
        self.model.join("Hanako", "member", self.village.time - 1000)
        self.model.roles["Hanako"] = {"administrator"}
        self.keys = 0
        self.past = ""
        start = (
            *(("join", 0, number == 3, 0) for number in (1, 2, 3)),
            ("appoint", 1, 0, 0),
            # Hanako stays out of it, so that she can decide disputes.
            *(("report", number, 0, 0) for number in (1, 2, 3)),
            *(("attest", 1, by, 0) for by in (2, 3, 2)),
            ("offer", 2, 0, 0),
            ("offer", 3, 1, 0),
            *(("delegate", number, number % 3 + 1, 0) for number in (1, 2) if ordinary["delegates"]),
            ("propose", 1, 1, 0),
        )
        for act, a, b, c in start:
            self.do(0, act, a, b, c)

    # Helpers.

    def name(self, number: int) -> str:
        """A member: one of those who are active, or now and then anyone."""
        every = list(self.model.members)
        likely = [name for name in every if self.model.active(name)]
        names = likely if likely and number % 7 else every
        return names[number % len(names)]

    def pick(self, kind: str, number: int, likely: Callable[[str, Any], Any] = lambda _key, _thing: True) -> str:
        """A key of the model's (there is always one): one of those that something can be done with, or now and then
        any.
        """
        things = getattr(self.model, kind)
        keys_ = [key for key, thing in things.items() if likely(key, thing)] if number % 7 else []
        return str((keys_ or list(things))[number % len(keys_ or things)])

    def state_is(self, *states: str) -> Callable[[str, Any], bool]:
        return lambda _key, thing: thing["state"] in states

    def is_voting(self, key: str, _proposal: Any) -> bool:
        return self.model.voting(key, self.village.time)

    def new(self, prefix: str) -> str:
        self.keys += 1
        return f"{prefix} {self.keys}"

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

    @rule(number=st.integers(0, 2**32))
    def act(self, number: int) -> None:
        """After a while somebody does something; chance says who, with what, and how. Hypothesis likes to repeat
        itself, which makes for votes of a single voter: the same number means something else after another past.
        """
        self.past = f"{self.past} {number}"
        chance = Random(self.past)
        self.do(chance.choice(WAITS), chance.choice(ACTS), *(chance.randrange(420) for _ in range(3)))

    def do(self, after: int, act: str, a: int, b: int, c: int) -> None:
        note(f"{act} {a} {b} {c} after {after} ms")
        due = min((time for time, _ in self.model.due.values()), default=0)
        moments = {NEXT: due, JUST_BEFORE: due - 1}
        self.village.time = max(self.village.time, moments.get(after, self.village.time + after))
        self.model.advance(self.village.time)
        getattr(self, act)(self.village.time, a, b, c)

    # People.

    def join(self, _now: int, _a: int, b: int, _c: int) -> None:
        if len(self.model.members) < len(NAMES) and "Hanako" in self.model.roles:
            name, cls = NAMES[len(self.model.members)], ("member", "supporter")[b % 2]
            self.village.join(name, cls)
            self.model.advance(self.village.time - 1000)
            self.model.join(name, cls, self.village.time - 1000)
            self.compare()

    def appoint(self, _now: int, a: int, b: int, _c: int) -> None:
        name, role = self.name(a), ("facilitator", "administrator")[b % 2]
        permitted = self.model.active(name, "Hanako") and "administrator" in self.model.roles.get("Hanako", set())
        if permitted:
            self.model.roles.setdefault(name, set()).add(role)
        self.try_(permitted, self.say("Hanako", "role.give/1", {"member": self.village.id(name), "role": role}))

    def suspend(self, now: int, a: int, b: int, c: int) -> None:
        by, days = PAIRS[b % len(PAIRS)], (3, None, 9, 3, 0)[c % 5]
        name = self.pick("members", a, lambda name, found: found["status"] == "active" and name not in by)
        self.suspended(name, by, None if days is None else now + days * DAY)

    def suspended(self, name: str, by: tuple[str, str], until: int | None) -> None:
        body = {"member": self.village.id(name), "reason": PAPER}
        if until is not None:
            body["until"] = canonical.format_time(until)
        now = self.village.time
        self.model.advance(now)
        permitted = self.model.suspend(name, until, by, now)
        self.try_(permitted, self.say(by[0], "member.suspend/1", body, cosigners=by[1:]))

    def reinstate(self, now: int, a: int, b: int, _c: int) -> None:
        name, by = self.pick("members", a, lambda _, found: found["status"] == "suspended"), PAIRS[b % len(PAIRS)][0]
        body = {"member": self.village.id(name)}
        self.try_(self.model.reinstate(name, by, now), self.say(by, "member.reinstate/1", body))

    def leave(self, now: int, a: int, b: int, c: int) -> None:
        if b % 3 == 0:
            name = self.pick("members", a, lambda _, found: found["status"] == "suspended") if c % 2 else self.name(a)
            self.try_(self.model.leave(name, now), self.say(name, "member.leave/1", {}))

    # Contributions and tokens.

    def report(self, now: int, a: int, b: int, _c: int) -> None:
        key, name, minutes = self.new("contribution"), self.name(a), (240, 59, 30, 5, 1, 0)[b % 6]
        body = {"kind": "cleaning", "quantity": minutes, "on": canonical.format_time(now)[:10]}
        permitted = self.model.report(key, name, minutes, now)
        self.try_(permitted, self.say(name, "contribution.report/1", body), "con", key)

    def attest(self, now: int, a: int, b: int, _c: int) -> None:
        key, name = self.pick("contributions", a, self.state_is("reported")), self.name(b)
        body = {"contribution": self.village.id(key)}
        self.try_(self.model.attest(key, name, now), self.say(name, "contribution.attest/1", body))

    def object(self, now: int, a: int, b: int, _c: int) -> None:
        key, name = self.pick("contributions", a, self.state_is("reported", "attested")), self.name(b)
        body = {"contribution": self.village.id(key), "reason": PAPER}
        self.try_(self.model.object(key, name, now), self.say(name, "contribution.object/1", body))

    def resolve(self, now: int, a: int, b: int, c: int) -> None:
        if not any(found["state"] == "disputed" for found in self.model.contributions.values()):
            self.object(now, a, b, c)
            return
        key, uphold = self.pick("contributions", a, self.state_is("disputed")), c % 2 == 0
        name = self.name(b) if b % 4 == 0 else "Hanako"
        decision = "uphold" if uphold else "reverse"
        body = {"contribution": self.village.id(key), "decision": decision, "reason": PAPER}
        permitted = self.model.resolve(key, name, now, uphold=uphold)
        self.try_(permitted, self.say(name, "contribution.resolve/1", body))

    def withdraw(self, _now: int, a: int, b: int, _c: int) -> None:
        key = self.pick("contributions", a, self.state_is("reported"))
        name = self.name(b) if b % 4 == 0 else self.model.contributions[key]["member"]
        body = {"contribution": self.village.id(key)}
        self.try_(self.model.withdraw(key, name), self.say(name, "contribution.withdraw/1", body))

    def gift(self, _now: int, a: int, b: int, c: int) -> None:
        giver, taker, amount = self.name(a), self.name(b), (1, 3, 7, 20, 0, -1)[c % 6]
        body = {"to": self.village.id(taker), "amount": amount}
        self.try_(self.model.gift(giver, taker, amount), self.say(giver, "token.gift/1", body))

    def give_back(self, _now: int, a: int, b: int, c: int) -> None:
        seen = self.village.state.children(tokens.Movement)  # the model may be ahead: nobody has seen that yet
        likely = [n for n, m in enumerate(seen) if m.verb in {"gift", "capture"}]
        serial = likely[a % len(likely)] if likely and a % 7 else a % len(seen)
        target, amount = self.model.movements[serial]["target"], (1, 2, 5, 20, 0)[c % 5]
        name = self.name(b) if b % 5 == 0 or target == "commons" else target
        body = {"movement": seen[serial].id, "amount": amount, "reason": PAPER}
        self.try_(self.model.give_back(name, serial, amount), self.say(name, "token.reverse/1", body))

    # Resources and bookings.

    def offer(self, _now: int, a: int, b: int, c: int) -> None:
        key, name, quantity, capacity = self.new("thing"), self.name(a), (5, None, None, 2)[b % 4], 1 + a % 3
        cost, deposit, confirm = (1, 0, 3)[b % 3], c % 2, c // 2 % 2 == 0
        free, share = ((0, Fraction(0)), (24, Fraction(1, 2)))[c // 4 % 2]
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

    def restock(self, _now: int, a: int, b: int, c: int) -> None:
        key = self.pick("resources", a, lambda _, thing: thing["quantity"] is not None)
        name, change = self.name(b) if b % 5 == 0 else self.model.resources[key]["provider"], (1, 4, -1, -4, 0)[c % 5]
        body = {"resource": self.village.id(key), "change": change}
        self.try_(self.model.restock(key, name, change), self.say(name, "resource.restock/1", body))

    def close(self, _now: int, a: int, b: int, c: int) -> None:
        if c % 3 == 0:
            key, name = self.pick("resources", a), self.name(b)
            body = {"resource": self.village.id(key)}
            self.try_(self.model.close(key, name), self.say(name, "resource.close/1", body))

    def book(self, now: int, a: int, b: int, c: int) -> None:
        key, name, quantity = self.new("booking"), self.name(a), (1, 1, 1, 1, 1, 2, 3, 0)[b % 8]
        thing = self.pick("resources", b, lambda _, thing: thing["open"] and thing["provider"] != name)
        body = {"resource": self.village.id(thing), "quantity": quantity}
        span = None
        if self.model.resources[thing]["quantity"] is None:
            # Mostly the same two days around the same hours, so that bookings get into each other's way.
            starts = (now // (2 * DAY) + 1) * 2 * DAY + c // 6 % 40 * HOUR if c % 9 else now // HOUR * HOUR
            span = (starts, starts + (2, 3, 2, 1, 26, 0)[a % 6] * HOUR)
            body |= {"starts": canonical.format_time(span[0]), "ends": canonical.format_time(span[1])}
        permitted = self.model.book(key, name, thing, now, quantity=quantity, span=span)
        self.try_(permitted, self.say(name, "booking.request/1", body), "bkg", key)

    def go_on(self, now: int, a: int, b: int, c: int) -> None:
        """With a booking that there is, mostly by one of those whom it concerns."""
        is_open = self.state_is("requested", "confirmed", "handed_over")
        if not any(is_open(key, booking) for key, booking in self.model.bookings.items()):
            self.book(now, a, b, c)
            return
        key = self.pick("bookings", a, is_open)
        booking = self.model.bookings[key]
        next_ = {"requested": ("confirm", "confirm", "refuse"), "confirmed": ("hand_over", "hand_over", "settle")}
        act = (*next_.get(booking["state"], ("settle", "settle", "hand_over")), "cancel")[c % 4]
        parties = (booking["member"], self.model.resources[booking["thing"]]["provider"])
        likely = parties[b % 2] if act == "cancel" else parties[act != "settle"]
        name = self.name(b) if b % 7 == 0 else likely
        permitted = getattr(self.model, act)(key, name, *(() if act == "refuse" else (now,)))
        self.try_(permitted, self.say(name, f"booking.{act}/1", {"booking": self.village.id(key)}))

    # Votes.

    def propose(self, _now: int, a: int, b: int, c: int) -> None:
        key, name, adopts = self.new("proposal"), self.name(a), RULES[b % len(RULES)] if c % 2 else None
        effect = {"effect": "rule", "kind": "ordinary", "document": rule_document(adopts)} if adopts else TEXT
        kind = "rules" if adopts else "ordinary"
        body = {"kind": kind, "title": PAPER, "text": PAPER, "effects": [effect]}
        permitted = self.model.draft(key, name, kind, adopts)
        if permitted:
            # The model knows it before the ledger does.
            entry = self.village.say(name, "proposal.draft/1", body)
            self.village.ids[key] = ids.object_id("prop", entry.id)
            self.compare()
            if self.model.rules[kind]["seconders"] and b % 4:
                self.seconded(key, self.name(a + 1))
            self.call(key, name)
        else:
            self.try_(permitted, self.say(name, "proposal.draft/1", body))

    def call(self, key: str, name: str) -> None:
        now = self.village.time
        self.model.advance(now)
        called = self.model.call(key, name, now)
        self.try_(called, self.say(name, "proposal.open/1", {"proposal": self.village.id(key)}))

    def second(self, now: int, a: int, b: int, c: int) -> None:
        """Then its proposer tries again to have it put to the vote; now and then that one is suspended meanwhile."""
        if all(found["called"] is not None for found in self.model.proposals.values()):
            self.propose(now, a, b, 0)
        key = self.pick("proposals", a, lambda _, found: found["called"] is None)
        self.seconded(key, self.name(b))
        if c % 3 == 0:
            self.suspended(self.name(b), PAIRS[c % len(PAIRS)], None)
        self.call(key, self.model.proposals[key]["by"])

    def seconded(self, key: str, name: str) -> None:
        self.model.advance(self.village.time)
        body = {"proposal": self.village.id(key), "version": 1}
        self.try_(self.model.second(key, name), self.say(name, "proposal.second/1", body))

    def delegate(self, _now: int, a: int, b: int, _c: int) -> None:
        name, to = self.name(a), self.name(b)
        permitted = self.model.give(name, to)
        self.try_(permitted, self.say(name, "delegation.give/1", {"to": self.village.id(to)}))

    def revoke(self, _now: int, a: int, b: int, _c: int) -> None:
        named = list(self.model.delegates)
        name = named[a % len(named)] if named and b % 5 else self.name(a)
        self.try_(self.model.revoke(name), self.say(name, "delegation.revoke/1", {}))

    def veto(self, now: int, a: int, b: int, c: int) -> None:
        if not any(found["executes"] and not found["done"] for found in self.model.proposals.values()):
            self.vote(now, a, b, c)
            return
        key, name = self.pick("proposals", a, lambda _, found: found["executes"] and not found["done"]), self.name(b)
        self.try_(
            self.model.veto(key, name, now), self.say(name, "proposal.veto/1", {"proposal": self.village.id(key)})
        )

    def vote(self, now: int, a: int, b: int, c: int) -> None:
        """A few of them one after the other, each in their own way."""
        if not any(self.is_voting(key, None) for key in self.model.proposals):
            self.propose(now, a, b, c)
            openings = [time for name, (time, _) in self.model.due.items() if name.startswith("proposal.opens")]
            self.village.time = max(self.village.time, min(openings, default=0))
        for number in range(1 + c % 4):
            self.ballot(a, self.name(b + number), c + number * b, enter=False)

    def enter(self, _now: int, a: int, b: int, c: int) -> None:
        self.ballot(a, self.name(b), c, enter=True)

    def ballot(self, number: int, name: str, how: int, *, enter: bool) -> None:
        statement, now = self.new("statement"), self.village.time
        self.model.advance(now)
        key, choice = self.pick("proposals", number, self.is_voting), CHOICES[how % 4] if how % 9 else "maybe"
        before = self.model.proposals[key]["ballots"].get(name)
        names = {"right": before and before["statement"], "none": None, "another": self.any_statement(how)}
        named = names[NAMED[how // 4 % len(NAMED)]]
        body: dict[str, Any] = {"proposal": self.village.id(key), "choice": choice}
        more: dict[str, Any] = {"replaces": named and self.village.id(named)}
        if enter:
            body["paper"] = PAPER
            more |= {"for_": name, "via": "paper", "cosigners": ("Hanako",)}
            officials = self.model.active("Jiro", "Hanako") and self.model.roles.get("Jiro")
            permitted = bool(officials and self.model.roles.get("Hanako")) and name not in {"Jiro", "Hanako"}
            permitted = permitted and self.model.enter(key, name, choice, statement, named, now)
        else:
            permitted = self.model.vote(key, name, choice, statement, named, now)

        def say() -> Entry:
            entry = self.village.say("Jiro" if enter else name, "ballot.cast/1", body, **more)
            self.village.ids[statement] = canonical.b64(entry.id)
            return entry

        self.try_(permitted, say)

    def any_statement(self, number: int) -> str | None:
        """Some ballot's, if there is one."""
        every = [b["statement"] for p in self.model.proposals.values() for b in p["ballots"].values()]
        return every[number % len(every)] if every else None

    def disown(self, now: int, a: int, b: int, c: int) -> None:
        key = self.pick("proposals", a, self.is_voting)
        entered = [name for name, ballot in self.model.proposals[key]["ballots"].items() if ballot["entered"]]
        if not entered:
            self.enter(now, a, b, c)
            return
        name = entered[b % len(entered)] if b % 5 else self.name(b)
        ballot = self.model.proposals[key]["ballots"].get(name)
        replaces = ballot and self.village.id(ballot["statement"])
        body = {"proposal": self.village.id(key)}
        self.try_(self.model.disown(key, name, now), self.say(name, "ballot.object/1", body, replaces=replaces))

    def shuffle(self, now: int, a: int, b: int, _c: int) -> None:
        """The same ballots, folded in two orders onto what is there and closed, come to the same."""
        key, random = self.pick("proposals", a, self.is_voting), Random(b)
        proposal = self.model.proposals[key]
        if not self.model.voting(key, now):
            return
        cast = []
        for name in proposal["roll"]:
            if self.model.active(name) and name not in proposal["ballots"]:
                body = {"proposal": self.village.id(key), "choice": random.choice(CHOICES)}
                statement = self.village.statement(name, "ballot.cast/1", body)
                draft, signatures = self.village.signed(statement, [name])
                cast.append(parse_leaf(build_leaf(draft.data, signatures, now)))
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
        counted = {ballot.member: ballot.choice for ballot in tallying.cast(state, found)}
        return found.tally, found.outcome, counted

    def compare(self) -> None:
        compare(self.village, self.model)

    def teardown(self) -> None:
        fold_again(self.village)


TestCoOp = CoOp.TestCase
TestCoOp.settings = settings(generated(60, 2000), stateful_step_count=120 if LONG else 50, print_blob=True)
