"""What befalls every request, whichever way it takes through the service: counted, limited, noted, its answer headed.

``Front`` does so on the framework's way; ``app/api/short_way.py`` on the one past it.
"""

from __future__ import annotations

import time
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from app import logs
from app.api.problems import describe
from app.caller import caller_of
from app.limits import Limits, Quota
from app.numbers import REQUESTS
from app.session.current import SIGNED_IN
from app.settings import WebSettings

NO_LIMIT: Final = "exclude_from_rate_limit"
"""What a route's ``opt`` says where everyone may ask as often as they like."""
NO_STORE: Final = (b"cache-control", b"no-store")
_STATIC: Final = "/static/"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
"""Nothing from elsewhere, nothing inline, nobody may frame us."""

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}

_HTTPS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""For a year the browser does not try without HTTPS. Not for other hosts below this one, which may be another's."""

Header = tuple[bytes, bytes]


class Door:
    """Who comes in, and what is written down about it."""

    def __init__(self, limits: Limits, web: WebSettings) -> None:
        self._limits, self._secure = limits, web.secure
        self._note = logs.requests()
        headers = _HEADERS | (_HTTPS_ONLY if web.secure else {})
        self.headers: tuple[Header, ...] = tuple(
            (name.lower().encode(), value.encode()) for name, value in headers.items()
        )
        """On every answer: error pages and static files too."""
        self._names = frozenset(name for name, _ in self.headers)

    def admit(self, scope: HTTPScope) -> Quota:
        """Count the request for its caller. Problem ``http.too_many``."""
        return self._limits.request(caller_of(scope, secure=self._secure))

    def note(self, method: str, route: str, status: int, started: int) -> None:
        """Write down what came of a request that ``started`` (``perf_counter_ns``)."""
        self._note(method, route, status, (time.perf_counter_ns() - started) // 1_000_000)

    async def protect(self, message: Message, scope: Scope) -> None:
        """Litestar's ``before_send``: its ``response_headers`` leave out error pages and static files."""
        if message["type"] == "http.response.start":
            headers: list[Header] = [(name, value) for name, value in message["headers"] if name not in self._names]
            headers += self.headers
            if _is_personal(scope) and not any(name == b"cache-control" for name, _ in headers):
                headers.append(NO_STORE)
            message["headers"] = headers


class Front(ASGIMiddleware):
    """The outermost layer around every route of the framework's."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, unless its caller asks too much, and note what came of it."""
        door: Door = scope["litestar_app"].state.door
        method, route = str(scope.get("method")), str(scope.get("path_template", ""))
        counted = not scope["path"].startswith(_STATIC)
        started, ended, status = time.perf_counter_ns(), 0, 0
        quota: Quota | None = None

        async def noting(message: Message) -> None:
            nonlocal ended, status
            if message["type"] == "http.response.start":
                status = message["status"]
                if quota is not None:
                    message["headers"] = [*message.get("headers", ()), *quota.headers()]
            else:
                ended = time.perf_counter_ns()
            await send(message)

        if counted:
            REQUESTS.begin(method, route)
        try:
            if counted and not _opt(scope).get(NO_LIMIT):
                quota = door.admit(scope)  # type: ignore[arg-type]
            await next_app(scope, receive, noting)
        except Exception as error:
            status = describe(error)[1]  # answered further out
            raise
        finally:
            door.note(method, route, status, started)
            if counted:
                REQUESTS.end(method, route, status, ((ended or time.perf_counter_ns()) - started) / 1e9)


def _opt(scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = scope["route_handler"].opt
    return found


def _is_personal(scope: Scope) -> bool:
    """Whether an answer is one reader's own: to somebody signed in anywhere here, or about a founding's draft."""
    session = scope.get("session")
    signed_in = isinstance(session, dict) and session.get(SIGNED_IN)
    return bool(signed_in) or scope["path"].startswith(("/found/", "/succeed/"))
