"""Founding by program: the keys that a genesis must name, and the genesis itself. The pages' way is ``/found``."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter, RawBody
from msgspec import Meta

from app.access import OPT, Access
from app.api import shapes
from app.api.answers import SELF_AUTHENTICATING, errors, receipt_shape
from app.api.bodies import ENVELOPE, takes
from app.api.problems import Problem
from app.errors import LedgerUnknown
from app.installation import Installation
from app.limits import limits_of

SLUG: Final = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
Slug = Annotated[str, Meta(pattern=SLUG)]


class Place(msgspec.Struct, forbid_unknown_fields=True):
    """The address that the co-op is to have here: ``/c/{slug}``."""

    slug: Slug


class Prepared(msgspec.Struct):
    """What the genesis must name: the log's origin and the operator's keys, RP ids and origins of this installation."""

    slug: str
    origin: str
    log_key: str
    clerk_key: str
    rp_ids: list[str]
    origins: list[str]


@post(
    "/foundings/prepare",
    opt={OPT: Access.OPEN, **SELF_AUTHENTICATING},
    status_code=200,
    summary="The keys that a genesis must name",
    responses=errors(400, 409),
)
async def prepare(
    data: JSONBody[Place], request: Request[Any, Any, Any], installation: NamedDependency[Installation]
) -> Prepared:
    """Made at the first asking for that address, the same for two months after the last."""
    limits_of(request).founding(request)
    try:
        await installation.ledger(data.slug)
    except LedgerUnknown:
        pass
    else:
        raise Problem("ledger.taken", 409, slug=data.slug)
    web = request.app.state.web
    origin = f"{web.address.partition('://')[2]}/{data.slug}"
    keys = installation.draft(origin)
    return Prepared(data.slug, origin, keys.log_key, keys.clerk_key, [web.host], [web.address])


@post(
    "/ledgers",
    opt={OPT: Access.SIGNED, **SELF_AUTHENTICATING},
    summary="Found a co-op",
    description="The genesis, signed by every founder. Again with the same genesis: the same receipt.",
    operation_class=takes(ENVELOPE),
    responses=errors(400, 409, 413),
)
async def found(
    slug: Annotated[str, QueryParameter(pattern=SLUG)], body: RawBody, installation: NamedDependency[Installation]
) -> shapes.Receipt:
    """The genesis's receipt."""
    return receipt_shape(await installation.found(slug, await installation.read(body)))


ROUTER: Final = Router(
    "/api/v1",
    route_handlers=[prepare, found],
    include_in_schema=True,
    tags=["founding"],
)
