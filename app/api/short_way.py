"""The short way: posted statements reach their handler past the framework, whose work would cost more than theirs.

A statement is authenticated by its signatures, so nothing of the connection counts: no session, no cookie, no CSRF
token, no role. What is left of a request is its ledger's slug, its body, and the size that a device has seen; these go
to the very handlers that the framework knows, and what comes back is sent. What both ways do to a request, counting,
limiting, noting and heading it, is ``app/front.py``. Anything unusual about a request goes the framework's way.

Why: ``docs/adr/0011-append-path.md``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import HTTPScope, Message, Receive, Send

from app.access import OPT, Access
from app.api import statements
from app.api.problems import Problem, respond
from app.front import NO_STORE, Door
from app.limits import Quota
from app.numbers import REQUESTS

_PATH: Final = re.compile(r"/api/v1/ledgers/([a-z0-9-]{1,63})/statements(/batch)?\Z")
_SINCE: Final = re.compile(rb"from=(0|[1-9][0-9]{0,14})\Z")
_JSON: Final = (b"content-type", b"application/json")
_encoder = msgspec.json.Encoder()


class _Route(NamedTuple):
    """A route of the framework's, as this way needs it."""

    template: str
    handle: Callable[..., Awaitable[Any]]
    status: int


class ShortWay:
    """Answers what it can; the rest is the framework's."""

    def __init__(self, app: Litestar, door: Door, max_body: int) -> None:
        self._app, self._door, self._max_body = app, door, max_body
        self._installation = app.state.installation
        self._one = _route(app, statements.post_statement)
        self._many = _route(app, statements.post_statements)

    def route(self, scope: HTTPScope) -> _Route | None:
        """Which of its routes a request asks for; leaves the path's parameters in the scope."""
        if scope["method"] != "POST":
            return None
        found = _PATH.match(scope["path"])
        if found is None:
            return None
        route = self._many if found[2] else self._one
        query = scope["query_string"]
        if query and (found[2] or not _SINCE.match(query)):
            return None
        scope["path_params"] = {"slug": found[1]}
        scope["path_template"] = route.template
        return route

    async def answer(self, route: _Route, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Read the request, have it handled, and send what comes of it."""
        door, status, quota, started = self._door, 0, None, time.perf_counter_ns()
        REQUESTS.begin("POST", route.template)
        try:
            quota = door.admit(scope)
            content = await route.handle(**await self._arguments(route, scope, receive))
            status = route.status
            await _send(send, status, _encoder.encode(content), self._headers(quota))
        except Exception as error:  # noqa: BLE001  (answered as the framework's way would)
            status = await self._say_no(error, quota, scope, receive, send)
        finally:
            REQUESTS.end("POST", route.template, status, (time.perf_counter_ns() - started) / 1e9)
            door.note("POST", route.template, status, started)

    async def _arguments(self, route: _Route, scope: HTTPScope, receive: Receive) -> dict[str, Any]:
        for name, value in scope["headers"]:
            if name == b"content-length" and int(value) > self._max_body:
                raise Problem("http.too_large", 413)  # before anybody sends or keeps it
        body = await _read(receive, self._max_body)
        given = {"slug": scope["path_params"]["slug"], "body": body, "installation": self._installation}
        if route is self._many:
            return {**given, "request": self._request(scope, receive)}
        query = scope["query_string"]
        return {**given, "since": int(query[5:])} if query else given

    def _headers(self, quota: Quota | None) -> list[tuple[bytes, bytes]]:
        return [*self._door.headers, *(quota.headers() if quota else ())]

    async def _say_no(
        self, error: Exception, quota: Quota | None, scope: HTTPScope, receive: Receive, send: Send
    ) -> int:
        request = self._request(scope, receive)
        response: Response[Any] = respond(request, error)
        headers = self._headers(quota)

        async def heading(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers, NO_STORE]
            await send(message)

        await response.to_asgi_response(None, request)(scope, receive, heading)
        return response.status_code or 500

    def _request(self, scope: HTTPScope, receive: Receive) -> Request[Any, Any, Any]:
        scope["litestar_app"] = self._app
        return Request(scope, receive)


async def _read(receive: Receive, limit: int) -> bytes:
    """The whole body. Problem ``http.too_large``, or ``http.bad_request`` where it breaks off."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Problem("http.bad_request", 400)
        part = message["body"]
        size += len(part)
        if size > limit:
            raise Problem("http.too_large", 413)
        parts.append(part)
        if not message["more_body"]:
            return part if len(parts) == 1 else b"".join(parts)


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers += (_JSON, (b"content-length", b"%d" % len(body)), NO_STORE)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _route(app: Litestar, handler: HTTPRouteHandler) -> _Route:
    if handler.opt.get(OPT) is not Access.SIGNED:
        raise RuntimeError(f"{handler} looks at who asks, which nobody finds out here")
    routes = (route for route in app.routes if isinstance(route, HTTPRoute))
    template = next(route.path_format for route in routes if any(one.fn is handler.fn for one in route.route_handlers))
    return _Route(template, handler.fn, handler.status_code)
