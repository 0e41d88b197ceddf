"""Whose requests count together: the address that a caller comes from, also through a reverse proxy."""

from __future__ import annotations

from typing import Any

from litestar import Request


def caller(request: Request[Any, Any, Any]) -> str:
    """The caller's address, for limits alone.

    HTTPS ends at a reverse proxy, so with an HTTPS address everyone seems to come from the proxy; the last entry
    of ``X-Forwarded-For`` is the one that the proxy itself has written. What stands before it anyone may claim.
    Without HTTPS there is no proxy to trust, and the header means nothing.
    """
    direct = request.client.host if request.client else "unknown"
    if not request.app.state.web.secure:
        return direct
    # Some proxies add a line of their own below those that the caller has sent: the last line counts, not the first.
    lines = request.headers.getall("x-forwarded-for", [])
    return ",".join(lines).rpartition(",")[2].strip() or direct
