"""Where batches under way are kept: PostgreSQL, over the one connection that holds the account's lock.

``contracts.anchor`` is plain and blocking, so it works in a thread and asks the event loop for each thing it needs.
Whoever has lost the connection has lost the lock with it and can keep nothing any more, so of two processes never
both give out nonces: nothing is sent that was not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import asyncpg
import msgspec

from app.clock import Clock
from contracts.errors import StoreDamaged
from contracts.record import Anchor, State
from ledger import checkpoint

_LOCK: Final = 7_595_626
"""Of the database's advisory locks the one that the owner of the account's nonces holds."""
_UNFINISHED: Final = "state IN ('pending', 'confirmed')"

_ORIGINS: Final = "(SELECT id, origin FROM named UNION SELECT ledger_id, old_origin FROM succession)"
"""A ledger may take another name while a batch is under way."""


async def own(connection: asyncpg.Connection) -> bool:
    """Become the owner, for as long as this connection lasts; False where another process is."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK))


class PostgresStore:
    """``contracts.store.Store``. For a thread beside the event loop in which it was made."""

    def __init__(self, connection: asyncpg.Connection, clock: Clock) -> None:
        self._connection, self._clock = connection, clock
        self._loop = asyncio.get_running_loop()

    def unfinished(self) -> list[Anchor]:
        """All that are neither final nor abandoned, in the order of their numbers."""
        query = f"SELECT number, data FROM anchor_batch WHERE {_UNFINISHED} ORDER BY number"  # noqa: S608
        return [_read(*row) for row in self._wait(self._connection.fetch(query))]

    def last(self) -> Anchor | None:
        """The one with the highest number."""
        query = "SELECT number, data FROM anchor_batch ORDER BY number DESC LIMIT 1"
        row = self._wait(self._connection.fetchrow(query))
        return None if row is None else _read(*row)

    def save(self, anchor: Anchor) -> None:
        """Keep it; with a new one which checkpoints are in it, with a final one each ledger's proof."""
        proofs: dict[str, bytes] = {}
        if anchor.state == State.FINAL:
            proofs = {origin: proof.to_file() for origin, proof in anchor.proofs().items()}
        self._wait(self._save(anchor, proofs))

    def genesis(self, chain_id: int) -> str | None:
        """The first block's hash that was pinned for that chain."""
        query = "SELECT genesis FROM anchor_chain WHERE chain_id = $1"
        found: str | None = self._wait(self._connection.fetchval(query, chain_id))
        return found

    def pin(self, chain_id: int, genesis: str) -> None:
        """Remember it."""
        query = "INSERT INTO anchor_chain (chain_id, genesis) VALUES ($1, $2)"
        self._wait(self._connection.execute(query, chain_id, genesis))

    async def _save(self, anchor: Anchor, proofs: dict[str, bytes]) -> None:
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL synchronous_commit TO on")  # whatever this server's habit is
            is_new = await self._connection.fetchval(
                "INSERT INTO anchor_batch (number, state, submitted, data) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (number) DO UPDATE SET state = excluded.state, data = excluded.data RETURNING xmax = 0",
                *(anchor.number, anchor.state.value, self._clock.now(), msgspec.json.encode(anchor)),
            )
            if is_new:
                await self._add_checkpoints(anchor)
            if proofs:
                await self._connection.execute(
                    "UPDATE anchored a SET proof = p.proof FROM unnest($2::text[], $3::bytea[]) AS p (origin, proof) "  # noqa: S608
                    f"JOIN {_ORIGINS} l ON l.origin = p.origin WHERE a.batch = $1 AND a.ledger_id = l.id",
                    *(anchor.number, list(proofs), list(proofs.values())),
                )

    async def _add_checkpoints(self, anchor: Anchor) -> None:
        heads = [checkpoint.parse(note.encode())[0] for note in anchor.notes]
        await self._connection.execute(
            "INSERT INTO anchored (ledger_id, size, batch, recorded) SELECT l.id, h.size, $1, false "  # noqa: S608
            "FROM unnest($2::text[], $3::bigint[]) AS h (origin, size) "
            f"JOIN {_ORIGINS} l ON l.origin = h.origin",
            *(anchor.number, [head.origin for head in heads], [head.size for head in heads]),
        )

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def abandon(connection: asyncpg.Connection, number: int) -> bool:
    """Give up on an unfinished batch, so that its checkpoints are due again; False where there is no such batch."""
    async with connection.transaction():
        found = await connection.fetchval(
            f"UPDATE anchor_batch SET state = 'abandoned' WHERE number = $1 AND {_UNFINISHED} RETURNING number",  # noqa: S608
            number,
        )
        await connection.execute("DELETE FROM anchored WHERE batch = $1 AND proof IS NULL", number)
    return found is not None


def _read(number: int, data: bytes) -> Anchor:
    try:
        return msgspec.json.decode(data, type=Anchor)
    except msgspec.DecodeError as error:
        raise StoreDamaged(name=f"anchor_batch {number}") from error
