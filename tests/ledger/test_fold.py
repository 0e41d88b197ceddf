"""The fold over two toy books: what is due comes first, the frame is checked, and a refusal leaves no trace."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical, fold, ids
from ledger.compose import nonce, sign_ed25519
from ledger.errors import FormatError, Refusal, UnknownVersion
from ledger.fold import Book, Books, Context, Handler, Moment
from ledger.keys import Facts
from ledger.state import Due, Memory, Record, State
from ledger.statement import Entry, build_leaf, parse_leaf
from tests.ledger.values import AUTHOR, KEY, TIME, said

MINUTE = 60_000


class Loan(Record, frozen=True, kw_only=True):
    """Something lent, until it is due."""

    kind: ClassVar[str] = "loan"
    until: int
    overdue_at: int | None = None


class Lend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minutes: int
    times: int = 1


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    loan: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


def lend(ctx: Context, body: Lend) -> None:
    for ordinal in range(body.times):
        loan = Loan(id=ctx.new_id("loan", ordinal), index=ctx.index, until=ctx.time + body.minutes * MINUTE)
        ctx.state.put(loan)
        ctx.schedule(loan.until, "loan.overdue", loan.id)
    if body.minutes < 0:
        raise Refusal("loan.past")  # after writing: the writes must not stay


def give_back(ctx: Context, body: Return) -> None:
    loan = ctx.refer(Loan, body.loan)
    if loan.overdue_at is not None:
        raise Refusal("loan.overdue", id=loan.id)
    ctx.state.drop(Loan, loan.id)
    ctx.state.unschedule("loan.overdue", loan.id)


def overdue(moment: Moment, due: Due) -> None:
    loan = moment.state.need(Loan, due.subject)
    moment.state.put(msgspec.structs.replace(loan, overdue_at=moment.time))
    moment.trace("overdue", loan.id, moment.index)


def authenticate(ctx: Context, handler: Handler) -> None:
    if ctx.author.partition("_")[0] not in (*handler.by, "mem"):
        raise Refusal("statement.author", author=ctx.author)


LOANS = Book(
    "loans",
    records=(Loan,),
    handlers=(Handler("loan.lend/1", Lend, lend), Handler("loan.return/1", Return, give_back)),
    dues={"loan.overdue": overdue},
)
CLOCK = Book(
    "clock",
    handlers=(
        Handler(fold.TICK, Nothing, lambda _ctx, _body: None, by=("clerk",)),
        Handler(fold.GENESIS_TYPE, Nothing, lambda _ctx, _body: None, by=("genesis",)),
    ),
)
BOOKS = Books((LOANS, CLOCK), authenticate)


class House:
    """A log of toy entries."""

    def __init__(self) -> None:
        self.memory, self.time, self.index = Memory(), TIME, 0
        self.say(fold.GENESIS_TYPE, {}, author="genesis", seen={"root": fold.EMPTY_ROOT_TEXT, "size": 0})

    def root_at(self, size: int) -> str | None:
        """Every size but 3 was published."""
        return None if size == 3 else canonical.b64(size.to_bytes(32, "big"))

    def entry(self, type_: str, body: dict[str, Any], **changes: Any) -> Entry:
        size = max(1, self.index if self.index != 3 else 2)
        fields = {
            "at": canonical.format_time(self.time),
            "body": body,
            "nonce": nonce(self.time, self.index.to_bytes(10, "big")),
            "seen": {"root": self.root_at(size), "size": size},
            "type": type_,
        }
        data = canonical.encode(said(**(fields | changes)))
        return parse_leaf(build_leaf(data, _signatures(data, fields | changes), self.time))

    def say(self, type_: str, body: dict[str, Any], **changes: Any) -> Entry:
        entry = self.entry(type_, body, **changes)
        state = State(self.memory)
        fold.apply(BOOKS, state, self, self.index, entry, (Facts(),))
        self.memory.absorb(state)
        self.index += 1
        return entry

    def loans(self) -> list[Loan]:
        return State(self.memory).children(Loan)


def _signatures(data: bytes, fields: dict[str, Any]) -> tuple[Any, ...]:
    return () if fields.get("author") == "genesis" else (sign_ed25519(KEY, data),)


@pytest.fixture
def house() -> House:
    return House()


def test_what_is_due_befalls_before_the_entry(house: House) -> None:
    entry = house.say("loan.lend/1", {"minutes": 10})
    loan = ids.object_id("loan", entry.id)
    house.time += 10 * MINUTE
    with pytest.raises(Refusal, match=r"loan\.overdue"):
        house.say("loan.return/1", {"loan": loan})


def test_a_moment_earlier_it_is_not_due(house: House) -> None:
    entry = house.say("loan.lend/1", {"minutes": 10})
    house.time += 10 * MINUTE - 1
    house.say("loan.return/1", {"loan": ids.object_id("loan", entry.id)})
    assert house.loans() == []
    assert fold.next_due(State(house.memory)) is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 30))
def test_transitions_come_in_the_order_of_time_and_keep_their_own_moment(minutes: list[int], wait: int) -> None:
    house = House()
    for length in minutes:
        house.say("loan.lend/1", {"minutes": length})
    house.time += wait * MINUTE
    house.say(fold.TICK, {}, author="clerk")
    for loan in house.loans():
        assert loan.overdue_at == (loan.until if loan.until <= house.time else None)
    left = State(house.memory).children(Due)
    assert all(due.at > house.time for due in left)
    assert len(left) == sum(length > wait for length in minutes)


def test_nobodys_lateness_decides(house: House) -> None:
    """Whether time passes in one step or in many, the same becomes of it."""
    other = House()
    for one in (house, other):
        for length in (3, 1, 2):
            one.say("loan.lend/1", {"minutes": length})
    house.time += 5 * MINUTE
    house.say(fold.TICK, {}, author="clerk")
    for _ in range(5):
        other.time += MINUTE
        other.say(fold.TICK, {}, author="clerk")
    assert house.loans() == other.loans()


def test_a_refusal_leaves_no_trace(house: House) -> None:
    before = house.memory.records.copy()
    with pytest.raises(Refusal, match=r"loan\.past"):
        house.say("loan.lend/1", {"minutes": -1})
    assert house.memory.records == before


def test_more_than_the_limit_due_leaves_only_ticks(house: House) -> None:
    house.say("loan.lend/1", {"minutes": 1, "times": fold.DRAIN_LIMIT})
    house.say("loan.lend/1", {"minutes": 1, "times": 5})
    house.time += MINUTE
    with pytest.raises(Refusal, match=r"ledger\.draining"):
        house.say("loan.lend/1", {"minutes": 1})
    house.say(fold.TICK, {}, author="clerk")
    assert len(State(house.memory).children(Due)) == 5
    house.say("loan.lend/1", {"minutes": 1})


def test_exactly_the_limit_is_drained_at_once(house: House) -> None:
    house.say("loan.lend/1", {"minutes": 1, "times": fold.DRAIN_LIMIT})
    house.time += MINUTE
    house.say("loan.lend/1", {"minutes": 1})
    assert len(State(house.memory).children(Due)) == 1


@pytest.mark.parametrize("size", [0, 3, 5, 6, 100])
def test_what_was_seen_must_be_a_published_point_behind_the_entry(house: House, size: int) -> None:
    for _ in range(4):
        house.say(fold.TICK, {}, author="clerk")
    assert house.index == 5
    seen = {"root": house.root_at(size) or canonical.b64(bytes(32)), "size": size}
    if size == 5:
        house.say(fold.TICK, {}, author="clerk", seen=seen)
        return
    with pytest.raises(Refusal, match=r"statement\.seen"):
        house.say(fold.TICK, {}, author="clerk", seen=seen)


def test_what_was_seen_must_have_that_root(house: House) -> None:
    with pytest.raises(Refusal, match=r"statement\.seen"):
        house.say(fold.TICK, {}, author="clerk", seen={"root": canonical.b64(bytes(32)), "size": 1})


def test_what_is_named_must_have_been_seen(house: House) -> None:
    entry = house.say("loan.lend/1", {"minutes": 10})
    loan = ids.object_id("loan", entry.id)
    seen = {"root": house.root_at(1), "size": 1}
    with pytest.raises(Refusal, match=r"statement\.seen_too_old"):
        house.say("loan.return/1", {"loan": loan}, seen=seen)
    house.say("loan.return/1", {"loan": loan})


@pytest.mark.parametrize(("ahead", "accepted"), [(fold.CLOCK_TOLERANCE, True), (fold.CLOCK_TOLERANCE + 1, False)])
def test_a_clock_may_run_ahead_a_little(house: House, ahead: int, accepted: bool) -> None:  # noqa: FBT001
    at = canonical.format_time(house.time + ahead)
    if accepted:
        house.say("loan.lend/1", {"minutes": 1}, at=at)
    else:
        with pytest.raises(Refusal, match=r"statement\.clock_ahead"):
            house.say("loan.lend/1", {"minutes": 1}, at=at)


def test_an_old_clock_is_no_fault(house: House) -> None:
    house.say("loan.lend/1", {"minutes": 1}, at="2001-01-01T00:00:00.000Z")


def test_there_is_one_genesis_and_it_comes_first(house: House) -> None:
    with pytest.raises(Refusal, match=r"statement\.genesis"):
        house.say(fold.GENESIS_TYPE, {}, author="genesis")
    with pytest.raises(Refusal, match=r"statement\.genesis"):
        house.say("loan.lend/1", {"minutes": 1}, author="genesis")
    house.index = 0
    with pytest.raises(Refusal, match=r"statement\.genesis"):
        house.say("loan.lend/1", {"minutes": 1})
    with pytest.raises(Refusal, match=r"statement\.genesis"):
        house.say(fold.GENESIS_TYPE, {})


def test_the_genesis_has_seen_nothing() -> None:
    house = House()
    house.index = 0
    with pytest.raises(Refusal, match=r"statement\.seen"):
        house.say(fold.GENESIS_TYPE, {}, author="genesis", seen={"root": canonical.b64(bytes(32)), "size": 0})


def test_an_unknown_type_is_no_refusal(house: House) -> None:
    with pytest.raises(UnknownVersion, match=r"statement\.type_unknown"):
        house.say("loan.lend/2", {"minutes": 1})


@pytest.mark.parametrize("body", [{}, {"minutes": "1"}, {"minutes": 1, "more": 1}, {"minutes": True}])
def test_bodies_have_one_shape(house: House, body: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match=r"format\.body"):
        house.say("loan.lend/1", body)


def test_the_books_ask_who_speaks(house: House) -> None:
    with pytest.raises(Refusal, match=r"statement\.author"):
        house.say("loan.lend/1", {"minutes": 1}, author="clerk")


def test_no_name_stands_in_two_books() -> None:
    for double in (
        Book("other", records=(Loan,)),
        Book("other", handlers=LOANS.handlers[:1]),
        Book("other", dues=LOANS.dues),
    ):
        with pytest.raises(ValueError, match="two books"):
            Books((LOANS, CLOCK, double), authenticate)


def test_records_come_back_from_their_stored_form(house: House) -> None:
    house.say("loan.lend/1", {"minutes": 1})
    (loan,) = house.loans()
    (due,) = State(house.memory).children(Due)
    for record in (loan, due):
        assert BOOKS.decode(record.kind, msgspec.json.encode(record)) == record


def test_private_values_belong_to_the_actor_unless_the_book_says_so() -> None:
    house = House()
    entry = house.entry("loan.lend/1", {"minutes": 1})
    assert BOOKS.subject(entry.statement, entry.id, "note") == AUTHOR
    own = Books(
        (Book("own", handlers=(Handler("loan.lend/1", Lend, lend, subject=lambda _s, _i, path: f"of {path}"),)),),
        authenticate,
    )
    assert own.subject(entry.statement, entry.id, "note") == "of note"
