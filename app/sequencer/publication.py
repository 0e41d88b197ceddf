"""From committed to published: sign the head, advance the guard, keep the checkpoint's row. In this order.

Each step may be the last one before a crash. Committed but not signed, and signed but not guarded: the next batch finds
the guard behind the head and publishes first. Guarded but not answered: the sender asks again and gets the receipt.
"""

from __future__ import annotations

import asyncio

import asyncpg

from app.errors import GuardError
from app.keystore import OperatorKeys
from app.sequencer import writing
from app.sequencer.guard import Guard, Published
from app.storage.ledgers import Head, Ledger, log_keys
from app.storage.log import check_extends, root_at
from ledger import checkpoint, merkle
from ledger.checkpoint import Checkpoint


class Publisher:
    """Signs for ledgers and advances their guard."""

    def __init__(self, guard: Guard, keys: OperatorKeys) -> None:
        self._guard, self._keys = guard, keys

    async def catch_up(
        self, connection: asyncpg.Connection, ledger: Ledger, head: Head, kept: Published | None = None
    ) -> Published:
        """Under the head's lock: what is published, once the head is shown to extend it and is published itself.

        ``kept``: the checkpoint whose row was kept last on this connection.

        GuardError when the database is older than its guard or tells another story, or the guard can't be written:
        then nothing may be appended.
        """
        published = await asyncio.to_thread(self._guard.read, self._keys.verifiers(ledger.origin))
        await check_extends(connection, ledger, head, published)
        if published.size < head.size:
            # Whoever committed this head died before publishing it, or is about to: both may do it.
            published = await self._advance(
                connection, ledger, head.size, head.root, await log_keys(connection, ledger)
            )
        if published != kept:
            await self.remember(connection, ledger, published)
        return published

    async def publish(
        self, connection: asyncpg.Connection, ledger: Ledger, size: int, root: bytes, vkeys: tuple[str, ...]
    ) -> Published:
        """After the commit, outside any transaction: publish this head; the checkpoint that receipts carry.

        ``vkeys``: the log's keys as they count at that size.
        """
        published = await self._advance(connection, ledger, size, root, vkeys)
        await self.remember(connection, ledger, published)
        return published

    async def remember(self, connection: asyncpg.Connection, ledger: Ledger, published: Published) -> None:
        """Keep the row of a published checkpoint: statements may have ``seen`` it from now on.

        Where no transaction is open, the next batch's commit makes the row durable; until then the guard's note is the
        same thing.
        """
        await writing.keep_checkpoint(connection, ledger.id, *published)

    def begin(self, origin: str) -> Published:
        """Keep a new ledger's keys for good, and guard it with the checkpoint of nothing."""
        self._keys.adopt(origin)
        return self._guard.create(self._keys.verifiers(origin), self.sign(origin, 0, merkle.EMPTY_ROOT).note)

    async def recreate_guard(self, connection: asyncpg.Connection, ledger: Ledger, head: Head) -> Published:
        """DANGEROUS: trust the database as it is and guard it anew, where the guard was lost.

        If the database is older than what was once published, this makes the operator sign two histories.
        """
        if await root_at(connection, ledger.id, head.size) != head.root:
            raise GuardError("guard.fork", origin=ledger.origin, size=head.size)
        vkeys = await log_keys(connection, ledger)
        note = self.sign(ledger.origin, head.size, head.root, vkeys).note
        return await asyncio.to_thread(self._guard.create, self._keys.verifiers(ledger.origin), note)

    async def _advance(
        self, connection: asyncpg.Connection, ledger: Ledger, size: int, root: bytes, vkeys: tuple[str, ...]
    ) -> Published:
        key = self._keys.verifiers(ledger.origin)
        new = self.sign(ledger.origin, size, root, vkeys)
        found = await asyncio.to_thread(self._guard.advance, key, new.note)
        if found.size > size and await root_at(connection, ledger.id, found.size) != found.root:
            # Another process has published more than this. Its entries are in the same database, or this is a fork.
            raise GuardError("guard.fork", origin=ledger.origin, size=found.size)
        return new

    def sign(self, origin: str, size: int, root: bytes, vkeys: tuple[str, ...] = ()) -> Published:
        """The signed checkpoint of a tree head, not published yet; without ``vkeys`` by the log's first key."""
        keys = self._keys.signers(origin, vkeys)
        return Published(size, root, checkpoint.sign(Checkpoint(origin, size, root), *keys))
