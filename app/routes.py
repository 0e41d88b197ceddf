"""Every route handler of the service, by area. A new area is one line."""

from __future__ import annotations

from typing import Final

from litestar.types import ControllerRouterHandler

from app.api import routes as api

ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (*api.ROUTES,)
