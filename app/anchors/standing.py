"""How anchoring stands, as every process's pages tell it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

from ledger import canonical
from ledger.errors import LedgerError

_SHOWN: Final = 20
"""Batches, or anchors of one ledger, that a page shows."""


class _Attempt(msgspec.Struct, frozen=True):
    transaction: str
    max_fee: int


class _Place(msgspec.Struct, frozen=True):
    transaction: str
    block: int
    time: int


class _Batch(msgspec.Struct, frozen=True):
    """Of ``contracts.record.Anchor`` what pages show; that package is not loaded for them."""

    chain_id: int
    contract: str
    sender: str
    attempts: tuple[_Attempt, ...]
    place: _Place | None


class Batch(NamedTuple):
    """A batch. ``ledgers``: how many are in it; ``submitted`` and ``time`` (the block's) in ms, fees in wei per gas;
    ``block`` and ``time`` 0 while it is in none, ``transaction`` empty before the first is made.
    """

    number: int
    state: str
    submitted: int
    ledgers: int
    chain_id: int
    attempts: int
    max_fee: int
    transaction: str
    block: int
    time: int


class Anchored(NamedTuple):
    """A ledger's checkpoint of ``size`` entries and its batch; ``proven``: the proof can be had."""

    size: int
    proven: bool
    batch: Batch


class Standing(NamedTuple):
    """The installation's: ``sender`` empty where the key can't be had, ``balance`` in wei, None where unknown; the
    ``trouble``'s code and facts and since when (ms), an empty text and 0 where there is none; ``asked``: when the chain
    was asked last (ms).
    """

    sender: str
    balance: int | None
    asked: int
    trouble: str
    params: dict[str, str]
    failing_since: int


_NOTHING: Final = Standing("", None, 0, "", {}, 0)
_BATCH: Final = "b.number, b.state, b.submitted, (SELECT count(*) FROM anchored c WHERE c.batch = b.number), b.data"


async def keep(
    connection: asyncpg.Connection,
    sender: str,
    asked: int,
    balance: int | None,
    trouble: LedgerError | None,
    now: int,
) -> None:
    """Remember what the last look came to, unless nothing has changed; ``balance`` None: as it was."""
    before = await of_installation(connection)
    params = {} if trouble is None else {name: str(value) for name, value in trouble.params.items()}
    if balance is None and before.sender == sender:
        balance = before.balance
    since = 0 if trouble is None else before.failing_since or now
    after = Standing(sender, balance, asked or before.asked, trouble.code if trouble else "", params, since)
    if after == before:
        return
    async with connection.transaction():
        await connection.execute("DELETE FROM anchor_standing")
        await connection.execute(
            "INSERT INTO anchor_standing (sender, balance, looked, trouble, params, failing_since) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            *after._replace(params=canonical.encode(after.params).decode()),  # type: ignore[arg-type]
        )


async def of_installation(connection: asyncpg.Connection | asyncpg.Pool) -> Standing:
    """What the last look came to."""
    query = "SELECT sender, balance, looked, trouble, params, failing_since FROM anchor_standing"
    row = await connection.fetchrow(query)
    if row is None:
        return _NOTHING
    balance = None if row["balance"] is None else int(row["balance"])
    return Standing(row["sender"], balance, row["looked"], row["trouble"], _params(row["params"]), row["failing_since"])


async def batches(pool: asyncpg.Pool) -> list[Batch]:
    """The newest ones first."""
    rows = await pool.fetch(f"SELECT {_BATCH} FROM anchor_batch b ORDER BY b.number DESC LIMIT $1", _SHOWN)  # noqa: S608
    return [_batch(*row) for row in rows]


async def of_ledger(pool: asyncpg.Pool, ledger_id: int) -> list[Anchored]:
    """The ledger's largest anchored trees first."""
    rows = await pool.fetch(
        f"SELECT a.size, a.proof IS NOT NULL, {_BATCH} FROM anchored a JOIN anchor_batch b ON b.number = a.batch "  # noqa: S608
        "WHERE a.ledger_id = $1 ORDER BY a.size DESC LIMIT $2",
        *(ledger_id, _SHOWN),
    )
    return [Anchored(size, proven, _batch(*batch)) for size, proven, *batch in rows]


async def proof(connection: asyncpg.Connection | asyncpg.Pool, ledger_id: int, size: int) -> bytes | None:
    """The proof file for the anchored checkpoint of that size."""
    query = "SELECT proof FROM anchored WHERE ledger_id = $1 AND size = $2"
    found: bytes | None = await connection.fetchval(query, ledger_id, size)
    return found


def _batch(number: int, state: str, submitted: int, ledgers: int, data: bytes) -> Batch:
    batch = msgspec.json.decode(data, type=_Batch)
    last = batch.attempts[-1] if batch.attempts else _Attempt("", 0)
    place = batch.place or _Place(last.transaction, 0, 0)
    return Batch(
        *(number, state, submitted, ledgers, batch.chain_id, len(batch.attempts), last.max_fee),
        *(place.transaction, place.block, place.time),
    )


def _params(text: Any) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str])
