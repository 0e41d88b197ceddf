"""What the pages of the entrance read beside single records: the genesis, and a passkey's key by its credential."""

from __future__ import annotations

from collections.abc import Sequence

from app.installation import Installation
from app.reading import Reading
from ledger import merkle
from ledger.books.coop import ID, Coop
from ledger.books.keys import Key
from ledger.books.members_policy import MembersPolicy
from ledger.books.policies import Policy, PolicyHead


async def genesis_hash(installation: Installation, reading: Reading) -> bytes:
    """Leaf hash of entry 0: the root of the tree of size 1, from which every later checkpoint can be proved."""
    stored = await installation.log.entry(reading.ledger, 0)
    if stored is None:
        raise LookupError(reading.ledger.origin)
    return merkle.leaf_hash(stored.leaf)


async def key_of_credential(reading: Reading, credential: str) -> Key | None:
    """The active key that a passkey with this credential id speaks with. Credential ids are random: they can't be
    guessed, and whoever has one has the passkey.
    """
    row = await reading.pool.fetchrow(
        "SELECT id FROM record WHERE ledger_id = $1 AND kind = 'key' AND data->>'credential' = $2 LIMIT 1",
        reading.ledger_id,
        credential,
    )
    key = None if row is None else await reading.find(Key, row["id"])
    return key if key is not None and key.status == "active" else None


async def policy_in_force(reading: Reading) -> MembersPolicy:
    """The members' policy as it now is."""
    head = await reading.find(PolicyHead, "members")
    policy = None if head is None else await reading.find(Policy, f"members/{head.version}")
    if policy is None:
        raise LookupError("a founded co-op has a members' policy")
    return policy.members()


async def public_slugs(installation: Installation, but: Sequence[str], limit: int, offset: int) -> list[str]:
    """Co-ops whose tiles are open to everyone, oldest first, some left out."""
    rows = await installation.database.pool.fetch(
        "SELECT l.slug FROM named l JOIN record r ON r.ledger_id = l.id AND r.kind = $1 AND r.id = $2 "
        "WHERE r.data->>'tiles' = 'public' AND l.slug <> ALL($3) ORDER BY l.id LIMIT $4 OFFSET $5",
        *(Coop.kind, ID, list(but), limit, offset),
    )
    return [row["slug"] for row in rows]
