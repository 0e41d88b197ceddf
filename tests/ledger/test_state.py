"""Overlays against one plain dictionary: what is read is what was written last, wherever it lies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refusal
from ledger.state import Due, Memory, ReadOnce, State, Trace
from tests.ledger.values import Thing, owners

names = st.sampled_from(sorted(owners))
puts = st.tuples(st.just("put"), names, st.integers(0, 5))
drops = st.tuples(st.just("drop"), names, st.just(0))
merges = st.tuples(st.sampled_from(["push", "merge", "absorb"]), st.just(""), st.just(0))


@given(st.lists(puts | drops | merges, max_size=40), st.sampled_from(["x", "y"]), st.none() | st.integers(0, 4))
def test_overlays_read_like_one_dictionary(steps: list[tuple[str, str, int]], owner: str, limit: int | None) -> None:
    memory, plain = Memory(), dict[str, Thing]()
    stack = [State(memory)]
    for step, name, rank in steps:
        if step == "put":
            plain[name] = Thing(id=name, index=0, owner=owners[name], rank=rank)
            stack[-1].put(plain[name])
        elif step == "drop":
            plain.pop(name, None)
            stack[-1].drop(Thing, name)
        elif step == "push":
            stack.append(State(stack[-1]))
        elif step == "merge" and len(stack) > 1:
            top = stack.pop()
            top.merge_into(stack[-1])
        elif step == "absorb" and len(stack) == 1:
            memory.absorb(stack[0])
        assert {name: stack[-1].find(Thing, name) for name in owners} == {name: plain.get(name) for name in owners}
        expected = sorted((thing for thing in plain.values() if thing.owner == owner), key=lambda t: (t.sort, t.id))
        assert stack[-1].children(Thing, owner, limit) == (expected if limit is None else expected[:limit])


@given(
    st.lists(st.tuples(names, st.integers(0, 9), st.booleans()), max_size=20),
    st.integers(0, 10),
    st.integers(0, 100),
)
def test_traces_tell_what_was_so_at_a_point(steps: list[tuple[str, int, bool]], index: int, time: int) -> None:
    memory = Memory()
    state = State(memory)
    rows: list[Trace] = []
    for position, (name, value, absorbed) in enumerate(steps):
        rows.append(Trace("weight", name, position // 2, position * 5, value))
        state.trace(rows[-1])
        if absorbed:
            memory.absorb(state)
    expected: dict[str, Any] = {}
    for row in rows:
        if row.index <= index and row.time < time:
            expected[row.subject] = row.value
    assert dict(State(state).traces("weight", index, time)) == expected
    for name in owners:
        assert state.traced("weight", name, index, time) == expected.get(name)
    assert state.traces("other", index, time) == {}


def test_a_dropped_overlay_leaves_no_trace() -> None:
    memory = Memory()
    below = State(memory)
    below.put(Thing(id="a", index=0, owner="x", rank=1))
    above = State(below)
    above.put(Thing(id="a", index=0, owner="x", rank=2))
    above.drop(Thing, "a")
    above.trace(Trace("weight", "a", 0, 0, 1))
    assert below.need(Thing, "a").rank == 1
    assert below.traced("weight", "a", 9, 9) is None


def test_what_is_needed_and_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match=r"thing\.unknown"):
        State(Memory()).need(Thing, "a")


def test_what_is_due_comes_in_the_order_of_time_then_id() -> None:
    state = State(Memory())
    for at, subject in ((20, "b"), (5, "z"), (20, "a"), (100, "c")):
        state.schedule(0, at, "end", subject)
    state.schedule(0, 1, "end", "c")  # moved
    state.unschedule("end", "z")
    assert [(due.at, due.subject) for due in state.children(Due)] == [(1, "c"), (20, "a"), (20, "b")]


def test_a_records_line_is_canonical() -> None:
    line = Thing(id="a", index=3, owner="x", rank=1).line()
    assert line == b'{"id":"a","kind":"thing","record":{"id":"a","index":3,"owner":"x","rank":1}}'


def test_a_document_is_read_once_and_never_taken_for_another() -> None:
    read: list[int] = []

    def count(document: dict[str, int]) -> int:
        read.append(document["n"])
        return document["n"]

    once = ReadOnce(count)
    documents = [{"n": number} for number in range(3 * ReadOnce.MOST)]
    for document in documents:
        assert once(document) == once(document) == document["n"]
    assert read == list(range(3 * ReadOnce.MOST))
    # A document that is let go may have its place taken by another.
    assert [once({"n": number}) for number in range(500)] == list(range(500))
