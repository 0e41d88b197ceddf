"""What officers sign when a ledger can't go on: fixed bytes, made where the operator's keys and the guard are.

The draft says what the guard has published last, how much of it is here, and under which name and keys it goes on. It
is kept like a founding's until every officer named in it has signed: encrypted, for a month, at an address that is its
key.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec

from app.api.problems import Problem
from app.errors import GuardError, KeyMissing
from app.installation import Installation
from app.sequencer.guard import Published
from app.storage.ledgers import Ledger, coop_of, read_head
from ledger import canonical
from ledger.books import coop, succession
from ledger.books.coop import Coop
from ledger.checkpoint import LogKeys
from ledger.compose import Private, compose, nonce, seen
from ledger.errors import Refusal
from ledger.fold import SUCCESSION_TYPE
from ledger.private import SALT_SIZE, Opening
from ledger.signed_note import parse_vkey
from ledger.statement import Signature, Statement

LIFETIME: Final = 30 * 86_400_000
"""Milliseconds that a draft is kept after its last change."""
_SIZE: Final = 16
_NO_LEDGER: Final = 0


class Drafted(msgspec.Struct):
    """A succession on its way: of which ledger, to which address, the fixed bytes, and the signatures in order."""

    slug: str
    origin: str
    new_slug: str
    entries: int
    published: int
    statement: str
    openings: list[dict[str, Any]]
    signers: list[str]
    signatures: list[Signature | None]


async def draft(
    installation: Installation, slug: str, new_slug: str, reason: str, *, key_lost: bool, by: Sequence[str] = ()
) -> Drafted:
    """The draft for ``by`` (else an administrator and another official) to sign; ``key_lost``: that is the cause.

    Refusal ``succession.nothing_lost``, ``succession.key_here``, ``succession.nobody``; GuardError.
    """
    ledger = await installation.ledger(slug)
    record = await coop_of(installation.database.pool, ledger.id)
    if record is None:
        raise Refusal("coop.unknown")
    async with installation.database.pool.acquire() as connection:
        head = await read_head(connection, ledger.id)
        last = await asyncio.to_thread(_last, installation, ledger, record)
        point = await _point(connection, ledger, head.size, last, key_lost=key_lost)
    if key_lost:
        _check_key_lost(installation, ledger, record)
    elif last.size <= head.size:
        raise Refusal("succession.nothing_lost", size=last.size, index=head.size)
    signers = list(by) or (await installation.ask(ledger, succession.officers))[:2]
    if not signers:
        raise Refusal("succession.nobody")
    origin = f"{ledger.origin.rpartition('/')[0] or ledger.origin}/{new_slug}"
    keys = installation.draft(origin)
    now = installation.clock.now()
    body = {
        "cause": "key" if key_lost else "entries",
        "clerk_key": keys.clerk_key,
        "entries": head.size,
        "last": msgspec.to_builtins(succession.last_checkpoint(last.note)),
        "log_key": keys.log_key,
        "reason": Private(reason),
    }
    statement = Statement(
        at=canonical.format_time(now),
        author=signers[0],
        body=body,
        ledger=origin,
        nonce=nonce(now, secrets.token_bytes(10)),
        seen=seen(*point),
        type=SUCCESSION_TYPE,
        v=1,
        cosigners=tuple(signers[1:]),
    )
    made = compose(statement, lambda: secrets.token_bytes(SALT_SIZE))
    openings = [msgspec.to_builtins(opening) for opening in made.openings]
    signatures: list[Signature | None] = [None] * len(signers)
    text = made.data.decode()
    return Drafted(slug, ledger.origin, new_slug, head.size, last.size, text, openings, signers, signatures)


def _last(installation: Installation, ledger: Ledger, record: Coop) -> Published:
    """What was published last. The keys by which it is believed are the ledger's own: the operator's may be lost."""
    keys = tuple(parse_vkey(vkey) for vkey in coop.keys_in_force(record))
    return installation.guard.last(LogKeys(ledger.origin, keys))


def _check_key_lost(installation: Installation, ledger: Ledger, record: Coop) -> None:
    try:
        installation.keys.signers(ledger.origin, coop.keys_in_force(record)[:1])
    except KeyMissing:
        return
    raise Refusal("succession.key_here")


async def _point(
    connection: asyncpg.Connection, ledger: Ledger, size: int, last: Published, *, key_lost: bool
) -> tuple[int, bytes]:
    """The newest published checkpoint that the tree here passes through."""
    if key_lost:
        return last.size, last.root
    query = (
        "SELECT size, root FROM checkpoint WHERE ledger_id = $1 AND size BETWEEN 1 AND $2 ORDER BY size DESC LIMIT 1"
    )
    row = await connection.fetchrow(query, ledger.id, size)
    if row is None:
        raise GuardError("guard.ahead", origin=ledger.origin, published=last.size, size=size)
    return row["size"], row["root"]


# Where drafts are kept.


async def keep(installation: Installation, drafted: Drafted) -> str:
    """Keep a new draft; what its address ends with."""
    token = base64.b32encode(secrets.token_bytes(_SIZE)).decode().rstrip("=").lower()
    await installation.database.pool.execute(
        "INSERT INTO founding (id, sealed, expires) VALUES ($1, $2, $3)",
        *(_place(token), _seal(installation, token, drafted), installation.clock.now() + LIFETIME),
    )
    return token


async def read(installation: Installation, token: str) -> Drafted:
    """The draft. Problem ``succession.unknown`` where there is none (any more)."""
    query = "SELECT sealed FROM founding WHERE id = $1 AND expires >= $2"
    sealed = await installation.database.pool.fetchval(query, _place(token), installation.clock.now())
    return _open(installation, token, sealed)


@asynccontextmanager
async def changing(installation: Installation, token: str) -> AsyncIterator[Drafted]:
    """The draft, locked against other officers' signatures, and kept as it is in the end."""
    async with installation.database.pool.acquire() as connection, connection.transaction():
        sealed = await connection.fetchval("SELECT sealed FROM founding WHERE id = $1 FOR UPDATE", _place(token))
        drafted = _open(installation, token, sealed)
        yield drafted
        await connection.execute(
            "UPDATE founding SET sealed = $2, expires = $3 WHERE id = $1",
            *(_place(token), _seal(installation, token, drafted), installation.clock.now() + LIFETIME),
        )


async def forget(installation: Installation, token: str) -> None:
    """The draft and the key that it was sealed under are destroyed."""
    await installation.database.pool.execute("DELETE FROM founding WHERE id = $1", _place(token))
    installation.privacy.erase(_NO_LEDGER, _subject(token))


def _place(token: str) -> bytes:
    return hashlib.sha256(f"yui/succession/place\n{token}".encode()).digest()


def _subject(token: str) -> str:
    # As a founding's: what nobody has touched for a month is swept away with its key.
    return f"founding_{_place(token).hex()}"


def _seal(installation: Installation, token: str, drafted: Drafted) -> bytes:
    opening = Opening("succession", canonical.b64(bytes(SALT_SIZE)), msgspec.to_builtins(drafted))
    return installation.privacy.seal(_NO_LEDGER, _subject(token), _place(token), opening)


def _open(installation: Installation, token: str, sealed: bytes | None) -> Drafted:
    place = _place(token)
    opening = sealed and installation.privacy.open(_NO_LEDGER, _subject(token), place, "succession", sealed)
    if not opening:
        raise Problem("succession.unknown", 404)
    return msgspec.convert(opening.value, Drafted)
