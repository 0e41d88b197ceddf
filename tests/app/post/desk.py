"""A co-op that sends mail: queues letters, lets the postman step, and sees what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from app.installation import Installation
from app.post import listing, outbox, queueing
from app.post.letters import Letter, Notice
from app.post.queueing import Queued
from app.post.sending import Round
from app.post.settings import Posting
from app.reading import Reading, reading_of
from app.storage.ledgers import Ledger
from tests.app.post.office import Office

TARO = "mem_" + "t" * 26
JIRO = "mem_" + "j" * 26
HOUR = 3_600_000
NOTICE = Notice("meet_" + "a" * 26, "meeting.convened", 1)


def letter(member: str = TARO, **changes: Any) -> Letter:
    """To a member whose address is the member's id."""
    plain = {
        "member": member,
        "address": f"{member}@people.example",
        "name": "浜辺 太郎",
        "coop": "結の里",
        "origin": "coops.example/owase",
        "subject": "臨時総会のお知らせ",
        "text": "総会をひらきます。\n\nhttps://coops.example/c/owase/meetings/1\n",
    }
    return Letter(**plain | changes)


def posting(office: Office, **changes: Any) -> Posting:
    plain: dict[str, Any] = {"host": "127.0.0.1", "port": office.port, "sender": "yui@coops.example", "tls": "none"}
    quick = {"per_minute": 60_000, "timeout": 60.0, "patience": 60.0}
    return Posting(**plain | quick | changes)


class Desk:
    """``rounds`` is a process that sends, ``states`` what has become of all letters, by member."""

    def __init__(self, installation: Installation, ledger: Ledger, office: Office) -> None:
        self.installation, self.ledger, self.office = installation, ledger, office
        self.posting = posting(office)

    @property
    def pool(self) -> asyncpg.Pool:
        return self.installation.database.pool

    async def reading(self) -> Reading:
        return await reading_of(self.installation, self.ledger.slug)

    async def queue(self, *letters: Letter, notice: Notice = NOTICE) -> list[Queued]:
        return await queueing.queue(self.installation, await self.reading(), notice, letters or [letter()])

    @asynccontextmanager
    async def rounds(self, **changes: Any) -> AsyncIterator[Round]:
        """One that holds the lock, and has settled what was left."""
        connection = await self.installation.database.connect()
        try:
            assert await outbox.own(connection)
            settings = Posting(**vars(self.posting) | changes)
            round_ = Round(self.installation, settings, connection)
            await round_.begin()
            yield round_
            await round_.end()
        finally:
            connection.terminate()

    async def send(self, **changes: Any) -> None:
        """Whatever is due now, one try each."""
        async with self.rounds(**changes) as round_:
            while await listing_due(self.pool, self.installation.clock.now()):
                await round_.step()

    async def letters(self) -> list[listing.Sent]:
        return await listing.about(self.pool, self.ledger.id, NOTICE.subject)

    async def states(self) -> dict[str, str]:
        return {one.member: one.state for one in await self.letters()}

    async def only(self) -> listing.Sent:
        (one,) = await self.letters()
        return one


async def listing_due(pool: asyncpg.Pool, now: int) -> int:
    found: int = await pool.fetchval("SELECT count(*) FROM outbox WHERE state = 'waiting' AND due <= $1", now)
    return found
