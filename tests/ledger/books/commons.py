"""A co-op made of the ledger's own books alone, without signatures: quick enough to try thousands of acts.

Everything else is as in the fold: transitions due before an entry come first, and a refused statement
leaves no trace.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest

from ledger import canonical, ids
from ledger.books import (
    bookings,
    contributions,
    coop,
    joining,
    keys,
    leaving,
    members,
    membership,
    policies,
    resources,
    roles,
    slots,
    tokens,
)
from ledger.errors import Refusal
from ledger.fold import Books, Context, Moment, drain
from ledger.keys import Facts
from ledger.state import Due, Memory, State
from ledger.statement import Entry, Seen, Statement, statement_id

SECOND = 1000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
START = canonical.parse_time("2026-04-01T00:00:00.000Z")  # a Wednesday, 9 in the morning in Japan
NOTE = {"commit": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}

BOOKS = Books(
    (
        coop.BOOK,
        joining.BOOK,
        membership.BOOK,
        leaving.book(on_leave=(bookings.release_all, tokens.close)),
        roles.BOOK,
        policies.BOOK,
        contributions.BOOK,
        tokens.BOOK,
        resources.BOOK,
        bookings.BOOK,
    ),
    authenticate=keys.authenticate,
)

MEMBERS_POLICY: dict[str, Any] = {
    "admission": "administrator",
    "applications": "open",
    "appointed": ["administrator", "facilitator", "concierge", "steward"],
    "classes": ["member", "supporter"],
    "recovery_days": 7,
    "retention_days": 30,
}


def policy(**changes: Any) -> dict[str, Any]:
    """A commons policy with some members changed."""
    return {
        "mode": "tokens",
        "kinds": [
            {"code": "cleaning", "unit": "hour", "tokens": 2},
            {"code": "produce", "unit": "kg", "tokens": 1, "per": 3},
            {"code": "thanks", "unit": "session", "tokens": 0},
        ],
        "attestation": {"count": 1, "by": ["member"]},
        "claim_days": 30,
        "objection_seconds": 7 * 86_400,
        "gifts": "anyone",
        "bookings": {"payout": "provider", "confirm_days": 3, "pickup_days": 5, "settle_days": 2},
    } | changes


class Commons:
    """A co-op whose members are called by name."""

    def __init__(self, *names: str, **changes: Any) -> None:
        self.memory, self.time, self.index = Memory(), START, 1
        self.ids: dict[str, str] = {}
        self._count = 0
        state = self.state
        state.put(
            coop.Coop(
                id=coop.ID,
                index=0,
                origin="village.example/yui",
                fold=1,
                log_key="",
                clerk_key="",
                rp_ids=(),
                origins=(),
                utc_offset=540,
                fiscal_month=4,
                tiles="public",
                entries="public",
                profile="",
            )
        )
        policies.adopt(Moment(state, 0, START), "members", MEMBERS_POLICY)
        policies.adopt(Moment(state, 0, START), "commons", policy(**changes))
        self.memory.absorb(state)
        for name in names:
            self.join(name)

    @property
    def state(self) -> State:
        return State(self.memory)

    def join(self, name: str, cls: str = "member") -> str:
        id_ = ids.object_id("mem", name.encode().ljust(32))
        fields = {"cls": cls, "type": "person", "profile": "", "profile_path": "profile", "set_by": ""}
        self.act(lambda moment: members.enter(moment, id_, **fields))
        self.ids[name] = id_
        return id_

    def appoint(self, name: str, role: roles.RoleName) -> None:
        self.act(lambda moment: roles.give(moment, self.ids[name], role, roles.COOP, moment.time, None))

    def adopt(self, **changes: Any) -> None:
        self.act(lambda moment: policies.adopt(moment, "commons", policy(**changes)))

    def suspend(self, name: str) -> None:
        member = self.state.need(members.Member, self.ids[name])
        self.act(lambda moment: members.change(moment, member, status="suspended"))

    def grant(self, name: str, amount: int) -> None:
        """Tokens to begin with, by the verb."""
        self.act(lambda moment: tokens.mint(moment, self.ids[name], amount, cause=f"grant {self._count}"))

    def act(self, verb: Any) -> Any:
        """Something that a higher book brings about."""
        state = self._drained()
        result = verb(Moment(state, self.index, self.time))
        self._keep(state)
        return result

    def say(
        self,
        author: str,
        type_: str,
        body: dict[str, Any],
        *,
        cosigners: tuple[str, ...] = (),
        for_: str | None = None,
        seen: int | None = None,
    ) -> str:
        """The statement's base32 part, so that ``f"res_{…}"`` names what it created."""
        self._count += 1
        statement = Statement(
            at=canonical.format_time(self.time),
            author=self.ids[author],
            body=body,
            ledger="village.example/yui",
            nonce=canonical.b64(self._count.to_bytes(16, "big")),
            seen=Seen(root="", size=self.index if seen is None else seen),
            type=type_,
            v=1,
            cosigners=tuple(self.ids[name] for name in cosigners),
            for_=None if for_ is None else self.ids[for_],
            via=None if for_ is None else "assisted",
        )
        data = canonical.encode(msgspec.to_builtins(statement))
        entry = Entry(statement, data, statement_id(data), (), self.time)
        handler = BOOKS.handler(type_)
        assert for_ is None or handler.assisted
        state = self._drained()
        handler.apply(Context(state, self.index, entry, (Facts(),)), BOOKS.body(statement))
        self._keep(state)
        return ids.object_id("x", entry.id).removeprefix("x_")

    def wait(self, milliseconds: int) -> None:
        self.time += milliseconds
        self._keep(self._drained())

    def total(self, name: str) -> int:
        return tokens.account(self.state, self.ids[name]).total

    def available(self, name: str) -> int:
        return tokens.account(self.state, self.ids[name]).available

    def worked(self, name: str, by: str, minutes: int = 60, **more: Any) -> str:
        """A contribution reported and attested; its id."""
        id_ = "con_" + self.say(
            name, "contribution.report/1", {"kind": "cleaning", "quantity": minutes, "on": "2026-04-01", **more}
        )
        self.say(by, "contribution.attest/1", {"contribution": id_})
        return id_

    def _drained(self) -> State:
        state = self.state
        assert drain(BOOKS, state, self.index, self.time)
        return state

    def _keep(self, state: State) -> None:
        self.memory.absorb(state)
        self.index += 1
        self.time += SECOND
        audit(self.memory)


def refused(code: str) -> Any:
    """Expect that refusal and no other."""
    return pytest.raises(Refusal, match=rf"^{code.replace('.', '[.]')}( |$)")


def local(text: str) -> str:
    """``04-02 10:00`` in Japan, 2026, as a statement spells it."""
    return canonical.format_time(canonical.parse_time(f"2026-{text.replace(' ', 'T')}:00.000Z") - 9 * HOUR)


def every(memory: Memory, kind: type[Any]) -> list[Any]:
    return [record for (name, _), record in memory.records.items() if name == kind.kind]


def audit(memory: Memory) -> None:
    """What must hold at every index, worked out from the records without any of the books' functions."""
    _audit_tokens(memory)
    _audit_bookings(memory)
    _audit_days(memory)


def _audit_tokens(memory: Memory) -> None:
    accounts, holds = every(memory, tokens.Account), every(memory, tokens.Hold)
    totals: Counter[str] = Counter()
    undone: Counter[str] = Counter()
    minted = burned = 0
    for movement in every(memory, tokens.Movement):
        assert movement.amount > 0
        assert movement.source != movement.target
        totals[movement.source] -= movement.amount
        totals[movement.target] += movement.amount
        minted += movement.amount if movement.source == tokens.COMMONS else 0
        burned += movement.amount if movement.target == tokens.COMMONS else 0
        undone[movement.reverses] += movement.amount
    for movement in every(memory, tokens.Movement):
        assert undone[movement.id] == movement.reversed <= movement.amount
    assert sum(totals.values()) == 0
    assert sum(account.total for account in accounts) == minted - burned
    held: Counter[str] = Counter()
    for hold in holds:
        assert hold.amount > 0
        held[hold.member] += hold.amount
    for account in accounts:
        assert 0 <= account.held <= account.total
        postings = [record for record in every(memory, tokens.Posting) if record.account == account.id]
        assert account.total == totals[account.id] == sum(posting.change for posting in postings)
        assert account.held == held[account.id]
        assert memory.traced("balance", account.id, 10**9, 10**15) == account.total
    for supply in every(memory, tokens.Supply):
        assert (supply.minted, supply.burned, supply.held) == (minted, burned, held.total())


def _audit_bookings(memory: Memory) -> None:
    open_ = [b for b in every(memory, bookings.Booking) if b.state in ("requested", "confirmed", "handed_over")]
    assert {o.booking for o in every(memory, bookings.OpenBooking)} == {b.id for b in open_}
    dues: dict[str, set[str]] = {}
    for due in every(memory, Due):
        if due.action.startswith("booking."):
            dues.setdefault(due.subject, set()).add(due.action)
    assert dues.keys() <= {b.id for b in open_}
    for booking in open_:
        wanted = {"confirmed": bookings.NO_SHOW, "handed_over": bookings.SETTLE, "requested": bookings.EXPIRE}
        assert dues[booking.id] == {wanted[booking.state]}
        hold = memory.get("hold", booking.id)
        assert (0 if hold is None else hold.amount) == booking.cost + booking.deposit  # type: ignore[attr-defined]
    reserved: Counter[str] = Counter()
    for booking in open_:
        reserved[booking.resource] += booking.quantity if booking.state != "handed_over" else 0
    for resource in every(memory, resources.Resource):
        if resource.type == "stock":
            assert resource.reserved == reserved[resource.id]
            assert resource.available >= 0


def _audit_days(memory: Memory) -> None:
    """No place is taken twice: counted five minutes by five minutes."""
    step = 5 * slots.MINUTE
    used: Counter[tuple[str, int]] = Counter()
    kept = ("requested", "confirmed", "handed_over", "settled")
    for booking in every(memory, bookings.Booking):
        if booking.slots and booking.state in kept:
            for at in range(booking.starts, booking.until, step):
                used[booking.resource, at] += booking.quantity
    listed: Counter[tuple[str, int]] = Counter()
    for day in every(memory, slots.Day):
        midnight = canonical.parse_time(f"{day.sort}T00:00:00.000Z") - 9 * HOUR
        for taken in day.taken:
            for at in range(max(midnight, taken.starts), min(midnight + DAY, taken.until), step):
                listed[day.resource, at] += taken.places
    assert used == listed
    for (resource, _), places in used.items():
        versions = memory.scan("resource_terms", resource, None)
        assert places <= max(v.calendar.capacity for v in versions)  # type: ignore[attr-defined]
