"""The ways in: the installation's home, signing in at a co-op and out again, and the first page after a founding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.pages.page import Page, rp_id_of, show
from app.reading_entrance import genesis_hash, key_of_credential, policy_in_force, public_slugs
from app.session.current import CLEARED, SIGNED_IN, current_visit, forget
from app.visit import Visit

Asked = Request[Any, Any, Any]
Number = Annotated[int, QueryParameter(ge=1, le=10_000)]
SHOWN: Final = 20
"""Public co-ops on a page of the installation's home."""


@dataclass(frozen=True)
class Card:
    """A co-op as the installation's home shows it to this visitor."""

    slug: str
    name: str
    about: str
    mine: bool
    public: bool


@get("/", opt={OPT: Access.OPEN})
async def home(request: Asked, installation: NamedDependency[Installation], page: Number = 1) -> Page:
    """The co-ops that the visitor may see, and the way to a new one."""
    cards, more = await _cards(request, installation, page)
    return await show(request, None, "entrance/home.html", cards=cards, page=page, more=more)


async def _cards(request: Asked, installation: Installation, page: int) -> tuple[list[Card], bool]:
    """One's own co-ops, then the public ones by pages; and whether there are more.

    Members-only co-ops are not even named to strangers.
    """
    visits = [await current_visit(request, installation, slug) for slug in request.session.get(SIGNED_IN, {})]
    mine = [visit for visit in visits if visit is not None and visit.signed_in]
    others = await public_slugs(installation, [one.slug for one in mine], SHOWN + 1, (page - 1) * SHOWN)
    found = [await current_visit(request, installation, slug) for slug in others[:SHOWN]]
    shown = [*(mine if page == 1 else ()), *(visit for visit in found if visit is not None)]
    return [await _card(visit) for visit in shown], len(others) > SHOWN


async def _card(visit: Visit) -> Card:
    profile = visit.coop.profile
    found = await visit.reading.texts([(profile, "profile/name"), (profile, "profile/about")])
    name, about = (str(found.get((profile, f"profile/{what}"), "")) for what in ("name", "about"))
    return Card(visit.slug, name or visit.slug, about, visit.signed_in, visit.coop.entries == "public")


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
