"""The successor is founded: the officers' entry, on the entries that are here, under the new name. All or nothing.

Each step may be the last one before a crash, and all of it may be done again: the new name's keys and guard are made
first; the entry, the name and the end of what was others' word on the old one (cosignatures, anchors under way) are one
transaction; the old name's guard is shut before that commits, for from then on nothing may be published under it; then
the new head is published like any other.
"""

from __future__ import annotations

import asyncio

import asyncpg

from app.errors import KeyMissing, LedgerDamaged, LedgerUnknown, ServiceError
from app.installation import Installation
from app.sequencer.batch import Appended, Batch, Desk
from app.sequencer.growth import Growth
from app.sequencer.submission import Submission
from app.storage.ledgers import Ledger, lock_head, rename
from app.storage.log import Receipt, receipt
from ledger.compose import public_of
from ledger.errors import LedgerError, Refusal

_OF_THE_OLD_NAME = ("cosignature", "witness_call", "anchored")
"""Tables of what others have said, or are about to say, of checkpoints under the old name."""


async def succeed(installation: Installation, slug: str, new_slug: str, submission: Submission) -> Receipt:
    """Found the successor; again with the same: the same receipt.

    LedgerError for what the fold refuses, Refusal ``genesis.operator_keys`` for keys that are not this installation's,
    LedgerUnknown ``ledger.taken`` where the new address or name is another's.
    """
    old = await installation.ledger(slug)
    new = Ledger(old.id, new_slug, submission.statement.ledger)
    if old.origin != new.origin:
        _check_own(installation, submission)
        await asyncio.to_thread(installation.publisher.begin, new.origin)
        async with installation.database.pool.acquire() as connection, connection.transaction():
            await _append(installation, connection, old, new, submission)
    return await _publish(installation, new, submission.id)


def _check_own(installation: Installation, submission: Submission) -> None:
    body, origin = submission.statement.body, submission.statement.ledger
    try:
        log, clerk = installation.keys.verifier(origin).text(), public_of(installation.keys.get(origin, "clerk"))
    except KeyMissing as error:
        raise Refusal("genesis.operator_keys") from error
    if (body.get("log_key"), body.get("clerk_key")) != (log, clerk):
        raise Refusal("genesis.operator_keys")


async def _append(
    installation: Installation, connection: asyncpg.Connection, old: Ledger, new: Ledger, submission: Submission
) -> None:
    head = await lock_head(connection, old.id)
    growth = await Growth.load(connection, old.id, head.size)
    if growth.root() != head.root:
        raise LedgerDamaged("log.root", origin=old.origin, size=head.size)
    received = max(installation.clock.check(head.database_time), head.received)
    work = Batch(Desk(new, installation.books, growth), connection, received)
    (outcome,) = await work.fold([submission])
    if isinstance(outcome, (LedgerError, ServiceError)):
        raise outcome
    if not isinstance(outcome, Appended):
        raise LedgerDamaged("log.incomplete", index=head.size)
    await work.write(installation.privacy)
    if not await rename(connection, old, new, head.size):
        raise LedgerUnknown("ledger.taken", slug=new.slug, origin=new.origin)
    for table in _OF_THE_OLD_NAME:
        await connection.execute(f"DELETE FROM {table} WHERE ledger_id = $1", old.id)  # noqa: S608 (constants)
    await asyncio.to_thread(installation.guard.succeed, old.origin, new.origin)


async def _publish(installation: Installation, new: Ledger, statement_id: bytes) -> Receipt:
    async with installation.database.pool.acquire() as connection:
        async with connection.transaction():
            head = await lock_head(connection, new.id)
            published = await installation.publisher.catch_up(connection, new, head)
        query = "SELECT index FROM entry WHERE ledger_id = $1 AND statement_id = $2"
        index = await connection.fetchval(query, new.id, statement_id)
        if index is None:
            raise Refusal("succession.origin", origin=new.origin)
        installation.bulletin.announce(new.id, published.size)
        return await receipt(connection, new.id, index, published)
