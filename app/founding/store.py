"""Where drafts of a founding are kept: encrypted, for a month, and gone for good once the co-op is founded.

Two links lead to a draft. The first founder's may change everything; the one made from it lets others join and sign.
Neither is stored: the table knows a draft by a hash of both.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
import msgspec

from app.api.problems import Problem
from app.founding.answers import Founding
from app.installation import Installation
from ledger import canonical
from ledger.private import Opening

LIFETIME: Final = 30 * 86_400_000
"""Milliseconds that a draft is kept after its last change."""
_SIZE: Final = 16
_NO_LEDGER: Final = 0
"""Privacy keys of drafts stand under no ledger: theirs begin at 1."""


@dataclass
class Link:
    """What a link opens: the draft's place, and whether it is the first founder's own (``key`` None: it is not)."""

    joining: str
    key: str | None

    @property
    def place(self) -> bytes:
        """The draft's id in the table."""
        return hashlib.sha256(f"yui/founding/place\n{self.joining}".encode()).digest()

    @property
    def subject(self) -> str:
        """The name of the draft's privacy key."""
        return f"founding_{self.place.hex()}"


def own_link(key: str) -> Link:
    """The first founder's link."""
    digest = hashlib.sha256(f"yui/founding/joining\n{key}".encode()).digest()
    return Link(_text(digest[:_SIZE]), key)


async def begin(installation: Installation) -> Link:
    """A new, empty draft."""
    link, now = own_link(_text(secrets.token_bytes(_SIZE))), installation.clock.now()
    await installation.database.pool.execute(
        "INSERT INTO founding (id, sealed, expires) VALUES ($1, $2, $3)",
        *(link.place, _seal(installation, link, Founding()), now + LIFETIME),
    )
    return link


async def sweep(installation: Installation) -> None:
    """Destroy the drafts that nobody touched for a month."""
    query = "DELETE FROM founding WHERE expires < $1 RETURNING id"
    for (place,) in await installation.database.pool.fetch(query, installation.clock.now()):
        await asyncio.to_thread(installation.privacy.erase, _NO_LEDGER, f"founding_{place.hex()}")


async def read(installation: Installation, link: Link) -> Founding:
    """The draft. Problem ``founding.unknown`` where there is none (any more)."""
    query = "SELECT sealed FROM founding WHERE id = $1 AND expires >= $2"
    sealed = await installation.database.pool.fetchval(query, link.place, installation.clock.now())
    return _open(installation, link, sealed)


@asynccontextmanager
async def changing(installation: Installation, link: Link) -> AsyncIterator[Founding]:
    """The draft, locked against other founders' changes, and kept as it is in the end."""
    async with installation.database.pool.acquire() as connection, connection.transaction():
        sealed = await connection.fetchval("SELECT sealed FROM founding WHERE id = $1 FOR UPDATE", link.place)
        founding = _open(installation, link, sealed)
        yield founding
        await _write(connection, installation, link, founding)


async def forget(installation: Installation, link: Link) -> None:
    """The draft and the key that it was sealed under are destroyed."""
    await installation.database.pool.execute("DELETE FROM founding WHERE id = $1", link.place)
    installation.privacy.erase(_NO_LEDGER, link.subject)


async def _write(connection: asyncpg.Connection, installation: Installation, link: Link, founding: Founding) -> None:
    await connection.execute(
        "UPDATE founding SET sealed = $2, expires = $3 WHERE id = $1",
        *(link.place, _seal(installation, link, founding), installation.clock.now() + LIFETIME),
    )


def _seal(installation: Installation, link: Link, founding: Founding) -> bytes:
    opening = Opening("", canonical.b64(bytes(32)), msgspec.to_builtins(founding))
    return installation.privacy.seal(_NO_LEDGER, link.subject, link.place, opening)


def _open(installation: Installation, link: Link, sealed: bytes | None) -> Founding:
    opening = sealed and installation.privacy.open(_NO_LEDGER, link.subject, link.place, "", sealed)
    if not opening:
        raise Problem("founding.unknown", 404)
    return msgspec.convert(opening.value, Founding)


def _text(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
