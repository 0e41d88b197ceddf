"""Memory that outlives a kill: one owner, nothing half written, and never a second anchor of one batch."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts import batch
from contracts.chain import RpcNode
from contracts.errors import StoreDamaged, StoreTaken
from contracts.record import Anchor, Attempt, Place, State
from contracts.store import FileStore, MemoryStore, Store
from tests.contracts.stations import Station, note

ROOT = batch.make([note()]).root
FORK = multiprocessing.get_context("fork")
POINTS = [(what, when) for what in ("save", "send") for when in ("before", "after")]


def anchor(number: int, state: State = State.PENDING) -> Anchor:
    attempt = Attempt("0x" + "ab" * 32, "0x02", 30_000, 2**70, 1, 12)
    place = None if state == State.PENDING else Place(attempt.transaction, 9, "0x" + "cd" * 32, 1_700_000_000_000)
    return Anchor(
        number=number, chain_id=1, contract="0xC", sender="0xS", notes=(note().decode(),), nonce=4, attempts=(attempt,),
        place=place, root=ROOT, state=state,
    )  # fmt: skip


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "anchors")


def test_what_is_saved_is_found_again(store: Store) -> None:
    assert (store.last(), store.unfinished()) == (None, [])
    for number in (1, 2, 10, 9):
        store.save(anchor(number))
    assert [found.number for found in store.unfinished()] == [1, 2, 9, 10]
    store.save(anchor(2, State.CONFIRMED))
    store.save(anchor(10, State.FINAL))
    assert store.unfinished() == [anchor(1), anchor(2, State.CONFIRMED), anchor(9)]
    assert store.last() == anchor(10, State.FINAL)


def test_chains_are_pinned_each_by_its_id(store: Store) -> None:
    assert store.genesis(1) is None
    store.pin(1, "0xa")
    store.pin(10, "0xb")
    assert (store.genesis(1), store.genesis(10)) == ("0xa", "0xb")


def test_a_folder_opens_with_all_that_was_in_it(tmp_path: Path) -> None:
    first = FileStore(tmp_path / "anchors")
    first.save(anchor(1, State.FINAL))
    first.save(anchor(2, State.CONFIRMED))
    first.pin(1, "0xa")
    first.close()
    second = FileStore(tmp_path / "anchors")
    assert second.unfinished() == [anchor(2, State.CONFIRMED)]
    assert list(second.final()) == [anchor(1, State.FINAL)]
    assert second.genesis(1) == "0xa"


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    first = FileStore(tmp_path)
    with pytest.raises(StoreTaken):
        FileStore(tmp_path)
    first.close()
    FileStore(tmp_path).close()


def test_only_its_owner_s_account_can_look_into_it(tmp_path: Path) -> None:
    FileStore(tmp_path / "anchors")
    assert (tmp_path / "anchors" / "final").stat().st_mode & 0o077 == 0
    assert (tmp_path / "anchors").stat().st_mode & 0o077 == 0


def test_what_a_kill_left_half_written_is_not_read(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.save(anchor(1))
    (tmp_path / ".1.json.new").write_bytes(b'{"number":1,')
    assert store.unfinished() == [anchor(1)]
    store.save(anchor(1, State.CONFIRMED))
    assert store.unfinished() == [anchor(1, State.CONFIRMED)]


def test_a_kill_while_something_becomes_final_leaves_it_final(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.save(anchor(1, State.CONFIRMED))
    older = (tmp_path / "1.json").read_bytes()
    store.save(anchor(1, State.FINAL))
    (tmp_path / "1.json").write_bytes(older)
    assert store.unfinished() == []
    assert store.last() == anchor(1, State.FINAL)


def test_a_damaged_file_is_named_and_never_taken_for_nothing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.save(anchor(7))
    (tmp_path / "7.json").write_bytes(b"{}")
    with pytest.raises(StoreDamaged, match=r"name=7\.json"):
        store.unfinished()
    (tmp_path / "chains.json").write_bytes(b"[")
    with pytest.raises(StoreDamaged, match=r"name=chains\.json"):
        store.genesis(1)


class Deadly:
    """Passes everything on to what it wraps; kills the process around the given call of the given method."""

    def __init__(self, inner: Any, method: str, when: str, call: int) -> None:
        self._inner, self._method, self._when, self._left = inner, method, when, call

    def __getattr__(self, name: str) -> Any:
        return self._around if name == self._method else getattr(self._inner, name)

    def _around(self, *args: Any) -> Any:
        self._left -= 1
        if self._left == 0 and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = getattr(self._inner, self._method)(*args)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def killed(act: Callable[[], None]) -> bool:
    """Run in a process of its own; whether it was killed in the midst of it."""
    process = FORK.Process(target=act)
    process.start()
    process.join(60)
    return process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("mined", [False, True])
@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(("what", "when"), POINTS)
def test_killed_around_any_write_or_broadcast_it_is_anchored_once(
    station: Station, tmp_path: Path, what: str, when: str, call: int, *, mined: bool
) -> None:
    """Calls 1 and 2: of saves, the submission and the first attempt; of broadcasts, the first and one with more fee."""

    def act() -> None:
        node, store = RpcNode(station.chain.url), FileStore(tmp_path)
        around: Any = {"save": store, "send": node}[what]
        deadly: Any = Deadly(around, what, when, call)
        doomed = station.again(
            node=deadly if what == "send" else node, store=deadly if what == "save" else store, patience=0
        )
        doomed.anchorer.submit([note()])
        doomed.anchorer.step()
        doomed.anchorer.step()

    assert killed(act)
    if mined:  # a block may come before the restart
        station.chain.mine()
    after = station.again(store=FileStore(tmp_path))
    if not after.store.unfinished():
        assert (what, when, call) == ("save", "before", 1)  # nothing was promised yet
        after.anchorer.submit([note()])
    after.finish()
    assert station.anchored(ROOT) == 1
    assert station.node.nonce(station.signer.address) == 2  # the contract's, and one


def test_killed_again_and_again_every_batch_is_anchored_once_and_in_order(station: Station, tmp_path: Path) -> None:
    def act(call: int) -> None:
        node, store = RpcNode(station.chain.url), FileStore(tmp_path)
        doomed = station.again(node=node, store=Deadly(store, "save", "after", call))
        while True:
            if not [one for one in store.unfinished() if one.state == State.PENDING]:
                last = store.last()
                doomed.anchorer.submit([note(size=1 if last is None else last.number + 1)])
            doomed.anchorer.step()
            station.chain.mine()

    for call in (1, 2, 3, 1, 2, 5):
        assert killed(lambda call=call: act(call))  # type: ignore[misc]
    after = station.again(store=FileStore(tmp_path))
    after.finish()
    last = after.store.last()
    assert last is not None
    assert last.number >= 3
    for number in range(1, last.number + 1):
        assert station.anchored(batch.make([note(size=number)]).root) == 1
    assert station.node.nonce(station.signer.address) == last.number + 1
