"""Up to which size this witness has cosigned each log, in the database: the second memory beside its files.

The files decide what is cosigned; the marks only tell that a file is missing, or older than it was. A mark follows its
file before the answer goes out, so that every cosignature that anyone holds is covered. A database that is older than
the files says less than they do, and is brought up with the next checkpoint, or the next look.
"""

from __future__ import annotations

import asyncpg

from ledger.signed_note import VerifierKey


class Watermarks:
    """Those of one witness, by its key: another key has promised nothing yet."""

    def __init__(self, pool: asyncpg.Pool, witness: VerifierKey) -> None:
        self._pool, self._witness = pool, witness.text()

    async def of(self, origin: str) -> int:
        """The largest size of that log which is known to be cosigned; 0: none is."""
        query = "SELECT size FROM watermark WHERE witness = $1 AND origin = $2"
        return await self._pool.fetchval(query, self._witness, origin) or 0

    async def all(self) -> dict[str, int]:
        """The same of every log, by origin."""
        rows = await self._pool.fetch("SELECT origin, size FROM watermark WHERE witness = $1", self._witness)
        return dict(rows)

    async def advance(self, origin: str, size: int) -> None:
        """That size has been cosigned. Of several at once the largest stays."""
        query = (
            "INSERT INTO watermark AS m (witness, origin, size) VALUES ($1, $2, $3) "
            "ON CONFLICT (witness, origin) DO UPDATE SET size = greatest(m.size, excluded.size)"
        )
        await self._pool.execute(query, self._witness, origin, size)

    async def lower(self, origin: str, size: int, kept: int) -> bool:
        """Believe ``kept`` instead of ``size``, as an operator orders; False where another size is known."""
        query = "UPDATE watermark SET size = $4 WHERE witness = $1 AND origin = $2 AND size = $3"
        done: str = await self._pool.execute(query, self._witness, origin, size, kept)
        return done == "UPDATE 1"
