"""What became of letters: for whoever asks who was notified, how and when, and for whoever mends.

Nothing is opened for it: receivers are members' ids, and addresses are shown nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

import asyncpg

from app.post.outbox import State

OPEN: Final[tuple[State, ...]] = ("waiting", "sending", "handed", "failed", "unknown")
_COLUMNS: Final = "id, subject, kind, version, member, state, code, attempts, queued, changed, due"


class Sent(NamedTuple):
    """A letter as it stands: ``changed``, since when it is so; ``due``, the next try of one that waits. Times in ms."""

    id: str
    subject: str
    kind: str
    version: int
    member: str
    state: State
    code: str
    attempts: int
    queued: int
    changed: int
    due: int


class Page(NamedTuple):
    """Some of them; ``after`` asks for the next ones, empty at the end."""

    letters: list[Sent]
    after: str


async def about(pool: asyncpg.Pool, ledger_id: int, subject: str) -> list[Sent]:
    """Every letter about a meeting, say: by kind of notice, version and member."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE ledger_id = $1 AND subject = $2 ORDER BY kind, version, member"  # noqa: S608
    return [Sent(*row) for row in await pool.fetch(query, ledger_id, subject)]


async def page(
    pool: asyncpg.Pool, ledger_id: int, states: Collection[State] = OPEN, after: str = "", limit: int = 50
) -> Page:
    """Letters in those states, by their ids."""
    query = f"SELECT {_COLUMNS} FROM outbox WHERE ledger_id = $1 AND state = ANY($2) AND id > $3 ORDER BY id LIMIT $4"  # noqa: S608
    rows = await pool.fetch(query, ledger_id, list(states), after, limit + 1)
    letters = [Sent(*row) for row in rows[:limit]]
    return Page(letters, letters[-1].id if len(rows) > limit else "")


async def counts(pool: asyncpg.Pool, ledger_id: int) -> dict[State, int]:
    """How many letters of a ledger are in each state; states without any are left out."""
    query = "SELECT state, count(*) FROM outbox WHERE ledger_id = $1 GROUP BY state"
    return {state: number for state, number in await pool.fetch(query, ledger_id)}  # noqa: C416


async def still_open(connection: asyncpg.Connection | asyncpg.Pool) -> dict[State, int]:
    """The same over all ledgers, of those states in which a letter has not come to its end."""
    rows = await connection.fetch(
        "SELECT state, count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'handed', 'failed', 'unknown') "
        "GROUP BY state"
    )
    return dict.fromkeys(OPEN, 0) | {state: number for state, number in rows}  # noqa: C416
