"""What witnesses have cosigned of a ledger: lines for a checkpoint, the newest one that enough have cosigned, and how
things stand with each witness.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import asyncpg

from app.installation import Installation
from app.sequencer.guard import Published
from app.storage.ledgers import Ledger
from app.storage.log import Receipt, receipt
from ledger.signed_note import VerifierKey
from ledger.witness_policy import WitnessPolicy

_MAX_LINES: Final = 60
"""A note of more than 64 lines is none, and the operator's own come first."""


@dataclass(frozen=True)
class Standing:
    """How things stand with one witness: what it cosigned last and when (seconds; 0: nothing yet), and, where it does
    not, the fault (``app/witness/exchange.py``) and since when (ms).
    """

    key: VerifierKey
    size: int
    time: int
    fault: str
    failing_since: int

    @property
    def alarming(self) -> bool:
        """Whether it has seen another history than ours."""
        return self.fault in ("fork", "ahead")


@dataclass(frozen=True)
class Witnessed:
    """A ledger and its witnesses. ``size``: the newest checkpoint that enough of them have cosigned (0: none yet);
    ``waiting_since``: when the first entry beyond it was received (ms; 0: there is none); ``late``: for too long.
    """

    size: int
    witnesses: tuple[Standing, ...]
    waiting_since: int
    late: bool


def is_asked_for(policy: WitnessPolicy, origin: str, *, public: bool) -> bool:
    """Whether witnesses are shown a ledger's checkpoints: everyone may see them, or the policy names the ledger."""
    return public or any(party.key.name == origin for party in policy.logs)


async def with_cosignatures(pool: asyncpg.Pool, ledger: Ledger, published: Published) -> Published:
    """The checkpoint with every line that there is for exactly its size."""
    query = "SELECT line FROM cosignature WHERE ledger_id = $1 AND size = $2 ORDER BY witness LIMIT $3"
    lines = [row[0] for row in await pool.fetch(query, ledger.id, published.size, _MAX_LINES)]
    return published._replace(note=published.note + b"".join(lines))


async def newest(installation: Installation, ledger: Ledger) -> Published | None:
    """The newest published checkpoint that meets the policy, with its lines."""
    policy = installation.witnessing.policy
    if policy is None:
        return None
    published = await installation.log.published(ledger)
    pool = installation.database.pool
    size = await quorum_size(pool, ledger.id, policy.current(), published.size)
    if size == 0:
        return None
    if size < published.size:
        row = await pool.fetchrow(
            "SELECT size, root, note FROM checkpoint WHERE ledger_id = $1 AND size = $2", ledger.id, size
        )
        if row is None:
            return None
        published = Published(*row)
    return await with_cosignatures(pool, ledger, published)


async def cosigned_receipt(installation: Installation, ledger: Ledger, index: int) -> Receipt:
    """The receipt of a published entry, under a checkpoint that enough witnesses have cosigned where there is one."""
    found = await newest(installation, ledger)
    if found is None or found.size <= index:
        pool = installation.database.pool
        found = await with_cosignatures(pool, ledger, await installation.log.published(ledger))
    async with installation.database.pool.acquire() as connection:
        return await receipt(connection, ledger.id, index, found)


async def quorum_size(pool: asyncpg.Pool, ledger_id: int, policy: WitnessPolicy, published: int) -> int:
    """The largest size, up to ``published``, that enough witnesses have cosigned; 0 where there is none."""
    if policy.is_met(()):
        return published
    keys = {key.text(): key for key in policy.keys}
    cosigners: dict[int, set[VerifierKey]] = defaultdict(set)
    query = "SELECT size, witness FROM cosignature WHERE ledger_id = $1 AND size <= $2"
    for size, witness in await pool.fetch(query, ledger_id, published):
        if witness in keys:
            cosigners[size].add(keys[witness])
    return max((size for size, who in cosigners.items() if policy.is_met(who)), default=0)


async def witnessed(installation: Installation, ledger: Ledger, *, public: bool) -> Witnessed | None:
    """How a ledger stands with its witnesses; None where none are asked."""
    policy_file = installation.witnessing.policy
    if policy_file is None or not is_asked_for(policy := policy_file.current(), ledger.origin, public=public):
        return None
    pool = installation.database.pool
    published = (await installation.log.published(ledger)).size
    size = await quorum_size(pool, ledger.id, policy, published)
    query = "SELECT received FROM entry WHERE ledger_id = $1 AND index = $2"
    waiting = await pool.fetchval(query, ledger.id, size) if size < published else 0
    late = bool(waiting) and installation.clock.now() - waiting > installation.witnessing.grace
    return Witnessed(size, await _standings(pool, ledger, policy), waiting, late)


async def _standings(pool: asyncpg.Pool, ledger: Ledger, policy: WitnessPolicy) -> tuple[Standing, ...]:
    query = "SELECT witness, size, time, fault, failing_since FROM witness_call WHERE ledger_id = $1"
    rows = {row[0]: row[1:] for row in await pool.fetch(query, ledger.id)}
    return tuple(Standing(key, *rows.get(key.text(), (0, 0, "", 0))) for key in policy.keys)
