"""A letter's row, from state to state. What is sent twice or lost is decided here, and nowhere else.

    waiting ─claim→ sending ─hand→ handed ─settle→ sent
       ↑               │              ├─settle→ waiting, after a pause (the server wants it later), or failed
       └──settle_left──┘              └─settle, settle_left→ unknown

One process of an installation sends: the one whose connection holds the lock. ``hand`` goes over that same connection.
Whoever has lost it has lost the lock and can hand nothing over any more; whoever has the lock next knows that what is
``sending`` was never handed over. An answer, though, may be settled by any connection, and late: its ``claim`` says
that nobody has tried again since.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Final, Literal, NamedTuple

import asyncpg

State = Literal["waiting", "sending", "handed", "sent", "failed", "unknown", "erased", "cancelled"]

_LOCK: Final = 7_595_627
"""Of the database's advisory locks the one that whoever sends mail holds."""
_CLAIM_SIZE: Final = 16
_MINUTE: Final = 60_000
_LONGEST: Final = 240 * _MINUTE
"""Milliseconds between two tries, at most."""
_STATE: Final = "CASE WHEN attempts >= $4 THEN 'failed' ELSE 'waiting' END"


class Claimed(NamedTuple):
    """A letter that this process is to send, and which try this is. ``queued`` in ms."""

    ledger_id: int
    id: str
    member: str
    sealed: bytes | None
    attempts: int
    queued: int
    claim: bytes


class Verdict(NamedTuple):
    """What came of a try. ``code``: the server's answer without its words (``550 5.1.1``), or one word of our own."""

    state: Literal["sent", "waiting", "failed", "unknown", "erased"]
    code: str = ""


class ClaimLost(Exception):
    """The letter was erased or cancelled meanwhile: it must not be sent."""


def pause(attempts: int) -> int:
    """Milliseconds until the next try after so many: 1, 2, 4 … minutes, at most four hours."""
    return min(_MINUTE << min(attempts - 1, 8), _LONGEST)


async def own(connection: asyncpg.Connection) -> bool:
    """Become the one that sends, for as long as this connection lasts; False where another process is."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK))


async def settle_left(connection: asyncpg.Connection, now: int, tries: int) -> int:
    """For a new owner: what the one before left. How many letters nobody knows of whether they were sent."""
    query = "SELECT DISTINCT ledger_id FROM outbox WHERE state IN ('sending', 'handed')"
    unknown = 0
    for (ledger_id,) in await connection.fetch(query):
        rows = await connection.fetch(
            "UPDATE outbox SET state = 'unknown', code = 'stopped', changed = $2 "
            "WHERE ledger_id = $1 AND state = 'handed' RETURNING id",
            *(ledger_id, now),
        )
        unknown += len(rows)
        # One that ends the process every time must come to an end itself.
        await connection.execute(
            f"UPDATE outbox SET state = {_STATE}, code = 'stopped', changed = $2, due = $3, claim = NULL "  # noqa: S608
            "WHERE ledger_id = $1 AND state = 'sending'",
            *(ledger_id, now, now + pause(1), tries),
        )
    return unknown


async def claim(connection: asyncpg.Connection, now: int, after: int) -> Claimed | None:
    """The letter that has been due for longest, of the next ledger after that one: no co-op waits for another's."""
    query = "SELECT min(ledger_id) FROM outbox WHERE state = 'waiting' AND due <= $1 AND ledger_id > $2"
    ledger_id = await connection.fetchval(query, now, after) or await connection.fetchval(query, now, 0)
    if ledger_id is None:
        return None
    token = secrets.token_bytes(_CLAIM_SIZE)
    row = await connection.fetchrow(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed = $2, claim = $3 "
        "WHERE ledger_id = $1 AND state = 'waiting' AND id = ("
        "  SELECT id FROM outbox WHERE ledger_id = $1 AND state = 'waiting' AND due <= $2 ORDER BY due, id LIMIT 1"
        ") RETURNING id, member, sealed, attempts, queued",
        *(ledger_id, now, token),
    )
    return None if row is None else Claimed(ledger_id, **row, claim=token)


async def hand(connection: asyncpg.Connection, claimed: Claimed, now: int) -> None:
    """Commit that from here on nobody can say that it was not sent. ClaimLost where it must not be."""
    async with connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit TO on")  # whatever this server's habit is
        done = await connection.execute(
            "UPDATE outbox SET state = 'handed', changed = $4 "
            "WHERE ledger_id = $1 AND id = $2 AND claim = $3 AND state = 'sending'",
            *(claimed.ledger_id, claimed.id, claimed.claim, now),
        )
    if done != "UPDATE 1":
        raise ClaimLost


async def settle(pool: asyncpg.Pool, claimed: Claimed, verdict: Verdict, now: int, tries: int) -> None:
    """Keep what came of it. Nothing happens where somebody has decided something else meanwhile."""
    mine = "ledger_id = $1 AND id = $2 AND claim = $3 AND state IN ('sending', 'handed', 'unknown')"
    key = (claimed.ledger_id, claimed.id, claimed.claim)
    if verdict.state == "waiting":
        state = "failed" if claimed.attempts >= tries else "waiting"
        await pool.execute(
            f"UPDATE outbox SET state = $4, code = $5, changed = $6, due = $7 WHERE {mine}",  # noqa: S608
            *(*key, state, verdict.code, now, now + pause(claimed.attempts)),
        )
        return
    # What has been sent is nobody's business any more: only that it was.
    kept = "sealed" if verdict.state in ("failed", "unknown") else "NULL"
    await pool.execute(
        f"UPDATE outbox SET state = $4, code = $5, changed = $6, sealed = {kept} WHERE {mine}",  # noqa: S608
        *(*key, verdict.state, verdict.code, now),
    )


async def erase(pool: asyncpg.Pool, ledger_id: int, members: Collection[str], now: int) -> None:
    """Their letters can't be read any more, and are not sent; what is with the server already is not called back."""
    await pool.execute(
        "UPDATE outbox SET sealed = NULL, "
        "changed = CASE WHEN state = 'handed' THEN changed ELSE $3 END, "
        "state = CASE WHEN state = 'handed' THEN state ELSE 'erased' END "
        "WHERE ledger_id = $1 AND member = ANY($2) AND state IN ('waiting', 'sending', 'handed', 'failed', 'unknown')",
        *(ledger_id, list(members), now),
    )


async def say_again(pool: asyncpg.Pool, ledger_id: int, id_: str, now: int) -> bool:
    """Have a letter sent that has failed, or of which nobody knows: it may then arrive twice. Whether there is one."""
    done: str = await pool.execute(
        "UPDATE outbox SET state = 'waiting', attempts = 0, due = $3, changed = $3, claim = NULL "
        "WHERE ledger_id = $1 AND id = $2 AND state IN ('failed', 'unknown')",
        *(ledger_id, id_, now),
    )
    return done == "UPDATE 1"


async def write_again(pool: asyncpg.Pool, ledger_id: int, sealed: Mapping[str, bytes], now: int) -> int:
    """Have those of these letters (by id) sent that have failed, in what they now say; how many.

    One that has failed was never taken by a server, so it does not arrive twice.
    """
    done: str = await pool.execute(
        "UPDATE outbox SET sealed = new.sealed, state = 'waiting', attempts = 0, due = $4, changed = $4, claim = NULL, "
        "code = '' FROM unnest($2::text[], $3::bytea[]) AS new (id, sealed) "
        "WHERE outbox.ledger_id = $1 AND outbox.id = new.id AND outbox.state = 'failed'",
        *(ledger_id, list(sealed), list(sealed.values()), now),
    )
    return int(done.rpartition(" ")[2])


async def cancel(pool: asyncpg.Pool, ledger_id: int, id_: str, now: int) -> bool:
    """Have a letter not sent, or not again; whether it was still to be had."""
    done: str = await pool.execute(
        "UPDATE outbox SET state = 'cancelled', sealed = NULL, changed = $3, claim = NULL "
        "WHERE ledger_id = $1 AND id = $2 AND state IN ('waiting', 'sending', 'failed', 'unknown')",
        *(ledger_id, id_, now),
    )
    return done == "UPDATE 1"


async def doubt(pool: asyncpg.Pool, ledger_id: int, now: int) -> int:
    """After a restore: what waits in this database may have been sent since it was copied. How many letters."""
    done: str = await pool.execute(
        "UPDATE outbox SET state = 'unknown', code = 'restored', changed = $2, claim = NULL "
        "WHERE ledger_id = $1 AND state IN ('waiting', 'sending', 'handed')",
        *(ledger_id, now),
    )
    return int(done.rpartition(" ")[2])
