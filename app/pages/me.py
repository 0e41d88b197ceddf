"""My own pages: who the co-op knows me as, what I did last, my receipts on this device, my profile, and leaving."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import OPT, Access
from app.api.problems import Problem, language
from app.installation import Installation
from app.pages.page import Page, show
from app.pages.proposals.common import area_words_of
from app.reading_belonging import belongs
from app.reading_entrance import policy_in_force
from app.stream import Wanted, lines
from app.texts import Catalogue
from app.visit import Visit
from ledger import ids
from ledger.books.bookings import Booking
from ledger.books.keyring import DAY
from ledger.books.members import Erasure, Member
from ledger.books.roles import Role
from ledger.books.tokens import Account

Asked = Request[Any, Any, Any]
FIELDS: Final = ("name", "kana", "alias", "household", "group", "address", "contact", "number")
"""A member's private fields, in the order of the form."""
_LATEST: Final = 5


def member_of(visit: Visit) -> Member:
    """The reader, on routes that only members reach."""
    if visit.member is None:
        raise Problem("access.sign_in", 401)
    return visit.member


@get("/c/{slug:str}/me", opt={OPT: Access.MEMBER})
async def me(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """My page."""
    member = member_of(visit)
    texts: Catalogue = request.app.state.texts
    found = await lines(installation, visit, texts, language(request), Wanted(who=member.id))
    return await show(
        request,
        visit,
        "me/me.html",
        member=member,
        profile=await profile_of(visit, member),
        since=await _held_since(visit, member),
        belongs=await belongs(visit.reading, member.id),
        words=await area_words_of(request, visit),
        account=await visit.reading.find(Account, member.id),
        lines=found[:_LATEST],
    )


async def profile_of(visit: Visit, member: Member) -> dict[str, str]:
    """The private fields as they now are; those that were never given are empty."""
    places = {name: (member.profile, f"{member.profile_path}/{name}") for name in FIELDS}
    texts = await visit.reading.texts(list(places.values()))
    return {name: str(texts.get(place, "")) for name, place in places.items()}


async def _held_since(visit: Visit, member: Member) -> dict[str, Role]:
    """The roles that the member now holds."""
    held = await visit.reading.offices()
    return {role.role: role for role in held if role.active and role.member == member.id}


@get("/c/{slug:str}/me/profile", opt={OPT: Access.MEMBER})
async def edit_profile(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """Change what the roll says about me."""
    member = member_of(visit)
    return await show(request, visit, "me/profile.html", member=member, profile=await profile_of(visit, member))


@get("/c/{slug:str}/me/leave", opt={OPT: Access.MEMBER})
async def leave(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """What leaving means, in this member's case, before it is done."""
    member = member_of(visit)
    policy = await policy_in_force(visit.reading)
    held = await visit.reading.offices()
    administrators = {role.member for role in held if role.active and role.role == "administrator"}
    return await show(
        request,
        visit,
        "me/leave.html",
        member=member,
        account=await visit.reading.find(Account, member.id),
        running=await visit.reading.count_marked(Booking, "open", member.id),
        retention_days=policy.retention_days,
        alone=administrators == {member.id},
    )


@get("/c/{slug:str}/left/{member:str}", opt={OPT: Access.OPEN})
async def left(
    request: Asked, visit: NamedDependency[Visit], member: FromPath[str], installation: NamedDependency[Installation]
) -> Page:
    """For someone who has left: asking for the personal data to be erased. Tells strangers nothing but dates."""
    found = await visit.reading.find(Member, member) if ids.is_id(member, "mem") else None
    if found is None or found.ended is None:
        raise Problem("http.not_found", 404)
    policy = await policy_in_force(visit.reading)
    erasure = await visit.reading.find(Erasure, found.id)
    return await show(
        request,
        visit,
        "me/left.html",
        former=found,
        erasure=erasure,
        erased_at=erasure.at if erasure else max(found.ended + policy.retention_days * DAY, installation.clock.now()),
    )


ROUTES: Final = (me, edit_profile, leave, left)
