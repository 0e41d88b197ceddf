"""The clerk: brings due things about in quiet ledgers, and announces what is computed off the lock.

Several clerks may run at once. The nonce of what one writes follows from what made it due, so of two that notice the
same thing one gets its entry and the other is told that the nonce was used.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Final, NamedTuple

from app.announcements import ANNOUNCERS, Announcement, Announcer
from app.errors import LedgerUnknown, ServiceError
from app.growing import Watch
from app.installation import Installation
from app.sequencer.lane import Refused
from app.sequencer.submission import Submission, check
from app.storage.database import TROUBLE
from app.storage.ledgers import Ledger, coop_of
from ledger import canonical, ids
from ledger.compose import compose as composed
from ledger.compose import nonce, seen, sign_ed25519
from ledger.errors import LedgerError
from ledger.fold import TICK
from ledger.statement import Statement, parse_statement

_log = logging.getLogger("yui.clerk")
PAUSE: Final = 1.0
"""Seconds between two looks."""


class _Due(NamedTuple):
    ledger: Ledger
    id: str
    at: int


class Clerk:
    """One process's clerk. ``run`` until it is cancelled."""

    def __init__(self, installation: Installation, announcers: tuple[Announcer, ...] = ANNOUNCERS) -> None:
        self._installation, self._announcers = installation, announcers
        self._watch = Watch(installation)
        self._ticked: dict[int, str] = {}
        """What each ledger was last ticked for."""

    async def run(self) -> None:
        """Look around for ever; trouble with one ledger, or with the database, is logged and tried again."""
        while True:
            try:
                await self.look_around()
            except TROUBLE as error:
                _log.warning("%s", error)
            await asyncio.sleep(PAUSE)

    async def look_around(self) -> None:
        """Tick wherever something is due, then announce wherever a ledger has grown."""
        for due in await self._due():
            if await self._say(due.ledger, Announcement(TICK, {}, self._cause(due)), due.at):
                self._ticked[due.ledger.id] = f"{due.id} {due.at}"
        if not self._announcers:
            return
        for ledger, _ in await self._watch.grown():
            try:
                await self._announce(ledger)
            except ServiceError as error:  # of this ledger: others have announcements too
                _log.warning("%s: %s", ledger.origin, error)
            except TROUBLE:
                raise
            except Exception:  # noqa: BLE001  (a mistake about this ledger must not silence the clerk in all others)
                _log.exception("%s: nothing is announced", ledger.origin)

    def _cause(self, due: _Due) -> str:
        cause = f"{due.id} {due.at}"
        if self._ticked.get(due.ledger.id) == cause:
            # Said before and still due: the clock was put back before the tick was received, and its nonce is used.
            return f"{cause} {self._installation.clock.now()}"
        return cause

    async def _due(self) -> list[_Due]:
        query = (
            "SELECT l.id, l.slug, l.origin, d.id, d.sort FROM named l CROSS JOIN LATERAL ("
            "  SELECT id, sort FROM record WHERE ledger_id = l.id AND kind = 'due' AND parent = ''"
            "  ORDER BY sort, id LIMIT 1"
            ") d WHERE d.sort <= $1 ORDER BY l.id"
        )
        rows = await self._installation.database.pool.fetch(query, f"{self._installation.clock.now():016d}")
        return [_Due(Ledger(*row[:3]), row[3], int(row[4])) for row in rows]

    async def _announce(self, ledger: Ledger) -> None:
        size = (await self._installation.log.published(ledger)).size
        for announcer in self._announcers:
            for announcement in await announcer(self._installation, ledger):
                await self._say(ledger, announcement, self._installation.clock.now())
        # What was announced has made it grow: the next look sees whether something follows from that. So it does where
        # the database was ahead of what is published.
        self._watch.seen(ledger, size)

    async def _say(self, ledger: Ledger, announcement: Announcement, time: int) -> bool:
        """Whether it has been said, by this clerk or another."""
        try:
            await self._installation.submit(ledger, await written(self._installation, ledger, announcement, time))
        except Refused as refused:
            if refused.error.code == "statement.nonce_reused":
                return True
            _log.warning("%s refused: %s", announcement.type, refused.error)
        except (ServiceError, LedgerError) as error:
            _log.warning("%s: %s: %s", ledger.origin, announcement.type, error)
        else:
            return True
        return False


async def written(installation: Installation, ledger: Ledger, announcement: Announcement, time: int) -> Submission:
    """The announcement as the clerk signs it; for the same cause it has the same nonce."""
    published = announcement.seen or await installation.log.published(ledger)
    digest = hashlib.sha256(f"{ledger.origin} {announcement.type} {announcement.cause}".encode()).digest()
    statement = Statement(
        at=canonical.format_time(time),
        author=ids.CLERK,
        body=announcement.body,
        ledger=ledger.origin,
        nonce=nonce(0, digest[:10]),
        seen=seen(published.size, published.root),
        type=announcement.type,
        v=1,
    )
    data = composed(statement, lambda: b"").data
    coop = await coop_of(installation.database.pool, ledger.id)
    if coop is None:
        raise LedgerUnknown("ledger.unknown", slug=ledger.slug)
    signature = sign_ed25519(installation.keys.clerk(ledger.origin, coop.clerk_key), data)
    return check(parse_statement(data), data, (signature,))
