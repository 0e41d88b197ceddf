"""Every route handler of the service, by area. A new area is one line."""

from __future__ import annotations

from typing import Final

from litestar.types import ControllerRouterHandler

from app.api import routes as api
from app.pages import (
    anchors,
    audit,
    backtest,
    belonging,
    bookings,
    cards,
    countersign,
    delegations,
    demo,
    entrance,
    found,
    found_signing,
    guardians,
    home,
    joining,
    keys,
    ledger,
    me,
    meetings,
    members,
    office,
    proposals,
    roster,
    rules,
    succession,
    things,
    tokens,
    witness,
    work,
)

ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    *api.ROUTES,
    *home.ROUTES,
    *anchors.ROUTES,
    *audit.ROUTES,
    *demo.ROUTES,
    *entrance.ROUTES,
    *found.ROUTES,
    *found_signing.ROUTES,
    *joining.ROUTES,
    *keys.ROUTES,
    *guardians.ROUTES,
    *cards.ROUTES,
    *ledger.ROUTES,
    *me.ROUTES,
    *meetings.ROUTES,
    *members.ROUTES,
    *belonging.ROUTES,
    *office.ROUTES,
    *proposals.ROUTES,
    *countersign.ROUTES,
    *delegations.ROUTES,
    *roster.ROUTES,
    *rules.ROUTES,
    *backtest.ROUTES,
    *succession.ROUTES,
    *work.ROUTES,
    *tokens.ROUTES,
    *witness.ROUTES,
    *things.ROUTES,
    *bookings.ROUTES,
)
