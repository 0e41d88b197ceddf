"""Every route of the API and of the log."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.types import ControllerRouterHandler

from app.api import (
    context,
    discovery,
    entries,
    events,
    founding,
    health,
    log,
    pending,
    schemas,
    session,
    statements,
    texts,
    witness,
)

_LEDGER: Final = Router(
    "/api/v1/ledgers/{slug:str}",
    route_handlers=[
        context.context,
        statements.post_statement,
        statements.post_statements,
        pending.leave,
        pending.leave_many,
        pending.list_pending,
        pending.get_pending,
        pending.withdraw,
        session.get_challenge,
        session.get_session,
        session.sign_in,
        session.sign_out,
        entries.entry,
        entries.receipt_file,
        entries.inclusion,
        entries.consistency,
        entries.records,
        events.events,
    ],
    include_in_schema=True,
    tags=["ledger"],
)
_LOG: Final = Router(
    "/log/{slug:str}",
    route_handlers=[log.checkpoint, log.cosigned, log.anchor, log.bundle, log.hash_tile],
    include_in_schema=True,
    tags=["log"],
)
ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    founding.ROUTER,
    _LEDGER,
    _LOG,
    witness.ROUTER,
    discovery.discovery,
    texts.signing,
    schemas.rule,
    health.alive,
    health.ready,
    health.metrics,
)
