"""The ways in: the installation's home, signing in at a co-op and out again, and the first page after a founding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.pages.page import Page, rp_id_of, show
from app.reading_entrance import genesis_hash, key_of_credential, policy_in_force
from app.session.current import CLEARED, current_visit, forget
from app.visit import Visit

Asked = Request[Any, Any, Any]


@dataclass(frozen=True)
class Card:
    """A co-op as the installation's home shows it to this visitor."""

    slug: str
    name: str
    about: str
    mine: bool
    public: bool


@get("/", opt={OPT: Access.OPEN})
async def home(request: Asked, installation: NamedDependency[Installation]) -> Page:
    """The co-ops that the visitor may see, and the way to a new one."""
    return await show(request, None, "entrance/home.html", cards=await _cards(request, installation))


async def _cards(request: Asked, installation: Installation) -> list[Card]:
    """Members-only co-ops are not even named to strangers."""
    cards = []
    for ledger in await installation.ledgers():
        visit = await current_visit(request, installation, ledger.slug)
        if visit is None or not visit.sees_tiles:
            continue
        profile = visit.coop.profile
        found = await visit.reading.texts([(profile, "profile/name"), (profile, "profile/about")])
        name = str(found.get((profile, "profile/name"), ledger.slug))
        about = str(found.get((profile, "profile/about"), ""))
        cards.append(Card(ledger.slug, name, about, visit.signed_in, visit.coop.entries == "public"))
    return sorted(cards, key=lambda card: not card.mine)


@get("/c/{slug:str}/sign-in", opt={OPT: Access.OPEN})
async def sign_in(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Signing in with a key of this device, or a passkey from anywhere."""
    open_ = (await policy_in_force(visit.reading)).applications == "open"
    return await show(request, visit, "entrance/sign_in.html", rp_id=rp_id_of(request, visit), open=open_)


@get("/c/{slug:str}/sign-in/passkey/{credential:str}", opt={OPT: Access.OPEN})
async def passkey(visit: NamedDependency[Visit], credential: FromPath[str]) -> dict[str, str]:
    """Whose passkey that is, for a browser that has never been here: a passkey that travels by itself."""
    key = await key_of_credential(visit.reading, credential)
    if key is None:
        raise Problem("session.key", 404)
    return {"member": key.member, "public": key.public}


@post("/c/{slug:str}/sign-out", opt={OPT: Access.OPEN}, response_headers=[CLEARED])
async def sign_out(request: Asked, visit: NamedDependency[Visit]) -> Redirect:
    """Out, at this co-op. The device keeps its keys."""
    await forget(request, visit.reading)
    return Redirect(f"/c/{visit.slug}/sign-in", status_code=303)


@get("/c/{slug:str}/founded", opt={OPT: Access.MEMBER})
async def founded(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """The first page of a new co-op: what to write down, and what to do next."""
    mark = await genesis_hash(installation, visit.reading)
    return await show(request, visit, "found/founded.html", mark=mark.hex())


ROUTES: Final = (home, sign_in, passkey, sign_out, founded)
