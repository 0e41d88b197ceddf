"""``/.well-known/yui.json``: which ledgers are here, under which keys, for what the asker may see. Only a hint."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.api.answers import errors
from app.audit.house import FORMAT, clerk_history, key_history, predecessors
from app.installation import Installation
from app.session.current import SIGNED_IN, current_visit
from app.storage.ledgers import former_names
from app.visit import Visit
from app.witness.cosigned import is_asked_for
from ledger.books.coop import Coop, keys_in_force
from ledger.witness_policy import WitnessPolicy

PATH: Final = "/.well-known/yui.json"


@get(
    PATH,
    opt={OPT: Access.OPEN},
    include_in_schema=True,
    tags=["log"],
    summary="The ledgers of this installation",
    responses=errors(),
)
async def discovery(
    request: Request[Any, Any, Any], installation: NamedDependency[Installation]
) -> Response[dict[str, Any]]:
    """Ledgers whose checkpoints the asker may see; members-only ones are not even named to strangers."""
    visits = [await current_visit(request, installation, ledger.slug) for ledger in await installation.ledgers()]
    policy = None if installation.witnessing.policy is None else installation.witnessing.policy.current()
    seen = [visit for visit in visits if visit is not None and visit.sees_tiles]
    cards = [_card(request, visit, policy) for visit in seen]
    caching = "private" if SIGNED_IN in request.session else "public, max-age=60"
    document: dict[str, Any] = {"ledgers": cards, "succeeded": await _succeeded(installation, seen), "version": FORMAT}
    if installation.witness is not None:
        address = f"{request.app.state.web.address}/witness"
        document["witness"] = {"url": address, "vkey": installation.witness.key.text()}
    return Response(document, headers={"Cache-Control": caching})


async def _succeeded(installation: Installation, visits: list[Visit]) -> list[dict[str, Any]]:
    """The names that ledgers had before: what stays to be read there, and which ledger goes on from it."""
    return [
        {"entries": name.entries, "name": name.slug, "origin": name.origin, "successor": visit.coop.origin}
        for visit in visits
        if visit.coop.predecessors
        for name in await former_names(installation.database.pool, visit.reading.ledger_id)
    ]


def _card(request: Request[Any, Any, Any], visit: Visit, policy: WitnessPolicy | None) -> dict[str, Any]:
    coop = visit.coop
    return {
        "clerk_keys": clerk_history(coop),
        "keys": key_history(coop),
        "name": visit.slug,
        "origin": coop.origin,
        "predecessors": predecessors(coop),
        "url": f"{request.app.state.web.address}/log/{visit.slug}",
        "visibility": {"entries": coop.entries, "tiles": coop.tiles},
        "vkeys": list(keys_in_force(coop)),
        **_witnesses(policy, coop),
    }


def _witnesses(policy: WitnessPolicy | None, coop: Coop) -> dict[str, Any]:
    """The vkeys of the witnesses that are shown its checkpoints, and whose cosignatures are enough."""
    if policy is None or not is_asked_for(policy, coop.origin, public=coop.tiles == "public"):
        return {"witnesses": []}
    return {"witness_policy": policy.to_text(), "witnesses": [key.text() for key in policy.keys]}
