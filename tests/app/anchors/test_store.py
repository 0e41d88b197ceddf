"""The store in PostgreSQL outlives a kill at any moment: never a second anchor of one batch, one owner at a time."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from app.anchors import store as stores
from app.anchors.store import PostgresStore
from app.clock import Clock
from app.storage import ledgers
from app.storage.embedded import Server
from app.storage.ledgers import Ledger
from contracts import batch, proof
from contracts.chain import RpcNode
from contracts.errors import StoreDamaged
from contracts.record import State
from tests.contracts.stations import Station, note
from tests.contracts.test_store import anchor, check_memory

ROOT = batch.make([note()]).root
FORK = multiprocessing.get_context("fork")
POINTS = [(what, when, call) for what in ("save", "send") for when in ("before", "after") for call in (1, 2)]


class Desk:
    """An event loop in a thread, with the connection that holds the lock, as a service has them."""

    def __init__(self, server: Server) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.connection: asyncpg.Connection = self.wait(asyncpg.connect(**server.service_dsn.keywords()))

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def store(self) -> PostgresStore:
        found: PostgresStore = self.wait(self._store())
        return found

    async def _store(self) -> PostgresStore:
        async with asyncio.timeout(20):
            while not await stores.own(self.connection):  # noqa: ASYNC110  (PostgreSQL notices in a moment)
                await asyncio.sleep(0.02)
        return PostgresStore(self.connection, Clock())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self.connection.terminate)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def opened(server: Server) -> Iterator[PostgresStore]:
    desk = Desk(server)
    try:
        yield desk.store()
    finally:
        desk.close()


def test_it_keeps_what_every_store_keeps(migrated: Server) -> None:
    with opened(migrated) as store:
        check_memory(store)
    with opened(migrated) as store:
        assert [found.number for found in store.unfinished()] == [1, 2, 9]
        assert store.genesis(10) == "0xb"


def test_what_is_damaged_is_named_and_never_taken_for_nothing(migrated: Server) -> None:
    desk = Desk(migrated)
    store = desk.store()
    store.save(anchor(7))
    desk.wait(desk.connection.execute("UPDATE anchor_batch SET data = '{}'"))
    with pytest.raises(StoreDamaged, match="anchor_batch 7"):
        store.unfinished()
    desk.close()


def test_whoever_has_lost_the_connection_saves_nothing(migrated: Server) -> None:
    desk = Desk(migrated)
    store = desk.store()
    store.save(anchor(1))
    desk.connection.terminate()
    with pytest.raises(asyncpg.InterfaceError):
        store.save(anchor(2))
    desk.close()
    with opened(migrated) as store:
        assert store.unfinished() == [anchor(1)]


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


@pytest.mark.parametrize(("what", "when", "call"), POINTS)
def test_killed_around_any_write_or_broadcast_it_is_anchored_once(
    station: Station, migrated: Server, what: str, when: str, call: int
) -> None:
    """Calls 1 and 2: of saves, the submission and the first attempt; of broadcasts, the first and one with more fee."""

    def act() -> None:
        with opened(migrated) as store:
            node = RpcNode(station.chain.url)
            around: Any = {"save": store, "send": node}[what]
            deadly: Any = Deadly(around, what, when, call)
            doomed = station.again(
                node=deadly if what == "send" else node, store=deadly if what == "save" else store, patience=0
            )
            doomed.anchorer.submit([note()])
            doomed.anchorer.step()
            doomed.anchorer.step()

    assert killed(act)
    if when == "after":  # a block may come before the restart
        station.chain.mine()
    with opened(migrated) as store:
        after = station.again(store=store)
        if not after.store.unfinished():
            assert (what, when, call) == ("save", "before", 1)  # nothing was promised yet
            after.anchorer.submit([note()])
        after.finish()
    assert station.anchored(ROOT) == 1
    assert station.node.nonce(station.signer.address) == 2  # the contract's, and one


def test_killed_again_and_again_every_batch_is_anchored_once_and_in_order(station: Station, migrated: Server) -> None:
    def act(call: int) -> None:
        with opened(migrated) as store:
            doomed = station.again(node=RpcNode(station.chain.url), store=Deadly(store, "save", "after", call))
            while True:
                if not [one for one in store.unfinished() if one.state == State.PENDING]:
                    last = store.last()
                    doomed.anchorer.submit([note(size=1 if last is None else last.number + 1)])
                doomed.anchorer.step()
                station.chain.mine()

    for call in (1, 2, 3, 1, 2, 5):
        assert killed(lambda call=call: act(call))  # type: ignore[misc]
    with opened(migrated) as store:
        after = station.again(store=store)
        after.finish()
        last = after.store.last()
    assert last is not None
    assert last.number >= 3
    for number in range(1, last.number + 1):
        assert station.anchored(batch.make([note(size=number)]).root) == 1
    assert station.node.nonce(station.signer.address) == last.number + 1


def test_a_ledger_that_takes_another_name_meanwhile_has_its_proof(migrated: Server) -> None:
    """As when it goes on as its own successor, while its last batch is on the way."""
    desk = Desk(migrated)
    store = desk.store()
    origin, connection = "coop.example/owase", desk.connection
    ledger = desk.wait(ledgers.add(connection, "owase", origin))
    store.save(anchor(1, State.CONFIRMED))
    desk.wait(ledgers.rename(connection, ledger, Ledger(ledger.id, "next", "coop.example/next"), 1))
    store.save(anchor(1, State.FINAL))
    file = desk.wait(connection.fetchval("SELECT proof FROM anchored WHERE ledger_id = $1 AND size = 1", ledger.id))
    assert proof.parse(file).note == note(origin)
    desk.close()
