"""The desk in SQLite answers like the one of dictionaries, also when it keeps next to nothing in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import desk as sqlite
from app.audit import window as windows
from app.audit.desk import SqliteDesk
from app.audit.house import HOUSE
from ledger import canonical
from ledger.fold import Book, Books
from ledger.state import Due, State, Trace
from ledger.verify import Trust, verify
from ledger.verify.desk import Desk, MemoryDesk, Point
from tests.audit.sample import FilesCopy
from tests.ledger.values import Thing, owners
from tests.simulator import START

BOOKS = Books((Book("things", records=(Thing,)),), authenticate=lambda _ctx, _handler: None)
names = st.sampled_from(sorted(owners))
steps = st.lists(
    st.tuples(st.just("put"), names, st.integers(0, 5))
    | st.tuples(st.just("drop"), names, st.just(0))
    | st.tuples(st.just("due"), names, st.integers(0, 50))
    | st.tuples(st.just("trace"), names, st.integers(0, 9)),
    max_size=30,
)


@contextmanager
def sqlite_desk(books: Books) -> Iterator[SqliteDesk]:
    with tempfile.TemporaryDirectory() as folder:
        desk = SqliteDesk(Path(folder) / "desk.sqlite3", books)
        yield desk
        desk.close()


@settings(deadline=None)
@given(steps, steps, st.integers(0, 40), st.integers(0, 200), st.booleans())
def test_both_desks_answer_alike(
    first: list[tuple[str, str, int]],
    then: list[tuple[str, str, int]],
    index: int,
    time: int,
    narrow: bool,  # noqa: FBT001
) -> None:
    with sqlite_desk(BOOKS) as other, pytest.MonkeyPatch.context() as patch:
        if narrow:
            patch.setattr(sqlite, "WIDTH", 2)
            patch.setattr(windows, "WIDTH", 2)
            patch.setattr(sqlite, "WINDOWS", 1)
            patch.setattr(sqlite, "KEPT", 3)
        desks: tuple[Desk, ...] = (MemoryDesk(), other)
        for acts in (first, then):
            for desk in desks:
                act(desk, acts)
            mine, theirs = desks
            assert list(mine.lines()) == list(theirs.lines())
            for owner in ("x", "y", ""):
                for limit in (None, 0, 1, 2, 9):
                    assert mine.scan("thing", owner, limit) == theirs.scan("thing", owner, limit)
                    assert mine.scan("due", owner, limit) == theirs.scan("due", owner, limit)
            assert dict(mine.traces("rank", index, time)) == dict(theirs.traces("rank", index, time))
            for name in owners:
                assert mine.get("thing", name) == theirs.get("thing", name)
                assert mine.traced("rank", name, index, time) == theirs.traced("rank", name, index, time)


def act(desk: Desk, acts: list[tuple[str, str, int]]) -> None:
    state = State(desk)
    for position, (what, name, number) in enumerate(acts):
        if what == "put":
            state.put(Thing(id=name, index=position, owner=owners[name], rank=number))
        elif what == "drop":
            state.drop(Thing, name)
        elif what == "due":
            state.schedule(position, number, "end", name)
        else:
            state.trace(Trace("rank", name, position, position * 7, {"rank": number}))
    desk.absorb(state)
    assert state.records == {}
    assert state.rows == []


def test_little_is_kept_and_nothing_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "KEPT", 2)
    with sqlite_desk(BOOKS) as desk:
        state = State(desk)
        for number in range(50):
            state.put(Thing(id=f"t{number:02d}", index=number, owner="x", rank=number))
        desk.absorb(state)
        assert not desk._young
        assert [desk.get("thing", f"t{number:02d}") for number in range(50)] == desk.scan("thing", "x", None)


@pytest.mark.parametrize("make", [MemoryDesk, None])
def test_points_and_nonces(make: type[MemoryDesk] | None) -> None:
    with sqlite_desk(BOOKS) as other:
        desk: Desk = other if make is None else make()
        for size in range(1, 4):
            desk.add_point(Point(bytes([size]) * 32, size * 10))
        assert [desk.point(size) for size in (0, 1, 3, 4)] == [
            None,
            Point(b"\1" * 32, 10),
            Point(b"\3" * 32, 30),
            None,
        ]
        assert desk.claim("a", "n", 4) is None
        assert desk.claim("b", "n", 5) is None
        assert desk.claim("a", "n", 6) == 4


def test_both_desks_fold_a_ledger_alike(copy: FilesCopy) -> None:
    mine = MemoryDesk()
    with sqlite_desk(HOUSE.books) as theirs:
        for desk in (mine, theirs):
            assert verify(copy, HOUSE, lambda _size, desk=desk: desk, Trust(now=START)).exit_code == 0  # type: ignore[misc]
        assert list(mine.lines()) == list(theirs.lines())
        assert all(canonical.encode(canonical.decode(line)) == line for *_, line in mine.lines())
        assert mine.scan(Due.kind, "", None) == theirs.scan(Due.kind, "", None)
        assert dict(mine.traces("member", 999, 2**52)) == dict(theirs.traces("member", 999, 2**52))
