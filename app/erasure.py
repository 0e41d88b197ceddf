"""Erasing: once the ledger says that a subject is erased, the key goes, and what was sealed under it.

The entry comes first and the key after it, so a crash in between leaves the work to be done, never undone: every start
and every new head looks again, and destroying what is gone already changes nothing. That holds as well where an older
file of keys is put back.

What is on its way into the ledger has keys of its own: statements that wait for cosigners and rosters that were read.
Those that may speak of whom is erased go too. Letters
that were not sent yet are not sent.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec

from app import pending
from app.errors import ServiceError
from app.growing import Watch
from app.installation import Installation
from app.post import outbox
from app.roster import store as rosters
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger
from ledger.books.members import Erasure

_log = logging.getLogger("yui.erasure")
PAUSE: Final = 1.0
"""Seconds between two looks whether a ledger has grown."""


class Eraser:
    """One process's eraser. ``run`` until it is cancelled."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._watch = Watch(installation)

    async def run(self) -> None:
        """Look around for ever; trouble is logged and tried again."""
        while True:
            try:
                await self.look_around()
            except TROUBLE as error:
                _log.warning("%s", type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def look_around(self) -> None:
        """Erase in every ledger that has grown since the last look."""
        for ledger, _ in await self._watch.grown():
            try:
                size = (await self._installation.log.published(ledger)).size
            except ServiceError as error:  # of this ledger: in others there is something to be erased too
                _log.warning("%s: %s", ledger.origin, error)
                continue
            await self.erase(ledger)
            self._watch.seen(ledger, size)

    async def erase(self, ledger: Ledger) -> None:
        """Destroy what the ledger says is erased."""
        pool, privacy = self._installation.database.pool, self._installation.privacy
        query = "SELECT data FROM record WHERE ledger_id = $1 AND kind = $2"
        erasures = [
            msgspec.json.decode(data, type=Erasure) for (data,) in await pool.fetch(query, ledger.id, "erasure")
        ]
        done = [erasure for erasure in erasures if erasure.done]
        if not done:
            return
        subjects = {erasure.id for erasure in done}
        await asyncio.to_thread(privacy.erase, ledger.id, *subjects)
        # Unreadable from here on, in every backup too; the rows go so that nobody wonders what they are.
        await pool.execute("DELETE FROM private WHERE ledger_id = $1 AND subject = ANY($2)", ledger.id, list(subjects))
        await outbox.erase(pool, ledger.id, subjects, self._installation.clock.now())
        await pending.settle_about(self._installation, ledger.id, subjects)
        await rosters.forget_older(self._installation, ledger.id, max(erasure.at for erasure in done))
