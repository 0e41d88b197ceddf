"""The ledgers an installation keeps, and where each of them stands."""

from __future__ import annotations

from typing import NamedTuple

import asyncpg
import msgspec

from ledger.books.coop import ID, Coop, keys_in_force
from ledger.merkle import EMPTY_ROOT


class Ledger(NamedTuple):
    """One ledger: its number in the tables, its part of the address, its log's origin."""

    id: int
    slug: str
    origin: str


class Head(NamedTuple):
    """Where a ledger stands in the database, published or not. Times in milliseconds."""

    size: int
    root: bytes
    received: int
    database_time: int


async def find(connection: asyncpg.Connection, slug: str) -> Ledger | None:
    """The ledger of that slug, by the names that it has now: the slug may be one that it had before."""
    query = (
        "SELECT id, slug, origin FROM named WHERE id = "
        "(SELECT id FROM ledger WHERE slug = $1 UNION SELECT ledger_id FROM succession WHERE slug = $1 LIMIT 1)"
    )
    row = await connection.fetchrow(query, slug)
    return None if row is None else Ledger(*row)


async def founded(connection: asyncpg.Connection) -> list[Ledger]:
    """All ledgers that have a genesis, oldest first."""
    query = "SELECT id, slug, origin FROM named JOIN head ON ledger_id = id WHERE size > 0 ORDER BY id"
    return [Ledger(*row) for row in await connection.fetch(query)]


async def add(connection: asyncpg.Connection, slug: str, origin: str) -> Ledger | None:
    """A new ledger of size 0, the one that is there already, or None when slug or origin belong to another."""
    taken = "SELECT 1 FROM succession WHERE slug = $1 OR origin = $2"
    query = f"INSERT INTO ledger (slug, origin) SELECT $1, $2 WHERE NOT EXISTS ({taken}) ON CONFLICT DO NOTHING"
    await connection.execute(query, slug, origin)
    ledger = await find(connection, slug)
    if ledger is None or ledger.origin != origin:
        return None
    await connection.execute(
        "INSERT INTO head (ledger_id, size, root, received) VALUES ($1, 0, $2, 0) ON CONFLICT DO NOTHING",
        ledger.id,
        EMPTY_ROOT,
    )
    return ledger


async def rename(connection: asyncpg.Connection, ledger: Ledger, new: Ledger, entries: int) -> bool:
    """From so many entries on, the ledger goes by the new names; whether they are free (or its own already)."""
    found = await find(connection, new.slug)
    if found is not None and found.id != ledger.id:
        return False
    taken = await connection.fetchval("SELECT 1 FROM named WHERE origin = $1 AND id <> $2", new.origin, ledger.id)
    if taken:
        return False
    columns = "ledger_id, entries, slug, origin, old_slug, old_origin"
    await connection.execute(
        f"INSERT INTO succession ({columns}) VALUES ($1, $2, $3, $4, $5, $6)",  # noqa: S608 (a constant)
        *(ledger.id, entries, new.slug, new.origin, ledger.slug, ledger.origin),
    )
    return True


class Former(NamedTuple):
    """A name that a ledger had up to its first ``entries`` entries."""

    slug: str
    origin: str
    entries: int


async def former_names(connection: asyncpg.Connection | asyncpg.Pool, ledger_id: int) -> list[Former]:
    """The names that a ledger had before, oldest first."""
    query = "SELECT old_slug, old_origin, entries FROM succession WHERE ledger_id = $1 ORDER BY entries"
    return [Former(*row) for row in await connection.fetch(query, ledger_id)]


async def lock_head(connection: asyncpg.Connection, ledger_id: int) -> Head:
    """The head, locked until the transaction ends: whoever holds it is the only one who appends."""
    return Head(*await connection.fetchrow(f"{_HEAD} FOR UPDATE", ledger_id))


async def log_keys(connection: asyncpg.Connection, ledger: Ledger) -> tuple[str, ...]:
    """The vkeys that sign for the ledger as the database stands, newest first; none before the genesis."""
    coop = await coop_of(connection, ledger.id)
    return () if coop is None else keys_in_force(coop)


async def coop_of(connection: asyncpg.Connection | asyncpg.Pool, ledger_id: int) -> Coop | None:
    """What the ledger says of itself as the database stands; None before the genesis."""
    query = "SELECT data FROM record WHERE ledger_id = $1 AND kind = $2 AND id = $3"
    data = await connection.fetchval(query, ledger_id, Coop.kind, ID)
    return None if data is None else msgspec.json.decode(data, type=Coop)


async def read_head(connection: asyncpg.Connection, ledger_id: int) -> Head:
    """The head as last committed."""
    return Head(*await connection.fetchrow(_HEAD, ledger_id))


_HEAD = """
    SELECT size, root, received, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
    FROM head WHERE ledger_id = $1
"""
