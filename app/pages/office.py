"""The administrator's desk: what waits, applications, roles, members without a device, and the co-op's settings."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app import pending
from app.access import OPT, Access
from app.addresses import with_address, without
from app.api.problems import language
from app.commons.people import find_people, officials
from app.installation import Installation
from app.meetings import listing
from app.pages.page import Page, show
from app.pages.proposals.common import members_policy, need_member, words_of
from app.reading_members import applications as read_applications
from app.reading_members import waiting
from app.roll import FIELDS
from app.roster import store
from app.visit import Visit
from governance.books.meetings import CONVENERS
from ledger.books import keys
from ledger.books.coop import OPENNESS
from ledger.books.members import Erasure, member_of_application
from ledger.books.roles import ROLES
from ledger.errors import Refusal

Browser = Request[Any, Any, Any]
COOP_FIELDS: Final = ("name", "about", "member_word", "head_word", "token_word")
SOON: Final = 3
"""Meetings whose reception the desk leads to."""
VISIBILITIES: Final = (
    ("members", "auditors"),
    ("members", "members"),
    ("public", "auditors"),
    ("public", "members"),
    ("public", "public"),
)
"""(hash tiles, entries), from closed to open."""


@get("/c/{slug:str}/office", opt={OPT: Access.OFFICIAL})
async def desk(request: Browser, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """What waits for an official, and where everything is done."""
    me = need_member(visit)
    mine = await pending.of(installation, visit.reading, me)
    return await show(
        request,
        visit,
        "office/desk.html",
        counts=await waiting(visit.reading),
        countersign=sum(1 for one in mine if me in one.missing),
        rosters=await store.waiting(installation, visit.reading) if visit.holds("administrator") else [],
        lifetime=store.LIFETIME,
        meetings=(await listing.coming(visit.reading, limit=SOON)) if visit.holds(*keys.OFFICIALS) else [],
        convenes=visit.holds(*CONVENERS),
        policy=await members_policy(visit.reading),
    )


@get("/c/{slug:str}/office/applications", opt={OPT: Access.ADMINISTRATOR})
async def applications(
    request: Browser,
    visit: NamedDependency[Visit],
    view: Annotated[str, QueryParameter(max_length=10)] = "",
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
) -> Page:
    """Who asks to join: admit, propose their admission, or decline; data of the declined can be erased."""
    status = "declined" if view == "declined" else "open"
    found, more = await read_applications(visit.reading, status, page)
    texts = await visit.reading.texts([(one.statement, f"profile/{field}") for one in found for field in FIELDS])
    profiles = {
        one.id: [
            (f, str(texts[one.statement, f"profile/{f}"])) for f in FIELDS if (one.statement, f"profile/{f}") in texts
        ]
        for one in found
    }
    return await show(
        request,
        visit,
        "office/applications.html",
        view=status,
        found=found,
        page=page,
        more=more,
        erased=await visit.reading.find_many(Erasure, [member_of_application(one.id) for one in found]),
        profiles=profiles,
        received=await _received(visit, [one.index for one in found]),
        future=member_of_application,
        **await _people_rules(request, visit),
    )


@get("/c/{slug:str}/office/enter", opt={OPT: Access.ADMINISTRATOR})
async def enter(request: Browser, visit: NamedDependency[Visit]) -> Page:
    """A member who has no device: entered by an official, a full member at once."""
    return await show(request, visit, "office/enter.html", fields=FIELDS, **await _people_rules(request, visit))


@get("/c/{slug:str}/office/roles", opt={OPT: Access.MEMBER})
async def roles(
    request: Browser,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    q: Annotated[str, QueryParameter(max_length=100)] = "",
) -> Page:
    """Who acts in which role until when; administrators give and end those that need no decision."""
    held = await visit.reading.offices()
    now = installation.clock.now()
    shown = [role for role in held if role.active or role.pending(now)]
    policy = await members_policy(visit.reading)
    return await show(
        request,
        visit,
        "office/roles.html",
        held=sorted(shown, key=lambda role: (ROLES.index(role.role), role.from_)),
        names=await visit.reading.names({role.member for role in shown}),
        me=need_member(visit),
        q=q,
        people=await find_people(visit.reading, q) if visit.holds("administrator") else [],
        appointed=[role for role in ROLES if role in policy.appointed],
        decided=[role for role in ROLES if role not in policy.appointed],
        all_roles=ROLES,
        last_administrator=sum(role.role == "administrator" and role.active for role in held) == 1,
        words=words_of(request, visit),
    )


@get("/c/{slug:str}/office/settings", opt={OPT: Access.ADMINISTRATOR})
async def settings(
    request: Browser,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    address: Annotated[str, QueryParameter(max_length=300)] = "",
) -> Page:
    """The co-op's name and words, who may see its ledger, and its addresses; ``address``: one that is to be added."""
    coop = visit.coop
    texts = await visit.reading.texts([(coop.profile, f"profile/{field}") for field in COOP_FIELDS])
    rank = OPENNESS.index
    wider = [
        (tiles, entries)
        for tiles, entries in VISIBILITIES
        if rank(tiles) >= rank(coop.tiles) and rank(entries) >= rank(coop.entries)
    ]
    return await show(
        request,
        visit,
        "office/settings.html",
        profile={field: str(texts.get((coop.profile, f"profile/{field}"), "")) for field in COOP_FIELDS},
        now=(coop.tiles, coop.entries),
        wider=[one for one in wider if one != (coop.tiles, coop.entries)],
        **await _addresses(request, visit, installation, address),
    )


async def _addresses(request: Browser, visit: Visit, installation: Installation, address: str) -> dict[str, Any]:
    """The co-op's addresses, what each would leave behind, the one that is asked about, and what waits already."""
    coop, me, told = visit.coop, need_member(visit), request.app.state.web.address
    fault, added = None, None
    try:
        added = with_address(coop, address) if address else None
    except Refusal as refusal:
        fault = request.app.state.texts.t(language(request), f"errors.{refusal.code}", **refusal.params)
    mine = await pending.of(installation, visit.reading, me)
    seconds = await officials(visit.reading, keys.COUNTERSIGNERS, without={me})
    return {
        "addresses": [(one, one.endswith(f"://{request.url.netloc}"), without(coop, one)) for one in coop.origins],
        "address": address or ("" if told in coop.origins else told),
        "address_fault": fault,
        "added": added if added != (coop.rp_ids, coop.origins) else None,
        "there": added == (coop.rp_ids, coop.origins),
        "asked": [one for one in mine if one.statement.type == "coop.addresses/1"],
        "seconds": [(one.id, one.name) for one in seconds],
        "names": await visit.reading.names({one.id for one in seconds}),
    }


async def _people_rules(request: Browser, visit: Visit) -> dict[str, Any]:
    """What forms that admit somebody need: the policy, its classes, and who can sign beside the reader."""
    policy = await members_policy(visit.reading)
    words = words_of(request, visit)
    seconds = await officials(visit.reading, keys.COUNTERSIGNERS, without={need_member(visit)})
    return {
        "policy": policy,
        "classes": [(code, words.cls(code)) for code in policy.classes],
        "seconds": [(one.id, one.name) for one in seconds],
        "words": words,
    }


async def _received(visit: Visit, indexes: list[int]) -> dict[int, int]:
    """When those entries were received (ms), by index."""
    rows = await visit.reading.pool.fetch(
        "SELECT index, received FROM entry WHERE ledger_id = $1 AND index = ANY($2)", visit.reading.ledger_id, indexes
    )
    return {row["index"]: row["received"] for row in rows}


ROUTES: Final = (desk, applications, enter, roles, settings)
