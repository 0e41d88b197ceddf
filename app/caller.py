"""Whose requests count together: the address that a caller comes from, also through a reverse proxy."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any, Final

from litestar import Request
from litestar.types import HTTPScope

_HOME: Final = 64
"""Bits of an IPv6 address that a connection is given; the rest its owner makes up as often as they like."""


def caller(request: Request[Any, Any, Any]) -> str:
    """The caller's address (IPv6: its /64), for limits alone.

    HTTPS ends at a reverse proxy, so with an HTTPS address everyone seems to come from the proxy; the last entry
    of ``X-Forwarded-For`` is the one that the proxy itself has written. What stands before it anyone may claim.
    Without HTTPS there is no proxy to trust, and the header means nothing.
    """
    return caller_of(request.scope, secure=request.app.state.web.secure)


def caller_of(scope: HTTPScope, *, secure: bool) -> str:
    """The same, before there is a request. ``secure``: people come by HTTPS."""
    client = scope["client"]
    direct = client[0] if client else "unknown"
    if not secure:
        return _whole(direct)
    # Some proxies add a line of their own below those that the caller has sent: the last line counts, not the first.
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return _whole(",".join(lines).rpartition(",")[2].strip() or direct)


@lru_cache(1024)
def _whole(address: str) -> str:
    """What counts as one caller; what is no address counts as it is."""
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, _HOME), strict=False))
