"""Who may use which route. Every route names its access; a route without one does not start.

The guard finds out who is asking, once per request, and leaves the answer on the connection; handlers
get it as ``visit``. The tests hold the table of all routes against each role.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from litestar.connection import ASGIConnection, Request
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler

from app.api.problems import Moved, Problem
from app.installation import Installation
from app.session.current import current_visit
from app.visit import Visit

OPT = "access"


class Access(Enum):
    """What a route asks of whoever comes."""

    OPEN = "open"
    """Nothing: the installation's own pages, and what leads into a co-op (joining, signing in)."""
    COOP = "coop"
    """That the co-op exists and the reader may see its checkpoints: public, or a member."""
    ENTRIES = "entries"
    """That every entry is open to the reader."""
    MEMBER = "member"
    """An active member, signed in."""
    OFFICIAL = "official"
    """An administrator, facilitator or concierge, signed in."""
    ADMINISTRATOR = "administrator"
    """An administrator, signed in."""
    AUDITOR = "auditor"
    """An auditor, signed in."""
    SIGNED = "signed"
    """Nothing of the connection: what is posted is itself signed, and the fold judges it."""
    DEMO = "demo"
    """Only in the demo installation."""


OFFICIALS = ("administrator", "facilitator", "concierge")


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Litestar guard on every route: leaves the visit on the connection or refuses."""
    if not is_named(handler):
        raise ImproperlyConfiguredException(f"{handler} names no access")
    access: Access = handler.opt.get(OPT, Access.OPEN)
    installation: Installation = connection.app.state.installation
    if access is Access.DEMO and not connection.app.state.web.demo:
        raise Problem("http.not_found", 404)
    if access is Access.SIGNED:
        return
    slug = connection.path_params.get("slug")
    visit = await current_visit(connection, installation, slug) if slug else None
    if slug and visit is None:
        raise Problem("coop.unknown", 404)
    if visit is not None and visit.reading.ledger.slug != slug:
        _lead_on(connection, visit)
    connection.state.visit = visit
    if visit is not None:
        _check(access, visit)
    elif access not in (Access.OPEN, Access.DEMO):
        raise ImproperlyConfiguredException(f"{handler} asks for a role, but of no co-op")


def _lead_on(connection: ASGIConnection[Any, Any, Any, Any], visit: Visit) -> None:
    """The address is of a name that the ledger had before: pages go on elsewhere, its log stays to be read."""
    path, name = connection.url.path, visit.reading.ledger.slug
    if path.startswith(f"/log/{visit.slug}/"):
        return
    if path.startswith(f"/c/{visit.slug}") and connection.scope.get("method") == "GET":
        raise Moved(f"/c/{name}{path.removeprefix(f'/c/{visit.slug}')}")
    raise Problem("ledger.succeeded", 409, slug=name)


def is_named(handler: BaseRouteHandler) -> bool:
    """Whether the route names its access. Litestar's own answer to OPTIONS tells the methods and nothing else."""
    return OPT in handler.opt or getattr(handler, "http_methods", None) == {"OPTIONS"}


def _check(access: Access, visit: Visit) -> None:
    if access in (Access.OPEN, Access.DEMO):
        return
    if access is Access.COOP:
        allowed = visit.sees_tiles
    elif access is Access.ENTRIES:
        allowed = visit.sees_entries
    else:
        allowed = visit.signed_in
    if not allowed:
        if visit.signed_in:
            raise Problem("access.role", 403)
        raise Problem("access.sign_in", 401)
    needed = {
        Access.OFFICIAL: OFFICIALS,
        Access.ADMINISTRATOR: ("administrator",),
        Access.AUDITOR: ("auditor",),
    }.get(access)
    if needed is not None and not visit.holds(*needed):
        raise Problem("access.role", 403)


def provide_visit(request: Request[Any, Any, Any]) -> Visit:
    """The visit that the guard has left: for handlers under a co-op's address."""
    visit: Visit = request.state.visit
    return visit
