"""Where a roster waits between the file and its last line: sealed under a key of its own, for a week.

Any administrator of the co-op may go on with it. When it is through, or given up, its key is destroyed: nothing that
the roll does not have stays behind.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import msgspec

from app.api.problems import Problem
from app.installation import Installation
from app.reading import Reading
from app.roster.columns import Sheet
from app.roster.decoding import Encoding, Sign
from app.roster.plan import Choices
from ledger import canonical
from ledger.private import Opening

LIFETIME: Final = 7 * 86_400_000
"""Milliseconds that a roster is kept after it was last touched."""
_SIZE: Final = 16
_PATH: Final = "roster"


class Import(msgspec.Struct):
    """A roster on its way. ``pinned``: numbers of the lines that were new when somebody first confirmed, so that going
    on later means the same batch; empty before.
    """

    filename: str
    encoding: Encoding
    sign: Sign
    delimiter: str
    sheet: Sheet
    choices: Choices
    unclear: list[str] = []
    pinned: list[int] = []


class Listed(NamedTuple):
    """One that waits: its id (hex), and until when it is kept (ms)."""

    id: str
    expires: int


async def begin(installation: Installation, reading: Reading, roster: Import) -> str:
    """Keep a roster; its id."""
    id_ = secrets.token_bytes(_SIZE)
    now = installation.clock.now()
    sealed = await asyncio.to_thread(_seal, installation, reading.ledger_id, id_, roster)
    await reading.pool.execute(
        "INSERT INTO roster (ledger_id, id, sealed, expires) VALUES ($1, $2, $3, $4)",
        *(reading.ledger_id, id_, sealed, now + LIFETIME),
    )
    return id_.hex()


async def sweep(installation: Installation, reading: Reading) -> None:
    """Destroy the rosters that nobody touched for a week."""
    await forget_older(installation, reading.ledger_id, installation.clock.now() - LIFETIME)


async def read(installation: Installation, reading: Reading, id_: str) -> Import:
    """The roster. Problem ``roster.unknown`` where there is none (any more)."""
    place = _parse(id_)
    query = "SELECT sealed FROM roster WHERE ledger_id = $1 AND id = $2 AND expires > $3"
    sealed = await reading.pool.fetchval(query, reading.ledger_id, place, installation.clock.now())
    return await asyncio.to_thread(_open, installation, reading.ledger_id, place, sealed)


@asynccontextmanager
async def changing(installation: Installation, reading: Reading, id_: str) -> AsyncIterator[Import]:
    """The roster, locked while it is changed, and kept as it is in the end."""
    place, ledger = _parse(id_), reading.ledger_id
    async with reading.pool.acquire() as connection, connection.transaction():
        query = "SELECT sealed FROM roster WHERE ledger_id = $1 AND id = $2 AND expires > $3 FOR UPDATE"
        sealed = await connection.fetchval(query, ledger, place, installation.clock.now())
        roster = await asyncio.to_thread(_open, installation, ledger, place, sealed)
        yield roster
        await connection.execute(
            "UPDATE roster SET sealed = $3, expires = $4 WHERE ledger_id = $1 AND id = $2",
            *(ledger, place, await asyncio.to_thread(_seal, installation, ledger, place, roster)),
            installation.clock.now() + LIFETIME,
        )


async def forget(installation: Installation, reading: Reading, id_: str) -> None:
    """The roster and the key that it was sealed under are destroyed."""
    place = _parse(id_)
    await reading.pool.execute("DELETE FROM roster WHERE ledger_id = $1 AND id = $2", reading.ledger_id, place)
    await asyncio.to_thread(installation.privacy.erase, reading.ledger_id, _subject(place))


async def forget_older(installation: Installation, ledger_id: int, moment: int) -> None:
    """Destroy the rosters that nobody has touched since that moment (ms)."""
    query = "DELETE FROM roster WHERE ledger_id = $1 AND expires <= $2 RETURNING id"
    for (place,) in await installation.database.pool.fetch(query, ledger_id, moment + LIFETIME):
        await asyncio.to_thread(installation.privacy.erase, ledger_id, _subject(place))


async def waiting(installation: Installation, reading: Reading) -> list[Listed]:
    """Every roster that was not finished, the youngest first."""
    rows = await reading.pool.fetch(
        "SELECT id, expires FROM roster WHERE ledger_id = $1 AND expires > $2 ORDER BY expires DESC, id",
        *(reading.ledger_id, installation.clock.now()),
    )
    return [Listed(row["id"].hex(), row["expires"]) for row in rows]


def _seal(installation: Installation, ledger_id: int, place: bytes, roster: Import) -> bytes:
    opening = Opening(_PATH, canonical.b64(bytes(32)), msgspec.to_builtins(roster))
    return installation.privacy.seal(ledger_id, _subject(place), place, opening)


def _open(installation: Installation, ledger_id: int, place: bytes, sealed: bytes | None) -> Import:
    opening = sealed and installation.privacy.open(ledger_id, _subject(place), place, _PATH, sealed)
    if not opening:
        raise Problem("roster.unknown", 404)
    return msgspec.convert(opening.value, Import)


def _subject(place: bytes) -> str:
    return f"roster/{place.hex()}"


def _parse(id_: str) -> bytes:
    try:
        place = bytes.fromhex(id_)
    except ValueError as error:
        raise Problem("roster.unknown", 404) from error
    if len(place) != _SIZE or place.hex() != id_:
        raise Problem("roster.unknown", 404)
    return place
