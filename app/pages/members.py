"""The members: the list in reading order, one member's page, and what officials may change there."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app.access import OFFICIALS, OPT, Access
from app.api.problems import Problem
from app.commons.called import names_of
from app.commons.people import officials
from app.commons.telling import telling_of
from app.installation import Installation
from app.pages.page import Page, show
from app.pages.proposals.common import area_words_of, members_policy, need_member, words_of
from app.reading_belonging import belongs
from app.reading_members import roles_of, running
from app.roll import ENDED, FIELDS, Asked, Person, Rolls, narrowed
from app.visit import Visit
from ledger.books import keyring, keys
from ledger.books.keys import Key
from ledger.books.members import Erasure

Browser = Request[Any, Any, Any]
PAGE: Final = 20
STATUSES: Final = ("active", "suspended", *ENDED)
_Text = Annotated[str, QueryParameter(max_length=100)]


@get("/c/{slug:str}/members", opt={OPT: Access.MEMBER})
async def roll(
    request: Browser,
    visit: NamedDependency[Visit],
    q: _Text = "",
    cls: _Text = "",
    status: _Text = "",
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
) -> Page:
    """Everyone, by reading. Members see names and groups; officials the rest, and who is a member no more."""
    official = visit.holds(*OFFICIALS)
    people = await _people(request, visit)
    if not official or status not in STATUSES:
        status = "" if status not in ("active", "suspended") else status
    current = [person for person in people if person.member.status in ENDED] if status in ENDED else _current(people)
    policy = await members_policy(visit.reading)
    found = narrowed(current, Asked(q, cls if cls in policy.classes else "", status, numbers=official))
    shown = found[(page - 1) * PAGE : page * PAGE]
    return await show(
        request,
        visit,
        "members/list.html",
        people=shown,
        found=len(found),
        total=len(_current(people)),
        page=page,
        pages=max(1, -(-len(found) // PAGE)),
        asked={"q": q, "cls": cls, "status": status},
        classes=policy.classes,
        statuses=STATUSES if official else STATUSES[:2],
        official=official,
        roles=await roles_of(visit.reading, [person.id for person in shown]),
        words=words_of(request, visit),
    )


@get("/c/{slug:str}/members/{id:str}", opt={OPT: Access.MEMBER})
async def member(
    request: Browser, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """One member: who, since when, acting in which roles, what is open; for officials all else, and what to do."""
    person = await person_of(request, visit, id)
    me = need_member(visit)
    official = visit.holds(*OFFICIALS)
    policy = await members_policy(visit.reading)
    open_ones = await running(visit.reading, person.id)
    seconds = await officials(visit.reading, keys.COUNTERSIGNERS, without={me, person.id})
    erasure = await visit.reading.find(Erasure, person.id)
    ended = person.member.ended
    return await show(
        request,
        visit,
        "members/one.html",
        person=person,
        me=me,
        official=official,
        fields=FIELDS,
        roles=(await roles_of(visit.reading, [person.id])).get(person.id, []),
        open_ones=open_ones,
        titles=await names_of(visit, await telling_of(request, visit), [one.id for one in open_ones]),
        keys=await visit.reading.children(Key, person.id) if official else [],
        seconds=[(one.id, one.name) for one in seconds],
        policy=policy,
        belongs=await belongs(visit.reading, person.id),
        erasure=erasure,
        erasable=None if ended is None else max(ended + policy.retention_days * keyring.DAY, installation.clock.now()),
        classes=[(code, words_of(request, visit).cls(code)) for code in policy.classes],
        words=await area_words_of(request, visit),
    )


@get("/c/{slug:str}/members/{id:str}/edit", opt={OPT: Access.ADMINISTRATOR})
async def edit(request: Browser, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """The private fields, to be set anew as a whole by an administrator."""
    person = await person_of(request, visit, id)
    return await show(request, visit, "members/edit.html", person=person, fields=FIELDS)


async def _people(request: Browser, visit: Visit) -> list[Person]:
    rolls: Rolls = request.app.state.rolls
    return await rolls.people(visit.reading)


async def person_of(request: Browser, visit: Visit, id_: str) -> Person:
    """Somebody of the roll; Problem ``member.unknown`` where there is nobody of that id."""
    for person in await _people(request, visit):
        if person.id == id_:
            return person
    raise Problem("member.unknown", 404, id=id_[:40])


def _current(people: list[Person]) -> list[Person]:
    return [person for person in people if not person.ended]


ROUTES: Final = (roll, member, edit)
