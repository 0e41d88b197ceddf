"""Asking witnesses to cosign this installation's ledgers: each newly published head, under a policy m of n.

One process of an installation asks, whoever holds the lock. In a round all witnesses of a ledger are shown the same
head, so that their cosignatures come together under one checkpoint however fast the ledger grows; heads published
meanwhile are the next round's. Whoever fails is left alone for a while, longer each time. Nothing here holds up an
append: what is missing is shown, counted and, after the grace period, an alarm.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, Final, NamedTuple

import httpx
from prometheus_client import Counter, Gauge

from app.installation import Installation
from app.sequencer.guard import Published
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger
from app.witness import exchange
from app.witness.cosigned import Standing, is_asked_for, quorum_size, witnessed
from app.witness.exchange import WitnessFault
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey
from ledger.witness_policy import Party, WitnessPolicy

PAUSE: Final = 1.0
"""Seconds between two looks for new heads."""
_SURVEY: Final = 30_000
"""Milliseconds between two looks for what is missing."""
_AT_ONCE: Final = 8
"""Ledgers that are asked for at a time."""
_REST: Final = 300_000
"""Milliseconds that a witness is left alone at most."""
_TROUBLE: Final = (*TROUBLE, LedgerError)

REQUESTS = Counter("yui_witness_requests", "What witnesses answered to this installation.", ["witness", "outcome"])
"""``outcome``: ``cosigned`` or a fault; ``fork`` and ``ahead`` are an alarm."""
LATE = Gauge("yui_witness_late_ledgers", "Ledgers whose head has had no quorum of witnesses for longer than the grace.")
SILENT = Gauge("yui_witness_silent_ledgers", "Ledgers that a witness fails for longer than the grace.", ["witness"])
"""Also where the others are enough: a quorum that hangs on fewer than were chosen is to be known in time."""
ALARMS = Gauge("yui_witness_contradicted_ledgers", "Ledgers of which a witness has seen another history.")
_log = logging.getLogger("yui.witness")


class _Own(NamedTuple):
    ledger: Ledger
    size: int
    public: bool


class _Pair(NamedTuple):
    """What is known of one witness and one ledger. ``rest_until`` in ms."""

    size: int = 0
    failures: int = 0
    rest_until: int = 0


class Asker:
    """One process's asker. ``run`` until it is cancelled."""

    def __init__(
        self, installation: Installation, connect: Callable[[], httpx.AsyncClient] = httpx.AsyncClient
    ) -> None:
        self._installation, self._connect = installation, connect
        self._pairs: dict[tuple[int, str], _Pair] = {}
        self._rounds: dict[int, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._late: set[int] = set()
        self._silent: dict[str, int] = {}
        self._surveyed = 0

    async def run(self) -> None:
        """Ask for ever, once no other process does; where no witnesses are named, nothing happens."""
        if self._installation.witnessing.policy is None:
            return
        with (self._installation.data / "witness-asker.lock").open("ab") as lock:
            while not _got(lock):  # noqa: ASYNC110  (another process lets go of it, without telling)
                await asyncio.sleep(PAUSE)
            async with self._connect() as client:
                try:
                    await self._forever(client)
                finally:
                    for task in self._rounds.values():
                        task.cancel()

    async def _forever(self, client: httpx.AsyncClient) -> None:
        await self.recall()
        while True:
            try:
                await self.look_around(client)
                if self._installation.clock.now() - self._surveyed >= _SURVEY:
                    await self.survey()
            except _TROUBLE as error:
                _log.warning("%s", error)
            await asyncio.sleep(PAUSE)

    async def recall(self) -> None:
        """What earlier rounds came to."""
        query = "SELECT ledger_id, witness, size FROM witness_call"
        for ledger_id, witness, size in await self._installation.database.pool.fetch(query):
            self._pairs[ledger_id, witness] = _Pair(size)

    async def look_around(self, client: httpx.AsyncClient) -> None:
        """Begin a round for every ledger whose head some witness has not cosigned yet and may be asked for."""
        policy, now = self._policy(), self._installation.clock.now()
        for own in await self._ledgers(policy):
            if own.ledger.id in self._rounds and not self._rounds[own.ledger.id].done():
                continue
            due = [
                party
                for party in policy.witnesses.values()
                if party.url is not None and self._is_due(own, party.key, now)
            ]
            if due:
                task = asyncio.create_task(self._round(client, own.ledger, due))
                self._rounds[own.ledger.id] = task

    async def settle(self) -> None:
        """Wait for the rounds that have begun."""
        await asyncio.gather(*self._rounds.values())

    async def survey(self) -> None:
        """See which ledgers have been without a quorum for too long, which are contradicted by a witness, and which
        witnesses have been silent or refusing for too long, and say so.
        """
        self._surveyed = self._installation.clock.now()
        policy, late, contradicted = self._policy(), set(), 0
        silent = {key.name: 0 for key in policy.keys}
        for own in await self._ledgers(policy):
            found = await witnessed(self._installation, own.ledger, public=own.public)
            if found is None:
                continue
            contradicted += any(standing.alarming for standing in found.witnesses)
            for standing in found.witnesses:
                silent[standing.key.name] += self._is_silent(standing)
            if found.late:
                late.add(own.ledger.id)
                if own.ledger.id not in self._late:
                    _log.error("%s: no quorum of witnesses has cosigned beyond %s", own.ledger.origin, found.size)
        self._late = late
        LATE.set(len(late))
        ALARMS.set(contradicted)
        self._tell_silent(silent)

    def _is_silent(self, standing: Standing) -> bool:
        failing = bool(standing.fault)
        return failing and self._surveyed - standing.failing_since > self._installation.witnessing.grace

    def _tell_silent(self, silent: dict[str, int]) -> None:
        SILENT.clear()  # who is not in the policy any more is not counted any more
        for name, count in silent.items():
            SILENT.labels(name).set(count)
            if count and not self._silent.get(name):
                _log.error("%s has been silent or refusing for too long: %s ledgers wait for it", name, count)
        self._silent = silent

    def _policy(self) -> WitnessPolicy:
        assert self._installation.witnessing.policy is not None  # noqa: S101  (else nobody runs this)
        return self._installation.witnessing.policy.current()

    def _is_due(self, own: _Own, key: VerifierKey, now: int) -> bool:
        pair = self._pairs.get((own.ledger.id, key.text()), _Pair())
        return pair.size < own.size and pair.rest_until <= now

    async def _ledgers(self, policy: WitnessPolicy) -> list[_Own]:
        query = (
            "SELECT l.id, l.slug, l.origin, h.size, r.data->>'tiles' = 'public' "
            "FROM named l JOIN head h ON h.ledger_id = l.id "
            "JOIN record r ON r.ledger_id = l.id AND r.kind = 'coop' AND r.id = 'coop'"
        )
        rows = await self._installation.database.pool.fetch(query)
        found = [_Own(Ledger(*row[:3]), row[3], row[4]) for row in rows]
        return [own for own in found if is_asked_for(policy, own.ledger.origin, public=own.public)]

    async def _round(self, client: httpx.AsyncClient, ledger: Ledger, due: list[Party]) -> None:
        """Show one head to all of them, and forget the lines of earlier ones that serve nothing any more."""
        try:
            async with self._at_once:
                published = await self._installation.log.published(ledger)
                await asyncio.gather(*(self._ask(client, ledger, party, published) for party in due))
                await self._forget(ledger, published)
        except _TROUBLE as error:
            _log.warning("%s: %s", ledger.origin, error)

    async def _ask(self, client: httpx.AsyncClient, ledger: Ledger, party: Party, published: Published) -> None:
        witness = party.key.text()
        pair = self._pairs.get((ledger.id, witness), _Pair())

        async def proof(old: int) -> list[bytes]:
            if not 0 < old < published.size:
                return []
            if old < pair.size:  # it was restored from a backup: harmless to us, for it is shown the same history
                _log.warning("%s has gone back from %s to %s of %s", party.key.name, pair.size, old, ledger.origin)
            return await self._installation.log.consistency(ledger, old, published.size)

        old = pair.size if pair.size <= published.size else 0
        try:
            line, cosigned = await exchange.cosign(client, party.url or "", party.key, published.note, old, proof)
        except WitnessFault as fault:
            await self._failed(ledger, party.key, pair, fault.code)
            return
        await self._succeeded(ledger, party.key, published.size, (cosigned.time, line.encode()))

    async def _succeeded(self, ledger: Ledger, key: VerifierKey, size: int, line: tuple[int, bytes]) -> None:
        witness, now = key.text(), self._installation.clock.now()
        async with self._installation.database.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO cosignature (ledger_id, size, witness, time, line) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (ledger_id, size, witness) DO UPDATE SET time = excluded.time, line = excluded.line",
                *(ledger.id, size, witness, *line),
            )
            await connection.execute(
                "INSERT INTO witness_call (ledger_id, witness, size, time, asked, failing_since, fault) "
                "VALUES ($1, $2, $3, $4, $5, 0, '') ON CONFLICT (ledger_id, witness) DO UPDATE SET "
                "size = excluded.size, time = excluded.time, asked = excluded.asked, failing_since = 0, fault = ''",
                *(ledger.id, witness, size, line[0], now),
            )
        self._pairs[ledger.id, witness] = _Pair(size)
        REQUESTS.labels(key.name, "cosigned").inc()

    async def _failed(self, ledger: Ledger, key: VerifierKey, pair: _Pair, fault: str) -> None:
        now, failures = self._installation.clock.now(), pair.failures + 1
        rest = min(1000 * 2 ** min(failures, 20), _REST)
        self._pairs[ledger.id, key.text()] = _Pair(pair.size, failures, now + rest)
        REQUESTS.labels(key.name, fault).inc()
        if fault in ("fork", "ahead"):
            _log.error("%s has seen another history of %s (%s): two may be signed", key.name, ledger.origin, fault)
        elif failures == 1:
            _log.warning("%s does not cosign %s: %s", key.name, ledger.origin, fault)
        await self._installation.database.pool.execute(
            "INSERT INTO witness_call AS c (ledger_id, witness, size, time, asked, failing_since, fault) "
            "VALUES ($1, $2, 0, 0, $3, $3, $4) ON CONFLICT (ledger_id, witness) DO UPDATE SET asked = excluded.asked, "
            "failing_since = CASE WHEN c.fault = '' THEN excluded.asked ELSE c.failing_since END, "
            "fault = excluded.fault",
            *(ledger.id, key.text(), now, fault),
        )

    async def _forget(self, ledger: Ledger, published: Published) -> None:
        """Keep the lines of this head and of the newest one with a quorum: nobody is asked for an older one again."""
        pool = self._installation.database.pool
        quorum = await quorum_size(pool, ledger.id, self._policy(), published.size)
        query = "DELETE FROM cosignature WHERE ledger_id = $1 AND size < $2 AND size <> $3"
        await pool.execute(query, ledger.id, published.size, quorum)


def _got(lock: BinaryIO) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
