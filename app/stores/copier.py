"""Copies public ledgers to the tile store: tiles and bundles first, the checkpoint that promises them after them.

Cosignatures of witnesses follow when they come: as lines under ``checkpoint``, and as ``cosigned`` the newest
checkpoint that enough have cosigned.

A copy goes on from the checkpoint that the store has, so one that was broken off is caught up with, and begun anew
where entries have become public since. It never goes back: a store that is ahead, or has another history, is left
alone and complained about. Only what is public for everyone is ever copied.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final, NamedTuple

import asyncpg

from app.anchors.standing import proof
from app.errors import StoreError
from app.installation import Installation
from app.reading import reading_of
from app.sequencer.guard import Published
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger
from app.storage.log import root_at
from app.stores import Store
from app.witness import cosigned
from ledger import checkpoint
from ledger.books.anchors import proof_path
from ledger.books.coop import ID, Coop
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.merkle import EMPTY_ROOT
from ledger.tiles import HEIGHT, WIDTH, Tile, tiles_of

_log = logging.getLogger("yui.stores")
PAUSE: Final = 5.0
"""Seconds between two looks."""
_LOCK: Final = 7_595_625
"""Of the database's advisory locks the one that whoever copies holds, with the ledger's number."""


class _Copied(NamedTuple):
    """What a store is brought up to: the checkpoint with its lines, the cosigned one, and whether entries go along."""

    published: Published
    cosigned: bytes | None
    bundles: bool


class Copier:
    """One process's copier. ``run`` until it is cancelled; of several one copies a ledger at a time."""

    def __init__(self, installation: Installation, store: Store) -> None:
        self._installation, self._store = installation, store
        self._done: dict[int, _Copied] = {}

    async def run(self) -> None:
        """Look around for ever; trouble with the store or the database is logged and tried again."""
        while True:
            try:
                for ledger in await self._installation.ledgers():
                    await self._try(ledger)
            except TROUBLE as error:
                _log.warning("%s", error)
            await asyncio.sleep(PAUSE)

    async def _try(self, ledger: Ledger) -> None:
        try:
            await self.copy(ledger)
        except (StoreError, LedgerError) as error:
            _log.warning("%s is not copied: %s", ledger.origin, error)

    async def copy(self, ledger: Ledger) -> None:
        """Bring the store's copy up to the published checkpoint. StoreError where it can't, or must not, be."""
        coop = await (await reading_of(self._installation, ledger.slug)).find(Coop, ID)
        if coop is None or coop.tiles != "public":
            return
        bundles = coop.entries == "public"
        wanted = await self._wanted(ledger, bundles=bundles)
        if self._done.get(ledger.id) == wanted:
            return
        async with self._installation.database.pool.acquire() as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCK, ledger.id):
                return  # another process is at it
            try:
                await self._copy(connection, ledger, wanted)
            finally:
                await _unlock(connection, ledger)
        self._done[ledger.id] = wanted

    async def _wanted(self, ledger: Ledger, *, bundles: bool) -> _Copied:
        """What there should be now."""
        published = await self._installation.log.published(ledger)
        noted = await cosigned.with_cosignatures(self._installation.database.pool, ledger, published)
        enough = await cosigned.newest(self._installation, ledger)
        # Published since: its turn comes with the tiles that it promises.
        enough = None if enough is None or enough.size > noted.size else enough
        return _Copied(noted, None if enough is None else enough.note, bundles)

    async def _copy(self, connection: asyncpg.Connection, ledger: Ledger, wanted: _Copied) -> None:
        published, bundles = wanted.published, wanted.bundles
        there = await self._there(ledger)
        if there.size > published.size:
            raise StoreError("store.ahead", origin=ledger.origin, size=there.size, published=published.size)
        if await root_at(connection, ledger.id, there.size) != there.root:
            raise StoreError("store.fork", origin=ledger.origin, size=there.size)
        # The copy's own note of how far its bundles go: entries may have become public after the tiles.
        whole = await self._store.get(f"{ledger.slug}/bundles")
        entries = int(whole or b"0")
        for tile in tiles_of(published.size):
            if tile.level is None and not bundles:
                continue
            if not _is_there(tile, entries if tile.level is None else there.size, published.size):
                await self._put(ledger, tile)
        await self._put_anchors(connection, ledger)
        # From here on the copy may be read up to this size; a crash before leaves it at the one before.
        await self._store.put(f"{ledger.slug}/checkpoint", published.note, forever=False)
        if bundles:
            await self._store.put(f"{ledger.slug}/bundles", b"%d" % published.size, forever=False)
        if wanted.cosigned is not None:
            await self._store.put(f"{ledger.slug}/cosigned", wanted.cosigned, forever=False)

    async def _there(self, ledger: Ledger) -> Checkpoint:
        note = await self._store.get(f"{ledger.slug}/checkpoint")
        if note is None:
            return Checkpoint(ledger.origin, 0, EMPTY_ROOT)
        return checkpoint.verify(note, self._installation.keys.verifiers(ledger.origin))

    async def _put(self, ledger: Ledger, tile: Tile) -> None:
        data = await self._installation.log.tile(ledger, tile)
        if data is None:
            raise StoreError("store.behind", origin=ledger.origin, tile=tile.path)
        await self._store.put(f"{ledger.slug}/{tile.path}", data, forever=tile.width == WIDTH)

    async def _put_anchors(self, connection: asyncpg.Connection, ledger: Ledger) -> None:
        """The proofs of anchors, oldest first: where a larger one is, the smaller ones are."""
        query = "SELECT size FROM anchored WHERE ledger_id = $1 AND proof IS NOT NULL ORDER BY size DESC"
        missing = []
        for (size,) in await connection.fetch(query, ledger.id):
            if await self._store.get(f"{ledger.slug}/{proof_path(size)}") is not None:
                break
            missing.append(size)
        for size in reversed(missing):
            file = await proof(connection, ledger.id, size)
            if file is not None:
                await self._store.put(f"{ledger.slug}/{proof_path(size)}", file, forever=True)


async def _unlock(connection: asyncpg.Connection, ledger: Ledger) -> None:
    try:
        await connection.execute("SELECT pg_advisory_unlock($1, $2)", _LOCK, ledger.id)
    except BaseException:
        # Else it would go back to the pool with the lock, and nobody would copy any more. The lock ends with it.
        connection.terminate()
        raise


def _is_there(tile: Tile, size: int, published: int) -> bool:
    """Whether a copy at that size has the tile: full ones below it, never partial ones of another size."""
    if size == published:
        return True
    count = size >> (HEIGHT * (tile.level or 0))
    return tile.width == WIDTH and (tile.index + 1) * WIDTH <= count
