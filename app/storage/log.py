"""The log as it is served: tiles, bundles, entries and proofs from stored hashes, never beyond the published size.

Whoever holds a connection uses the functions; the class ``Log`` serves a ledger at its published checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import asyncpg

from app.errors import GuardError, LedgerDamaged
from app.keystore import OperatorKeys
from app.sequencer.guard import Guard, Published
from app.storage.hashes import stored_hashes
from app.storage.ledgers import Head, Ledger, read_head
from ledger import merkle
from ledger.errors import FormatError, ProofError
from ledger.tiles import HASH_SIZE, WIDTH, Tile, TileReader, encode_bundle, has, tile_under

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an entry is in the log: its exact bytes and index, the path to the root, and the signed checkpoint."""

    index: int
    leaf: bytes
    path: list[bytes]
    note: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the database keeps it; ``received`` in milliseconds."""

    index: int
    statement_id: bytes
    received: int
    leaf: bytes


async def hash_tiles(connection: asyncpg.Connection, ledger_id: int, wanted: Iterable[Tile]) -> dict[Tile, bytes]:
    """Hash tiles, full ones as stored and partial ones made from what is below. LedgerDamaged when one is not there."""
    wanted = list(wanted)
    if any(tile.level is None for tile in wanted):
        raise FormatError("tile.path")
    found = await _full_tiles(connection, ledger_id, [tile for tile in wanted if tile.width == WIDTH])
    for tile in wanted:
        if tile.width != WIDTH:
            start = tile.index * WIDTH
            found[tile] = b"".join(await stored_hashes(connection, ledger_id, tile.level or 0, start, tile.width))
        if len(found.get(tile, b"")) != tile.width * HASH_SIZE:
            raise LedgerDamaged("log.incomplete", tile=tile.path)
    return found


async def prove(connection: asyncpg.Connection, ledger_id: int, size: int, question: Callable[[merkle.Reader], T]) -> T:
    """The answer of a ``question`` that reads hashes of the tree of ``size`` leaves."""
    asked: list[tuple[int, int]] = []

    def note_down(level: int, index: int) -> bytes:
        asked.append((level, index))
        return bytes(HASH_SIZE)

    # Which hashes a proof reads, and in which order, depends on sizes alone: a first run over zeros tells.
    question(note_down)
    tiles = await hash_tiles(connection, ledger_id, {tile_under(*node, size) for node in asked})
    return question(TileReader(tiles.__getitem__, size).node)


async def root_at(connection: asyncpg.Connection, ledger_id: int, size: int) -> bytes:
    """The root over the first ``size`` entries, recomputed from stored hashes."""
    if size == 0:
        return merkle.EMPTY_ROOT
    return await prove(connection, ledger_id, size, lambda node: merkle.range_root(node, 0, size))


async def check_extends(connection: asyncpg.Connection, ledger: Ledger, head: Head, published: Published) -> None:
    """GuardError ``guard.ahead`` or ``guard.fork`` unless the database holds what was published, and nothing else."""
    if published.size > head.size:
        raise GuardError("guard.ahead", origin=ledger.origin, published=published.size, size=head.size)
    same = head.root if published.size == head.size else await root_at(connection, ledger.id, published.size)
    if same != published.root:
        raise GuardError("guard.fork", origin=ledger.origin, size=published.size)


async def receipt(connection: asyncpg.Connection, ledger_id: int, index: int, published: Published) -> Receipt:
    """The receipt of an entry below the published size."""
    leaf = await connection.fetchval("SELECT leaf FROM entry WHERE ledger_id = $1 AND index = $2", ledger_id, index)
    size = published.size
    path = await prove(connection, ledger_id, size, lambda node: merkle.prove_inclusion(node, index, size))
    return Receipt(index, leaf, path, published.note)


class Log:
    """Reads of published ledgers. Errors: GuardError when a ledger must not be served, ProofError beyond its size."""

    def __init__(self, pool: asyncpg.Pool, guard: Guard, keys: OperatorKeys) -> None:
        self._pool, self._guard, self._keys = pool, guard, keys
        self._proven: dict[int, Published] = {}

    async def published(self, ledger: Ledger) -> Published:
        """The guard's checkpoint, once the database is seen to hold it."""
        published = self._guard.read(self._keys.verifiers(ledger.origin))
        async with self._pool.acquire() as connection:
            head = await read_head(connection, ledger.id)
            # A database that once held this checkpoint can still be replaced by an older one while we run.
            if self._proven.get(ledger.id) != published or head.size <= published.size:
                await check_extends(connection, ledger, head, published)
                self._proven[ledger.id] = published
        return published

    async def tile(self, ledger: Ledger, tile: Tile) -> bytes | None:
        """A hash tile or entry bundle of the published tree; None where it has none such."""
        published = await self.published(ledger)
        if not has(tile, published.size):
            return None
        async with self._pool.acquire() as connection:
            if tile.level is None:
                start = tile.index * WIDTH
                return encode_bundle(await _leaves(connection, ledger.id, start, start + tile.width))
            return (await hash_tiles(connection, ledger.id, [tile]))[tile]

    async def entry(self, ledger: Ledger, index: int) -> Stored | None:
        """The entry of that index, if published."""
        published = await self.published(ledger)
        query = f"{_STORED} AND index = $2 AND index < $3"
        row = await self._pool.fetchrow(query, ledger.id, index, published.size)
        return None if row is None else Stored(*row)

    async def find(self, ledger: Ledger, statement_id: bytes) -> Stored | None:
        """The entry of that statement, if published."""
        published = await self.published(ledger)
        query = f"{_STORED} AND statement_id = $2 AND index < $3"
        row = await self._pool.fetchrow(query, ledger.id, statement_id, published.size)
        return None if row is None else Stored(*row)

    async def entries(self, ledger: Ledger, start: int, end: int) -> list[Stored]:
        """Published entries of the indexes [start, end), in order."""
        published = await self.published(ledger)
        query = f"{_STORED} AND index >= $2 AND index < $3 ORDER BY index"
        return [Stored(*row) for row in await self._pool.fetch(query, ledger.id, start, min(end, published.size))]

    async def receipt(self, ledger: Ledger, index: int) -> Receipt:
        """The receipt of a published entry under the newest checkpoint."""
        published = await self.published(ledger)
        if not 0 <= index < published.size:
            raise ProofError("proof.range", index=index, size=published.size)
        async with self._pool.acquire() as connection:
            return await receipt(connection, ledger.id, index, published)

    async def inclusion(self, ledger: Ledger, index: int, size: int) -> list[bytes]:
        """RFC 9162 inclusion proof of an entry in the tree of ``size`` leaves, itself published or older."""
        await self._require(ledger, size)
        async with self._pool.acquire() as connection:
            return await prove(connection, ledger.id, size, lambda node: merkle.prove_inclusion(node, index, size))

    async def consistency(self, ledger: Ledger, old: int, new: int) -> list[bytes]:
        """RFC 9162 consistency proof between two sizes, 0 < old <= new <= published."""
        await self._require(ledger, new)
        async with self._pool.acquire() as connection:
            return await prove(connection, ledger.id, new, lambda node: merkle.prove_consistency(node, old, new))

    async def _require(self, ledger: Ledger, size: int) -> None:
        published = await self.published(ledger)
        if not 0 < size <= published.size:
            raise ProofError("proof.range", index=size, size=published.size)


_STORED = "SELECT index, statement_id, received, leaf FROM entry WHERE ledger_id = $1"


async def _leaves(connection: asyncpg.Connection, ledger_id: int, start: int, end: int) -> list[bytes]:
    query = "SELECT leaf FROM entry WHERE ledger_id = $1 AND index >= $2 AND index < $3 ORDER BY index"
    leaves = [row[0] for row in await connection.fetch(query, ledger_id, start, end)]
    if len(leaves) != end - start:
        raise LedgerDamaged("log.incomplete", index=start + len(leaves))
    return leaves


async def _full_tiles(connection: asyncpg.Connection, ledger_id: int, wanted: list[Tile]) -> dict[Tile, bytes]:
    """Those that are there, in one query."""
    if not wanted:
        return {}
    query = (
        "SELECT tile.level, tile.index, tile.data FROM unnest($2::smallint[], $3::bigint[]) AS wanted (level, index)"
        " JOIN tile ON tile.ledger_id = $1 AND tile.level = wanted.level AND tile.index = wanted.index"
    )
    rows = await connection.fetch(query, ledger_id, [tile.level for tile in wanted], [tile.index for tile in wanted])
    return {Tile(level, index): data for level, index, data in rows}
