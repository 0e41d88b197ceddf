"""How people join: invitations as links and printed codes, the page behind a link, open applications.

The key in an invitation's link stands after its ``#``: browsers don't send that part, so the service never sees it.
Link and code are therefore made on the device of whoever invites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.access import OPT, Access
from app.api.problems import Problem
from app.installation import Installation
from app.pages.page import Page, rp_id_of, show
from app.reading_entrance import genesis_hash, policy_in_force
from app.visit import Visit
from ledger import canonical, ids
from ledger.books import keys
from ledger.books.keyring import DAY
from ledger.books.keys import Key
from ledger.books.members import Application, Invitation, Member
from ledger.books.members_policy import MembersPolicy

Asked = Request[Any, Any, Any]
INVITING: Final = ("administrator", "concierge")
LASTING: Final = (7, 30, 90)
"""Days that an invitation may last, as offered."""
USES: Final = (1, 10, 50, 200)


@dataclass(frozen=True)
class Terms:
    """An invitation as it is offered: the time is text as statements have it, and ms for reading."""

    until: str
    until_ms: int
    days: int


@get("/c/{slug:str}/members/invite", opt={OPT: Access.OFFICIAL})
async def invite(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    member: FromQuery[str] = "",
) -> Page:
    """Make an invitation, print it; see those that are open, close them. ``member``: for someone who is on the roll."""
    if not visit.holds(*INVITING):
        raise Problem("access.role", 403)
    now = installation.clock.now()
    policy = await policy_in_force(visit.reading)
    someone = await _claimable(visit, member) if member else None
    waiting = await _open_invitations(visit, now)
    people = {one.by for one in waiting} | {one.member for one in waiting if one.member}
    return await show(
        request,
        visit,
        "joining/invite.html",
        policy=policy,
        someone=someone,
        seconds=await _seconds(visit) if someone else {},
        names=await visit.reading.names(people | ({someone.id} if someone else set())),
        terms=[Terms(canonical.format_time(now + days * DAY), now + days * DAY, days) for days in LASTING],
        uses=USES,
        may_admit=policy.admission == "administrator" and visit.holds("administrator"),
        invitations=waiting,
        mark=(await genesis_hash(installation, visit.reading)).hex(),
        address=request.app.state.web.address,
        now=now,
    )


async def _open_invitations(visit: Visit, now: int) -> list[Invitation]:
    running = [one for one in await visit.reading.marked(Invitation, "open") if one.until > now]
    return sorted(running, key=lambda one: -one.index)


async def _claimable(visit: Visit, id_: str) -> Member:
    """A member who never had a key: whoever has one, or lost it, goes another way."""
    found = await visit.reading.find(Member, id_) if ids.is_id(id_, "mem") else None
    if found is None or found.status != "active":
        raise Problem("member.unknown", 404, id=id_)
    if await visit.reading.count(Key, found.id):
        raise Problem("key.has_keys", 409, id=id_)
    return found


async def _seconds(visit: Visit) -> dict[str, str]:
    """Names of the officials who can countersign for the reader, by id."""
    roles = {*keys.COUNTERSIGNERS, "concierge"}
    held = await visit.reading.offices()
    me = visit.member.id if visit.member else ""
    return await visit.reading.names({role.member for role in held if role.active and role.role in roles} - {me})


@get("/c/{slug:str}/join", opt={OPT: Access.OPEN})
async def apply(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """Applying without an invitation, where the co-op takes such applications."""
    policy = await policy_in_force(visit.reading)
    template = "joining/join.html" if policy.applications == "open" else "joining/invited_only.html"
    return await _show_joining(request, visit, installation, template, policy, None)


@get("/c/{slug:str}/join/{invitation:str}", opt={OPT: Access.OPEN})
async def join(
    request: Asked,
    visit: NamedDependency[Visit],
    invitation: FromPath[str],
    installation: NamedDependency[Installation],
) -> Page:
    """What an invitation opens."""
    found = await visit.reading.find(Invitation, invitation) if ids.is_id(invitation, "inv") else None
    now = installation.clock.now()
    over = found is None or found.closed or found.uses < 1 or now >= found.until
    policy = await policy_in_force(visit.reading)
    if over or found is None:
        return await show(request, visit, "joining/over.html", status=404)
    template = "joining/claim.html" if found.member else "joining/join.html"
    return await _show_joining(request, visit, installation, template, policy, found)


async def _show_joining(
    request: Asked,
    visit: Visit,
    installation: Installation,
    template: str,
    policy: MembersPolicy,
    invitation: Invitation | None,
) -> Page:
    said = visit.coop.profile
    texts = await visit.reading.texts([(said, f"profile/{name}") for name in ("name", "about", "member_word")])
    return await show(
        request,
        visit,
        template,
        policy=policy,
        invitation=invitation,
        coop={name: str(texts.get((said, f"profile/{name}"), "")) for name in ("name", "about", "member_word")},
        classes=[invitation.cls] if invitation is not None else list(policy.classes),
        mark=(await genesis_hash(installation, visit.reading)).hex(),
        rp_id=rp_id_of(request, visit),
    )


@get("/c/{slug:str}/join/state/{application:str}", opt={OPT: Access.OPEN})
async def state(visit: NamedDependency[Visit], application: FromPath[str]) -> dict[str, str]:
    """How far an application is, for the device that made it: its id is a hash that nobody else knows."""
    found = await visit.reading.find(Application, application) if ids.is_id(application, "app") else None
    if found is None:
        raise Problem("http.not_found", 404)
    return {"status": found.status}


ROUTES: Final = (invite, apply, join, state)
