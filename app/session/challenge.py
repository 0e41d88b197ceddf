"""Signing in: a challenge that the service makes, that a member's key signs, and that serves once.

    signed = "yui/v1/session" LF JCS{"challenge", "expires", "origin"}

The domain is never a statement's, so neither a statement's signature signs anybody in nor can a log-in become an act.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from app.api.problems import Problem
from app.installation import Installation
from app.reading import Reading
from ledger import canonical, ids, passkey
from ledger.books.coop import Coop
from ledger.books.keys import Key
from ledger.books.members import Member
from ledger.keys import SESSION_DOMAIN, verify
from ledger.statement import Signature

LIFETIME: Final = 5 * 60_000
"""Milliseconds in which a challenge is to be answered."""
SIZE: Final = 32


class Challenge(NamedTuple):
    """What is to be signed: base64 of 32 random bytes, until when, and for which ledger."""

    challenge: str
    expires: str
    origin: str

    def message(self) -> bytes:
        """The bytes under the signature."""
        return SESSION_DOMAIN + canonical.encode(self._asdict())


async def make(installation: Installation, reading: Reading) -> Challenge:
    """A fresh challenge, kept until it is answered; those that nobody answered are swept away."""
    now, value = installation.clock.now(), secrets.token_bytes(SIZE)
    async with installation.database.pool.acquire() as connection:
        await connection.execute("DELETE FROM challenge WHERE ledger_id = $1 AND expires < $2", reading.ledger_id, now)
        await connection.execute(
            "INSERT INTO challenge (ledger_id, value, expires) VALUES ($1, $2, $3)",
            *(reading.ledger_id, value, now + LIFETIME),
        )
    return Challenge(canonical.b64(value), canonical.format_time(now + LIFETIME), reading.ledger.origin)


async def answer(
    installation: Installation,
    reading: Reading,
    coop: Coop,
    challenge: Challenge,
    member: str | None,
    signature: Signature,
) -> Key:
    """The key with which that member (None: whoever) has answered. The challenge is gone, whatever comes of it.

    Problem ``session.challenge`` or ``session.key``, or the SignatureFault of a signature that does not hold.
    """
    await _take(installation, reading, challenge)
    facts = verify(signature, challenge.message())
    key = await reading.find(Key, ids.key_id(signature.key))
    owner = key.member if member is None and key is not None else member
    record = None if owner is None else await reading.find(Member, owner)
    # One answer for a stranger, another's key and a revoked one: nothing is to be learned here about members.
    if record is None or record.status != "active" or key is None or key.member != owner or key.status != "active":
        raise Problem("session.key", 403)
    # A paper card's key is worth nothing without a concierge's beside it.
    if key.alg != signature.alg or key.with_role is not None:
        raise Problem("session.key", 403)
    if facts.passkey is not None:
        if facts.passkey.origin not in coop.origins:
            raise Problem("passkey.origin", 403, origin=facts.passkey.origin)
        if facts.passkey.rp_id_hash not in {passkey.rp_id_hash(rp_id) for rp_id in coop.rp_ids}:
            raise Problem("passkey.rp_id", 403)
    return key


async def _take(installation: Installation, reading: Reading, challenge: Challenge) -> None:
    query = "DELETE FROM challenge WHERE ledger_id = $1 AND value = $2 RETURNING expires"
    value = canonical.unb64(challenge.challenge, SIZE)
    expires = await installation.database.pool.fetchval(query, reading.ledger_id, value)
    known = expires is not None and canonical.format_time(expires) == challenge.expires
    if not known or expires < installation.clock.now() or challenge.origin != reading.ledger.origin:
        raise Problem("session.challenge", 409)
