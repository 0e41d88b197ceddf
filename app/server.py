"""The application: one installation, its API and its pages. Everything is wired here, once."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, cast

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import HTTPScope, LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

from app import access
from app.api import openapi
from app.api.short_way import ShortWay
from app.front import Door, Front
from app.installation import Installation
from app.limits import Limits
from app.pages import errors
from app.pages.environment import STATIC, make_environment
from app.roll import Rolls
from app.routes import ROUTES
from app.session.cookie import SealedCookieConfig
from app.settings import WebSettings
from app.static_files import ADDRESS, StaticFiles
from app.texts import Catalogue

SESSION_SECONDS = 14 * 24 * 3600


class Service(Litestar):
    """The application, with its short ways past the framework."""

    __slots__ = ("_files", "_short_way")

    def take(self, short_way: ShortWay, files: StaticFiles) -> None:
        """From now on what can go these ways does."""
        self._short_way, self._files = short_way, files

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """See ASGI."""
        http = cast("HTTPScope", scope) if scope["type"] == ScopeType.HTTP else None
        if http is not None and (file := self._files.find(http)) is not None:
            await self._files.answer(file, http, cast("Send", send))
        elif http is not None and (route := self._short_way.route(http)) is not None:
            await self._short_way.answer(route, http, cast("Receive", receive), cast("Send", send))
        else:
            await super().__call__(scope, receive, send)


def create_app(installation: Installation, web: WebSettings) -> Service:
    """The service over an open installation."""
    return furnish(register(web), installation, web)


def register(web: WebSettings) -> Service:
    """All routes and what lies around them, which takes longest; nothing of it knows the installation."""
    app = Service(
        route_handlers=[
            *ROUTES,
            create_static_files_router(
                path=ADDRESS,
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
        middleware=[Front(), _session(web).middleware],
        csrf_config=CSRFConfig(
            secret=hashlib.sha256(b"csrf\n" + web.secret).hexdigest(),
            cookie_name=web.csrf_cookie,
            cookie_secure=web.secure,
            cookie_samesite="lax",
        ),
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000),
        before_send=[_protect],
        exception_handlers={Exception: errors.respond},
        request_max_body_size=web.max_body,
        logging_config=None,
        include_in_schema=False,
        openapi_config=openapi.CONFIG,
    )
    _require_access(app)
    return app


def furnish(app: Service, installation: Installation, web: WebSettings) -> Service:
    """Let what was registered with these settings serve an installation."""
    app.state = _state(installation, web)
    door: Door = app.state.door
    app.take(ShortWay(app, door, web.max_body), StaticFiles(STATIC, door))
    return app


async def _protect(message: Message, scope: Scope) -> None:
    door: Door = scope["litestar_app"].state.door
    await door.protect(message, scope)


def _session(web: WebSettings) -> SealedCookieConfig:
    return SealedCookieConfig(
        secret=web.secret,
        key=f"{web.cookie_prefix}yui",
        max_age=SESSION_SECONDS,
        httponly=True,
        secure=web.secure,
        samesite="lax",
    )


def _state(installation: Installation, web: WebSettings) -> State:
    limits = Limits(installation.clock, web)
    return State(
        {
            "door": Door(limits, web),
            "environment": make_environment(),
            "installation": installation,
            # Set when the service is about to stop: what would go on for ever ends by itself.
            "closing": asyncio.Event(),
            "limits": limits,
            "rolls": Rolls(),
            "texts": Catalogue.load(strict=False),
            "web": web,
        }
    )


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
