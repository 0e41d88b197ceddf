"""Sending, beside requests: one process of an installation, one letter after the other, no faster than it may.

What goes wrong with the server itself is logged by its code when it begins and when it ends, and makes the pauses
between two tries longer. Nothing here names a receiver.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

import asyncpg
from prometheus_client import Counter, Gauge

from app.errors import LedgerDamaged
from app.installation import Installation
from app.post import listing, outbox
from app.post.letters import compose
from app.post.outbox import Claimed, ClaimLost, Verdict
from app.post.queueing import unseal
from app.post.settings import Posting
from app.post.smtp import Delivery, Line
from app.storage.database import TROUBLE

WAIT: Final = 5.0
"""Seconds before somebody else's lock or a lost database is tried again, and between two looks for letters."""
GRACE: Final = 4.0
"""Seconds that a letter has to be finished when the service stops."""
_LONGEST_REST: Final = 300.0
"""Seconds that a server in trouble is left alone, at most."""

WAITING = Gauge("yui_mail_waiting", "Letters that wait to be sent.")
FAILED = Gauge("yui_mail_failed", "Letters that were refused for good, or too often.")
UNKNOWN = Gauge("yui_mail_unknown", "Letters of which nobody knows whether they were sent.")
SENT = Counter("yui_mail_sent", "Letters that the server has taken.")
IN_TROUBLE = Gauge("yui_mail_in_trouble", "1 while the mail server can't be spoken to, else 0.")
_log = logging.getLogger("yui.post")


class Postman:
    """One process's. ``run`` until it is cancelled; of several only one sends."""

    def __init__(self, installation: Installation, posting: Posting) -> None:
        self._installation, self._posting = installation, posting

    async def run(self) -> None:
        """Send for ever, once no other process does; trouble with the database is logged and tried again."""
        while True:
            try:
                connection = await self._installation.database.connect()
                try:
                    await self._while_it_lasts(connection)
                finally:
                    connection.terminate()
            except TROUBLE as error:
                _log.warning("%s", type(error).__name__)
            await asyncio.sleep(WAIT)

    async def _while_it_lasts(self, connection: asyncpg.Connection) -> None:
        while not await outbox.own(connection):  # noqa: ASYNC110  (another process lets go of it, without telling)
            await asyncio.sleep(WAIT)
        round_ = Round(self._installation, self._posting, connection)
        await round_.begin()
        try:
            while True:  # until it is cancelled, or the connection is lost
                pause = await _finished(round_.step())
                await asyncio.sleep(pause)
        finally:
            await round_.end()


class Round:
    """What the one that sends does, over the connection that makes it so: ``begin``, then ``step`` after ``step``."""

    def __init__(self, installation: Installation, posting: Posting, connection: asyncpg.Connection) -> None:
        self._installation, self._posting, self._connection = installation, posting, connection
        self._line = Line(posting)
        self._after, self._troubles, self._counted = 0, 0, 0

    async def begin(self) -> None:
        """Settle what whoever sent before has left."""
        unknown = await outbox.settle_left(self._connection, self._now(), self._posting.tries)
        if unknown:
            _log.warning("%s letters: nobody knows whether they were sent", unknown)

    async def step(self) -> float:
        """Send the next letter that is due, if there is one; the seconds until the next step."""
        claimed = await outbox.claim(self._connection, self._now(), self._after)
        if claimed is None:
            await self._line.hang_up()
            await self._count()
            return WAIT
        self._after = claimed.ledger_id
        delivery = await self._carry(claimed)
        if delivery is None:
            return 0.0
        await self._settle(claimed, delivery.verdict)
        await self._count()
        return self._rest(delivery)

    async def end(self) -> None:
        """Say goodbye to the server."""
        await self._line.hang_up()

    async def _carry(self, claimed: Claimed) -> Delivery | None:
        """None where the letter was erased or cancelled at the last moment: it is settled already."""
        query = "SELECT 1 FROM record WHERE ledger_id = $1 AND kind = 'erasure' AND id = $2"
        if await self._connection.fetchval(query, claimed.ledger_id, claimed.member):
            return Delivery(Verdict("erased"))
        try:
            letter = unseal(self._installation.privacy, claimed)
        except LedgerDamaged as error:
            return Delivery(Verdict("failed", error.code))
        if letter is None:
            return Delivery(Verdict("erased"))
        data = compose(letter, claimed.id, self._posting.sender, claimed.queued)
        try:
            return await self._line.deliver(letter.address, data, lambda: self._hand(claimed))
        except ClaimLost:
            return None

    async def _hand(self, claimed: Claimed) -> None:
        await outbox.hand(self._connection, claimed, self._now())

    async def _settle(self, claimed: Claimed, verdict: Verdict) -> None:
        """Whatever it takes: this process alone knows how it went."""
        while True:
            try:
                pool, tries = self._installation.database.pool, self._posting.tries
                await outbox.settle(pool, claimed, verdict, self._now(), tries)
            except TROUBLE as error:
                _log.warning("%s", type(error).__name__)
                await asyncio.sleep(WAIT)
            else:
                break
        if verdict.state == "sent":
            SENT.inc()
        elif verdict.state in ("failed", "unknown"):
            _log.warning("a letter is %s: %s", verdict.state, verdict.code)

    async def _count(self) -> None:
        """Every few seconds, not at every letter."""
        now = self._now()
        if now - self._counted < WAIT * 1000:
            return
        self._counted = now
        found = await listing.still_open(self._connection)
        WAITING.set(found["waiting"])
        FAILED.set(found["failed"])
        UNKNOWN.set(found["unknown"])

    def _rest(self, delivery: Delivery) -> float:
        if delivery.server:
            if not self._troubles:
                _log.warning("the mail server can't be spoken to: %s", delivery.verdict.code)
            self._troubles += 1
        elif self._troubles:
            _log.info("the mail server can be spoken to again")
            self._troubles = 0
        IN_TROUBLE.set(1 if self._troubles else 0)
        pace = 60 / self._posting.per_minute
        return max(pace, min(WAIT * 2 ** (self._troubles - 1), _LONGEST_REST)) if self._troubles else pace

    def _now(self) -> int:
        return self._installation.clock.now()


async def _finished(step: Coroutine[Any, Any, float]) -> float:
    """What comes of it. A service that stops gives it a moment: broken off, a letter may be in doubt for ever."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE)
        task.cancel()
        await asyncio.wait({task})
        raise
