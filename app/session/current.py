"""Who a request comes from, as its session says and the ledger confirms.

The session cookie (encrypted, signed, http-only) holds per co-op the member, the key that signed in, and the
session's id. The ledger is asked each time whether that key still speaks for that member, so a revocation ends the
session. So does signing out, for every copy of the cookie, because it removes the id's row.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader

from app.errors import LedgerUnknown
from app.installation import Installation
from app.reading import Reading, reading_of
from app.visit import Visit
from ledger.books.keys import Key
from ledger.books.members import Member

SIGNED_IN = "signed_in"
"""Session field: slug → {"member", "key", "id"}."""
LIFETIME: Final = 90 * 86_400_000
"""Milliseconds after which one has to sign in again, however often one comes."""
CLEARED: Final = ResponseHeader(name="Clear-Site-Data", value='"cache"')
"""With the answer to signing out: pages that were shown are not to be found by going back. Keys and receipts stay."""
_SIZE: Final = 16
_CHANGES_NOTHING: Final = ("GET", "HEAD")


async def current_visit(
    connection: ASGIConnection[Any, Any, Any, Any], installation: Installation, slug: str
) -> Visit | None:
    """The request's view of the co-op at that address; None where there is no such co-op."""
    try:
        reading = await reading_of(installation, slug, keeps=connection.scope.get("method") in _CHANGES_NOTHING)
    except LedgerUnknown:
        return None
    size = await reading.size()
    coop = await reading.coop()
    if coop is None:
        return None
    signed_in = connection.session.get(SIGNED_IN, {}).get(slug)
    member = await _confirmed(installation, reading, signed_in) if signed_in else None
    roles = await reading.roles_of(member.id) if member else frozenset[str]()
    return Visit(slug, reading, coop, member, signed_in["key"] if member else None, roles, size)


async def _confirmed(installation: Installation, reading: Reading, signed_in: dict[str, str]) -> Member | None:
    query = "SELECT 1 FROM sign_in WHERE ledger_id = $1 AND id = $2 AND expires > $3"
    if await reading.pool.fetchval(query, reading.ledger_id, _id(signed_in), installation.clock.now()) is None:
        return None
    member = await reading.find(Member, signed_in["member"])
    key = await reading.find(Key, signed_in["key"])
    if member is None or member.status != "active":
        return None
    if key is None or key.member != member.id or key.status != "active":
        return None
    return member


async def remember(
    connection: ASGIConnection[Any, Any, Any, Any], installation: Installation, reading: Reading, key: Key
) -> None:
    """Sign the connection in at one co-op, as the member whose key it is. What it was there before is over."""
    await forget(connection, reading)
    id_ = secrets.token_bytes(_SIZE)
    await reading.pool.execute(
        "INSERT INTO sign_in (ledger_id, id, expires) VALUES ($1, $2, $3)",
        *(reading.ledger_id, id_, installation.clock.now() + LIFETIME),
    )
    everywhere = dict(connection.session.get(SIGNED_IN, {}))
    everywhere[reading.ledger.slug] = {"id": id_.hex(), "key": key.id, "member": key.member}
    connection.set_session({**connection.session, SIGNED_IN: everywhere})


async def forget(connection: ASGIConnection[Any, Any, Any, Any], reading: Reading) -> None:
    """Sign the connection out of one co-op: the session is over for every copy of its cookie."""
    everywhere = dict(connection.session.get(SIGNED_IN, {}))
    signed_in = everywhere.pop(reading.ledger.slug, None)
    if signed_in is None:
        return
    query = "DELETE FROM sign_in WHERE ledger_id = $1 AND id = $2"
    await reading.pool.execute(query, reading.ledger_id, _id(signed_in))
    connection.set_session({**connection.session, SIGNED_IN: everywhere})


def _id(signed_in: dict[str, str]) -> bytes:
    """The session's id; a cookie of an earlier version has none."""
    return bytes.fromhex(signed_in.get("id", ""))
