"""Every route handler of the service, by area. A new area is one line."""

from __future__ import annotations

from typing import Final

from litestar.types import ControllerRouterHandler

from app.api import routes as api
from app.pages import demo, entrance, found, found_signing, ledger, proposals, rules

ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    *api.ROUTES,
    *demo.ROUTES,
    *entrance.ROUTES,
    *found.ROUTES,
    *found_signing.ROUTES,
    *ledger.ROUTES,
    *proposals.ROUTES,
    *rules.ROUTES,
)
