"""The role switcher: become any of a few villagers. Every route here is ``Access.DEMO``: elsewhere there is nothing.

The villagers' keys follow from a published seed, so handing one to the browser gives away nothing; the browser then
signs in with it as with any other key.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem
from app.demo.people import CAST, Villager, villagers
from app.demo.villages import MIZUNASATO, VILLAGES, SampleVillage
from app.installation import Installation
from app.pages.page import Page, show
from app.reading import Reading, reading_of
from ledger import canonical, ids
from ledger.books.keys import Key
from ledger.compose import public_of

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the seed in an Ed25519 private key (RFC 8410, section 7)."""


@get("/demo", opt={OPT: Access.DEMO})
async def switch(request: Request[Any, Any, Any], installation: NamedDependency[Installation]) -> Page:
    """Whom one can be, and what there is to do as each."""
    village = await _village(installation)
    reading = await reading_of(installation, village.slug)
    cast = [(person, await _member(reading, person)) for person in villagers(village.seed)[: len(CAST)]]
    return await show(request, None, "demo/switch.html", cast=[p for p, member in cast if member], slug=village.slug)


@get("/demo/keys/{number:int}", opt={OPT: Access.DEMO})
async def key(installation: NamedDependency[Installation], number: FromPath[int]) -> dict[str, str]:
    """A villager's private key (base64url PKCS#8), for the browser to sign in with."""
    if not 0 <= number < len(CAST):
        raise Problem("http.not_found", 404)
    village = await _village(installation)
    person = villagers(village.seed)[number]
    reading = await reading_of(installation, village.slug)
    member = await _member(reading, person)
    if member is None or person.key is None:
        raise Problem("http.not_found", 404)
    secret = canonical.b64(_PKCS8 + bytes(person.key)).rstrip("=").replace("+", "-").replace("/", "_")
    return {"ledger": reading.ledger.origin, "member": member, "secret": secret, "slug": village.slug}


async def _village(installation: Installation) -> SampleVillage:
    """Which of the sample villages lives here."""
    slugs = [ledger.slug for ledger in await installation.ledgers()]
    return next((VILLAGES[slug] for slug in slugs if slug in VILLAGES), MIZUNASATO)


async def _member(reading: Reading, person: Villager) -> str | None:
    """The member whose key it is: the village may have been made from another seed, or the key revoked."""
    record = None if person.key is None else await reading.find(Key, ids.key_id(public_of(person.key)))
    return record.member if record is not None and record.status == "active" else None


ROUTES = (switch, key)
