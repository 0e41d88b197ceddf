"""Guardians: choosing whom one trusts to vouch for a new key, and vouching for one."""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.di import NamedDependency

from app.access import OPT, Access
from app.commons.people import people_of
from app.pages.keys import Asked, Short, require_new, root_kind
from app.pages.me import member_of
from app.pages.page import Page, show
from app.reading_entrance import policy_in_force
from app.reading_keys import wards_of
from app.visit import Visit
from ledger.books.guardians import FEWEST, Guardians
from ledger.books.keys import Key
from ledger.books.members import Member

ROOM: Final = 5
"""Fields of the form: as many as a person can keep an eye on."""


@get("/c/{slug:str}/me/keys/guardians", opt={OPT: Access.MEMBER})
async def choose(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Whom I have chosen, and choosing others."""
    me = member_of(visit).id
    chosen = await visit.reading.find(Guardians, me)
    ids = list(chosen.members) if chosen else []
    standing = await visit.reading.find_many(Member, ids)
    people = {person.id: person for person in await people_of(visit.reading, ids)}
    return await show(
        request,
        visit,
        "keys/guardians.html",
        chosen=[people[id_] for id_ in ids],
        gone=[id_ for id_ in ids if standing[id_].status != "active"],
        threshold=chosen.threshold if chosen else 0,
        names={person.id: person.name for person in people.values()},
        room=max(ROOM, len(ids)),
        fewest=FEWEST,
        signs_with=root_kind(visit, await visit.reading.children(Key, me)),
    )


@get("/c/{slug:str}/guardian", opt={OPT: Access.MEMBER})
async def vouch(
    request: Asked,
    visit: NamedDependency[Visit],
    alg: Short = "",
    public: Short = "",
    credential: Short = "",
    member: Short = "",
) -> Page:
    """For a guardian: whose I am, and signing a new key for one of them."""
    me = member_of(visit).id
    wards = {ward.id: ward for ward in await wards_of(visit.reading, me)}
    active = await visit.reading.find_many(Member, list(wards))
    ward = wards.get(member)
    others = [id_ for id_ in ward.members if id_ != me] if ward else []
    policy = await policy_in_force(visit.reading)
    return await show(
        request,
        visit,
        "keys/guardian.html",
        alg=alg,
        public=public,
        credential=credential,
        key_id=require_new(alg, public) if public else "",
        wards=await people_of(visit.reading, [id_ for id_ in wards if active[id_].status == "active"]),
        ward=ward,
        others=await people_of(visit.reading, others),
        recovery_days=policy.recovery_days,
        address=request.app.state.web.address,
    )


ROUTES: Final = (choose, vouch)
