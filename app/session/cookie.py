"""The sealed session cookie. One that is broken, or was sealed elsewhere, is no session: never an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import SerializationException
from litestar.middleware.session.client_side import ClientSideSessionBackend, CookieBackendConfig


class SealedCookie(ClientSideSessionBackend):
    """Litestar's, which reads a cookie's expiry before it knows whether the cookie is its own."""

    async def load_from_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, Any]:
        """The session, empty for whatever can't be read."""
        try:
            return await super().load_from_connection(connection)
        except (SerializationException, ValueError, KeyError, TypeError):
            return {}


@dataclass
class SealedCookieConfig(CookieBackendConfig):
    """How long it lasts and where it is sent."""

    _backend_class = SealedCookie
