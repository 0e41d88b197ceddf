"""Anchoring, beside requests: every so often one batch with what is due, then looks at the chain until it is final.

One process of an installation does it, whoever holds the lock (``store.py``). Nothing here holds up an append. What
goes wrong is kept for the pages, counted, and logged by its code when it begins and when it ends; the next look tries
again by itself. ``contracts`` and the libraries below it are loaded here alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg
from prometheus_client import Counter, Gauge

from app.anchors import due, standing, store
from app.anchors.settings import Anchoring
from app.anchors.store import PostgresStore
from app.installation import Installation
from app.storage.database import TROUBLE
from contracts.anchor import Anchorer, Settings, Signing
from contracts.errors import AnchorError, RecordRefused
from contracts.node import Node
from contracts.record import State
from ledger.errors import LedgerError

WAIT: Final = 5.0
"""Seconds before somebody else's lock or a lost database is tried again."""
RPC_TIMEOUT: Final = 8.0
"""Seconds for one question to the chain: a service that stops waits for the one that is being asked."""
_KEY_WAIT: Final = 60.0
"""Seconds before a key that can't be had is tried again."""
_LOOKS: Final = 8
"""Looks at the chain for each look at all ledgers for what is due."""
_IDLE: Final = 600_000
"""Milliseconds between two looks at a chain on which nothing is under way."""
_TROUBLE: Final = (*TROUBLE, LedgerError)

UNFINISHED = Gauge("yui_anchor_unfinished_batches", "Batches of checkpoints on their way into the chain.")
FINAL = Counter("yui_anchor_final_batches", "Batches that became final.")
LAST = Gauge("yui_anchor_last_final_seconds", "The time of the block in which the newest final batch stands.")
TROUBLES = Counter("yui_anchor_troubles", "Looks at the chain that went wrong.", ["code"])
IN_TROUBLE = Gauge("yui_anchor_in_trouble", "1 while anchoring is kept from going on, else 0.")
BALANCE = Gauge("yui_anchor_balance_ether", "What the account that anchors had when it was last asked.")
_log = logging.getLogger("yui.anchors")

Opened = tuple[Node, Signing]


def open_chain(anchoring: Anchoring) -> Opened:
    """The chain and the account, by what loads in about a second. KeyMissing, KeyUnreadable or KeyPassword."""
    from contracts import key  # noqa: PLC0415 - see above
    from contracts.chain import RpcNode  # noqa: PLC0415

    files = anchoring.key
    signer = key.from_environment() if files is None else key.from_keystore(files.keystore, files.password)
    return RpcNode(anchoring.rpc, RPC_TIMEOUT), signer


class Sender:
    """One process's anchoring. ``run`` until it is cancelled."""

    def __init__(
        self,
        installation: Installation,
        anchoring: Anchoring,
        opening: Callable[[Anchoring], Opened] = open_chain,
    ) -> None:
        self._installation, self._anchoring, self._opening = installation, anchoring, opening
        self._opened: Opened | None = None

    async def run(self) -> None:
        """Anchor for ever, once no other process does; trouble with the database is logged and tried again."""
        while True:
            try:
                connection = await self._installation.database.connect()
                try:
                    await self._while_it_lasts(connection)
                finally:
                    connection.terminate()  # at once, even while the thread still asks it: what it asks then fails
            except _TROUBLE as error:
                _log.warning("%s", error)
            await asyncio.sleep(WAIT)

    async def opened(self) -> Opened:
        """The chain and the account, opened once."""
        if self._opened is None:
            self._opened = await asyncio.to_thread(self._opening, self._anchoring)
        return self._opened

    async def _while_it_lasts(self, connection: asyncpg.Connection) -> None:
        while not await store.own(connection):  # noqa: ASYNC110  (another process lets go of it, without telling)
            await asyncio.sleep(WAIT)
        owner = Owner(self._installation, self._anchoring, connection, self.opened)
        while True:
            await owner.look_around()
            # Opening a keystore is made to take long, so a wrong password is not tried at every look.
            await asyncio.sleep(self._anchoring.pause if self._opened else max(self._anchoring.pause, _KEY_WAIT))


class Owner:
    """The one that anchors, over the connection that makes it so."""

    def __init__(
        self,
        installation: Installation,
        anchoring: Anchoring,
        connection: asyncpg.Connection,
        opened: Callable[[], Awaitable[Opened]],
    ) -> None:
        self._installation, self._anchoring, self._connection = installation, anchoring, connection
        self._opened, self._store = opened, PostgresStore(connection, installation.clock)
        self._sender, self._asked, self._looked, self._begun = "", 0, 0, 0
        self._states: dict[int, State] = {}
        self._trouble: str | None = None

    async def look_around(self) -> None:
        """Bring what is under way one step on, begin what is due, and tell the ledgers of what has become final."""
        trouble: LedgerError | None = None
        balance: int | None = None
        try:
            anchorer = await self._ready()
            if await self._is_time():
                await self._begin(anchorer)
            trouble = await self._step(anchorer)
            untold = await due.tell(self._installation, self._connection)
            if trouble is None:
                trouble, balance = await self._outlook(anchorer)
            if trouble is None and untold:
                trouble = RecordRefused(**untold[0]._asdict())
        except LedgerError as error:
            trouble = error
        await self._remember(trouble, balance)

    async def _ready(self) -> Anchorer:
        node, signer = await self._opened()
        wanted = self._anchoring
        self._sender = signer.address
        settings = Settings(wanted.chain_id, wanted.contract, wanted.confirmations, wanted.max_fee)
        return Anchorer(settings, node, signer, self._store)

    async def _is_time(self) -> bool:
        """Not while one is on its way: the next takes in what is new by then."""
        now = self._installation.clock.now()
        if now - self._begun < min(self._anchoring.every, int(_LOOKS * self._anchoring.pause * 1000)):
            return False
        query = "SELECT max(submitted), count(*) FILTER (WHERE state = 'pending') FROM anchor_batch"
        last, waiting = await self._connection.fetchrow(f"{query} WHERE state <> 'abandoned'")
        if waiting or (last is not None and now - last < self._anchoring.every):
            return False
        self._begun = now
        return True

    async def _begin(self, anchorer: Anchorer) -> None:
        notes = await due.due(self._installation, self._connection)
        if notes:
            anchor = await asyncio.to_thread(anchorer.submit, notes)
            _log.info("batch %s: %s ledgers", anchor.number, len(notes))

    async def _step(self, anchorer: Anchorer) -> AnchorError | None:
        report = await asyncio.to_thread(anchorer.step)
        if report.anchors:
            self._asked = self._installation.clock.now()
        for anchor in report.anchors:
            if self._states.get(anchor.number) != anchor.state:
                _log.info("batch %s is %s", anchor.number, anchor.state)
                self._states[anchor.number] = anchor.state
                if anchor.state == State.FINAL and anchor.place is not None:
                    FINAL.inc()
                    LAST.set(anchor.place.time // 1000)
        UNFINISHED.set(sum(anchor.state != State.FINAL for anchor in report.anchors))
        return report.trouble

    async def _outlook(self, anchorer: Anchorer) -> tuple[AnchorError | None, int | None]:
        """Every so often, and always while there is trouble, ask what would keep the next batch from going out."""
        now = self._installation.clock.now()
        if self._trouble == "" and now - self._looked < _IDLE:
            return None, None
        found = await asyncio.to_thread(anchorer.look)
        self._looked = self._asked = now
        return found.trouble, found.balance

    async def _remember(self, trouble: LedgerError | None, balance: int | None) -> None:
        code = "" if trouble is None else trouble.code
        if code:
            TROUBLES.labels(code).inc()
        if code != (self._trouble or ""):
            (_log.warning if code else _log.info)("%s", trouble or "anchoring goes on")
        self._trouble = code
        IN_TROUBLE.set(1 if code else 0)
        if balance is not None:
            BALANCE.set(balance / 10**18)
        await standing.keep(
            self._connection, self._sender, self._asked, balance, trouble, self._installation.clock.now()
        )
