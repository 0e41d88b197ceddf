"""The application: one installation, its API and its pages. Everything is wired here, once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, MutableScopeHeaders, State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.plugins.prometheus import PrometheusConfig
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from app import access, logs
from app.api import openapi, problems
from app.caller import caller
from app.installation import Installation
from app.limits import Limits
from app.pages.environment import STATIC, make_environment
from app.roll import Rolls
from app.routes import ROUTES
from app.session.cookie import SealedCookieConfig
from app.session.current import SIGNED_IN
from app.settings import WebSettings
from app.texts import Catalogue

METRICS = PrometheusConfig(app_name="yui", prefix="yui", group_path=True, exclude=["^/static/"])
"""Requests by route, never by address. ``/metrics`` is in ``app/api/health.py``."""

SESSION_SECONDS = 14 * 24 * 3600

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
"""Nothing from elsewhere, nothing inline, nobody may frame us."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}

HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""For a year the browser does not try without HTTPS. Not for other hosts below this one, which may be another's."""


def create_app(installation: Installation, web: WebSettings) -> Litestar:
    """The service over an open installation."""
    app = Litestar(
        route_handlers=[
            *ROUTES,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                opt={access.OPT: access.Access.OPEN},
                # Modules import each other by plain names: an old one kept beside a new one would break signing.
                cache_control=CacheControlHeader(no_cache=True),
            ),
        ],
        guards=[access.authorise],
        dependencies={
            "installation": Provide(provide_installation, sync_to_thread=False),
            "visit": Provide(access.provide_visit, sync_to_thread=False),
        },
        middleware=[logs.RequestLog(), METRICS.middleware, _limit(web).middleware, _session(web).middleware],
        csrf_config=CSRFConfig(
            secret=hashlib.sha256(b"csrf\n" + web.secret).hexdigest(),
            cookie_name=web.csrf_cookie,
            cookie_secure=web.secure,
            cookie_samesite="lax",
        ),
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
        before_send=[_protecting(web)],
        exception_handlers={Exception: problems.respond},
        state=_state(installation, web),
        request_max_body_size=web.max_body,
        logging_config=None,
        include_in_schema=False,
        openapi_config=openapi.CONFIG,
    )
    _require_access(app)
    return app


def _session(web: WebSettings) -> SealedCookieConfig:
    return SealedCookieConfig(
        secret=web.secret,
        key=f"{web.cookie_prefix}yui",
        max_age=SESSION_SECONDS,
        httponly=True,
        secure=web.secure,
        samesite="lax",
    )


def _limit(web: WebSettings) -> RateLimitConfig:
    """Far above what people do, far below what guessing needs; per address and process."""
    return RateLimitConfig(
        rate_limit=("minute", web.requests_per_minute),
        identifier_for_request=caller,
        exclude=["^/static/"],
        exclude_opt_key="exclude_from_rate_limit",
    )


def _state(installation: Installation, web: WebSettings) -> State:
    return State(
        {
            "environment": make_environment(),
            "installation": installation,
            # Set when the service is about to stop: what would go on for ever ends by itself.
            "closing": asyncio.Event(),
            "limits": Limits(installation.clock, web),
            "rolls": Rolls(),
            "texts": Catalogue.load(strict=False),
            "web": web,
        }
    )


def _protecting(web: WebSettings) -> Callable[[Message, Scope], Awaitable[None]]:
    """A hook that puts headers on every answer: error pages and static files too, which Litestar's ``response_headers``
    leave out.
    """
    everywhere = HEADERS | (HTTPS_ONLY if web.secure else {})

    async def protect(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            for name, value in everywhere.items():
                headers[name] = value
            if "cache-control" not in headers and _is_personal(scope):
                headers["Cache-Control"] = "no-store"

    return protect


def _is_personal(scope: Scope) -> bool:
    """Whether an answer is one reader's own: to somebody signed in anywhere here, or about a founding's draft."""
    session = scope.get("session")
    signed_in = isinstance(session, dict) and session.get(SIGNED_IN)
    return bool(signed_in) or scope["path"].startswith("/found/")


def provide_installation(request: Request[Any, Any, Any]) -> Installation:
    """The installation that serves this request."""
    installation: Installation = request.app.state.installation
    return installation


def _require_access(app: Litestar) -> None:
    """A route that nobody has thought about must not start."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and not access.is_named(handler):
                raise RuntimeError(f"{route.path} names no access")
