"""Loads the sample village into an installation: the lane's own steps, with the village's clock instead of ours.

Each wave is a batch, folded and written as the lane does it; only the moments of receipt come from the story. A real
ledger has no such way in: nothing outside this file gives ``received`` any value but the present.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg

from app.demo.founding import Place
from app.demo.story import Story
from app.demo.villages import SampleVillage
from app.demo.writer import Wave, Written
from app.installation import Installation
from app.sequencer.batch import Appended, Batch, Desk
from app.sequencer.growth import Growth
from app.sequencer.state import PostgresSource
from app.sequencer.submission import Submission, check
from app.storage.ledgers import add, log_keys
from ledger.fold import Books
from ledger.state import Memory, Record, State
from ledger.statement import parse_statement


def place(installation: Installation, village: SampleVillage, address: str, host: str) -> Place:
    """The village's ledger in this installation: the operator's keys are its own, new with each."""
    draft = installation.draft(village.origin)
    clerk = installation.keys.get(village.origin, "clerk")
    return Place(village.origin, draft.log_key, clerk, (host,), (address,), village.coop, village.about)


async def load(
    installation: Installation, village: SampleVillage, story: Story, progress: Callable[[int], None]
) -> int:
    """Write the story's entries, all or none; their number. ``progress`` is told how many are in."""
    waves = await asyncio.to_thread(story.tell)
    await asyncio.to_thread(installation.publisher.begin, village.origin)
    async with installation.database.pool.acquire() as connection:
        async with connection.transaction():
            ledger = await add(connection, village.slug, village.origin)
            if ledger is None:
                raise ValueError(f"the ledger {village.slug} is there already")
            desk = Desk(ledger, installation.books, await Growth.load(connection, ledger.id, 0))
            desk.source = _FromNothing(installation.books, ledger.id)
            await asyncio.to_thread(installation.privacy.prepare, ledger.id, _subjects(installation.books, waves))
            for wave in waves:
                await _write(installation, connection, desk, wave)
                progress(desk.growth.size)
        vkeys = await log_keys(connection, ledger)
        await installation.publisher.publish(connection, ledger, desk.growth.size, desk.growth.root(), vkeys)
    return desk.growth.size


async def _write(installation: Installation, connection: asyncpg.Connection, desk: Desk, wave: Wave) -> None:
    submissions = await asyncio.to_thread(lambda: [_submission(written) for written in wave.written])
    batch = Batch(desk, connection, wave.written[0].received)
    outcomes = await batch.fold(submissions, [written.received for written in wave.written])
    for submission, outcome in zip(submissions, outcomes, strict=True):
        if not isinstance(outcome, Appended):
            raise TypeError(f"the sample village is refused: {submission.statement.type}: {outcome}")
    await batch.write(installation.privacy)
    # Nobody sees these checkpoints before the whole village is committed, so signing them first forks nothing.
    growth = desk.growth
    published = installation.publisher.sign(desk.ledger.origin, growth.size, growth.root())
    await installation.publisher.remember(connection, desk.ledger, published)
    desk.source.publish(published.size, published.root)
    growth.settle()


class _FromNothing(PostgresSource):
    """Has seen the ledger from its first entry, so it knows what is not there and never has to ask the database."""

    def __init__(self, books: Books, ledger_id: int) -> None:
        super().__init__(books, ledger_id)
        self._memory = Memory()

    def get(self, kind: str, id_: str) -> Record | None:
        return self._memory.get(kind, id_)

    def scan(self, kind: str, parent: str, limit: int | None) -> list[Record]:
        return self._memory.scan(kind, parent, limit)

    def traced(self, kind: str, subject: str, index: int, time: int) -> Any:
        return self._memory.traced(kind, subject, index, time)

    def traces(self, kind: str, index: int, time: int) -> Mapping[str, Any]:
        return self._memory.traces(kind, index, time)

    def known(self, question: str) -> Any:
        return self._memory.known(question)

    def remember(self, question: str, answer: Any) -> None:
        self._memory.remember(question, answer)

    def absorb(self, state: State) -> None:
        self._memory.absorb(state)


def _subjects(books: Books, waves: list[Wave]) -> set[str]:
    """Everybody whose private values are kept."""
    return {
        books.subject(parse_statement(written.data), written.id, opening.path)
        for wave in waves
        for written in wave.written
        for opening in written.openings
    }


def _submission(written: Written) -> Submission:
    """Read as if posted: signatures and openings are checked like anybody's."""
    return check(parse_statement(written.data), written.data, written.signatures, written.openings)
