"""What came to nothing is swept away: sessions, challenges, waiting statements, rosters, drafts and keys of co-ops
that were never founded. Each had a time until which it is kept; readers don't see it after that, swept or not.
A witness looks through what it remembers on the same rounds.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from app import pending
from app.founding import store as foundings
from app.installation import Installation
from app.reading import reading_of
from app.roster import store as rosters
from app.storage.database import TROUBLE

_log = logging.getLogger("yui.sweeping")
PAUSE: Final = 3600.0
"""Seconds between two rounds."""
KEYS_KEPT: Final = 60 * 86_400_000
"""Milliseconds that operator's keys wait for a genesis since they were last asked for: twice as long as drafts."""


class Sweeper:
    """One process's sweeper. ``run`` until it is cancelled; several at once do no harm."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def run(self) -> None:
        """Sweep for ever; trouble is logged and tried again."""
        while True:
            try:
                await self.sweep()
            except TROUBLE as error:
                _log.warning("%s", type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def sweep(self) -> None:
        """One round."""
        installation, now = self._installation, self._installation.clock.now()
        await foundings.sweep(installation)
        await asyncio.to_thread(installation.keys.sweep, now - KEYS_KEPT)
        some = await self._expired(now)
        for ledger in await installation.ledgers() if some else ():
            if ledger.id not in some:
                continue
            for table in ("sign_in", "challenge"):
                query = f"DELETE FROM {table} WHERE ledger_id = $1 AND expires <= $2"  # noqa: S608 (two fixed names)
                await installation.database.pool.execute(query, ledger.id, now)
            reading = await reading_of(installation, ledger.slug)
            await pending.sweep(installation, reading)
            await rosters.sweep(installation, reading)
        if installation.witness is not None:
            await installation.witness.look_through()  # what is lost is counted before its log comes

    async def _expired(self, now: int) -> set[int]:
        """The ledgers in which anything has come to its end."""
        tables = ("sign_in", "challenge", "pending", "roster")
        queries = (f"SELECT ledger_id FROM {table} WHERE expires <= $1" for table in tables)  # noqa: S608 (fixed names)
        return {id_ for (id_,) in await self._installation.database.pool.fetch(" UNION ".join(queries), now)}
