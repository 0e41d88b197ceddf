"""For whoever runs the service: is it alive, can it work, and its numbers."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.access import OPT, Access
from app.api.answers import NO_COOKIES
from app.api.problems import Problem
from app.installation import Installation
from app.storage.database import AWAY

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


@get("/healthz", opt={OPT: Access.OPEN, **NO_COOKIES})
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/readyz", opt={OPT: Access.OPEN, **NO_COOKIES})
async def ready(installation: NamedDependency[Installation]) -> dict[str, str]:
    """The database answers too."""
    try:
        await installation.database.pool.fetchval("SELECT 1")
    except AWAY as error:
        raise Problem("database.unavailable", 503) from error
    return {"status": "ready"}


@get("/metrics", opt={OPT: Access.OPEN, **NO_COOKIES})
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Prometheus metrics, for this machine itself or whoever has the token. To others there is no such page."""
    if not _is_local(request) and not _has_token(request):
        raise Problem("http.not_found", 404)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request[Any, Any, Any]) -> bool:
    # Behind a reverse proxy everyone comes from this machine. Most proxies say for whom they ask, or by which name.
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    if request.app.state.web.secure and not _is_loopback(request.url.hostname or ""):
        return False
    return _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request[Any, Any, Any]) -> bool:
    token: str = request.app.state.web.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())
