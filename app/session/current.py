"""Who a request comes from, as its session says and the ledger confirms.

The session cookie (encrypted, signed, http-only) holds per co-op the member and the key that signed in. The
ledger is asked each time whether that key still speaks for that member, so a revocation ends the session.
"""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

from app.errors import LedgerUnknown
from app.installation import Installation
from app.reading import Reading, reading_of
from app.visit import Visit
from ledger.books.keys import Key
from ledger.books.members import Member

SIGNED_IN = "signed_in"
"""Session field: slug → {"member", "key"}."""


async def current_visit(
    connection: ASGIConnection[Any, Any, Any, Any], installation: Installation, slug: str
) -> Visit | None:
    """The request's view of the co-op at that address; None where there is no such co-op."""
    try:
        reading = await reading_of(installation, slug)
    except LedgerUnknown:
        return None
    coop = await reading.coop()
    if coop is None:
        return None
    signed_in = connection.session.get(SIGNED_IN, {}).get(slug)
    member = await _confirmed(reading, signed_in) if signed_in else None
    roles = await reading.roles_of(member.id) if member else frozenset[str]()
    return Visit(slug, reading, coop, member, signed_in["key"] if member else None, roles)


async def _confirmed(reading: Reading, signed_in: dict[str, str]) -> Member | None:
    member = await reading.find(Member, signed_in["member"])
    key = await reading.find(Key, signed_in["key"])
    if member is None or member.status != "active":
        return None
    if key is None or key.member != member.id or key.status != "active":
        return None
    return member


def remember(connection: ASGIConnection[Any, Any, Any, Any], slug: str, member: str, key: str) -> None:
    """Sign the connection in at one co-op."""
    everywhere = dict(connection.session.get(SIGNED_IN, {}))
    everywhere[slug] = {"key": key, "member": member}
    connection.set_session({**connection.session, SIGNED_IN: everywhere})


def forget(connection: ASGIConnection[Any, Any, Any, Any], slug: str) -> None:
    """Sign the connection out of one co-op."""
    everywhere = {s: v for s, v in connection.session.get(SIGNED_IN, {}).items() if s != slug}
    connection.set_session({**connection.session, SIGNED_IN: everywhere})
