"""Keys and devices: a member's own, a new device that asks to be let in, and recovery by two officials."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app import pending
from app.access import OPT, Access
from app.api.problems import Problem, language
from app.installation import Installation
from app.key_limits import GROUPS, told, within
from app.pages.me import member_of
from app.pages.page import Page, rp_id_of, show
from app.reading_entrance import policy_in_force
from app.reading_keys import force_times, key_lines, officials, running_recoveries, sort_of_alg, wards_of
from app.texts.sentences import catalogue
from app.visit import Visit
from ledger import ids
from ledger.books.guardians import Guardians
from ledger.books.keys import Key
from ledger.books.members import Member
from ledger.errors import LedgerError
from ledger.keys import check_public

Asked = Request[Any, Any, Any]
Short = Annotated[str, QueryParameter(max_length=1400)]
RECOVERING: Final = ("administrator", "concierge")
SECONDING: Final = ("administrator", "concierge", "auditor")
_REVOKED: Final = ("lost", "replaced", "compromised", "unused")


@get("/c/{slug:str}/me/keys", opt={OPT: Access.MEMBER})
async def mine(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """My keys and devices, and what to do when one is lost."""
    member = member_of(visit)
    found = await visit.reading.children(Key, member.id)
    lines = await key_lines(visit.reading, [key for key in found if key.status != "revoked"])
    active = [line for line in lines if line.key.status == "active"]
    lang = language(request)
    policy = await policy_in_force(visit.reading)
    chosen = await visit.reading.find(Guardians, member.id)
    guardians = await visit.reading.names(chosen.members if chosen else ())
    return await show(
        request,
        visit,
        "keys/mine.html",
        guardians=[guardians[id_] for id_ in (chosen.members if chosen else ())],
        threshold=chosen.threshold if chosen else 0,
        wards=len(await wards_of(visit.reading, member.id)),
        member=member,
        active=active,
        recovering=[line for line in lines if line.key.status in ("waiting", "disputed")],
        roots=[line.key for line in active if line.key.root and not line.key.may],
        may={line.key.id: told(request.app.state.texts, lang, line.key.may) for line in active},
        limits={line.key.id: _limits(line.key) for line in active},
        types={name: json.dumps(types) for name, types in GROUPS.items()},
        join=catalogue(lang)["format.join"].join,
        revoked=sum(key.status == "revoked" for key in found),
        reasons=_REVOKED,
        signs_with=root_kind(visit, found),
        recovery_days=policy.recovery_days,
        address=request.app.state.web.address,
        rp_id=rp_id_of(request, visit),
        name=(await visit.reading.names([member.id]))[member.id],
    )


def _limits(key: Key) -> list[str]:
    """The groups that the key can be limited to, where that would leave less than it may now."""
    groups = within(key.may)
    return [] if [set(GROUPS[name]) for name in groups] == [set(key.may)] else groups


def root_kind(visit: Visit, found: list[Key]) -> str:
    """Which kind of key must sign for other keys: the one signed in with if it is a root, else the passkey."""
    roots = [key for key in found if key.status == "active" and key.root and not key.may]
    own = [key for key in roots if key.id == visit.key] or roots
    sorts = {sort_of_alg(key.alg) for key in own}
    return next((sort for sort in ("passkey", "wallet") if sort in sorts), "device")


@get("/c/{slug:str}/me/keys/new", opt={OPT: Access.MEMBER})
async def add(
    request: Asked, visit: NamedDependency[Visit], alg: Short = "", public: Short = "", credential: Short = ""
) -> Page:
    """Let another device of mine in: it has made a key and shows this page's address."""
    key_id = require_new(alg, public)
    return await show(
        request,
        visit,
        "keys/add.html",
        alg=alg,
        public=public,
        credential=credential,
        key_id=key_id,
        taken=await visit.reading.find(Key, key_id) is not None,
        signs_with=root_kind(visit, await visit.reading.children(Key, member_of(visit).id)),
        official=visit.holds(*RECOVERING),
        guardian=bool(await wards_of(visit.reading, member_of(visit).id)),
    )


@get("/c/{slug:str}/recover", opt={OPT: Access.OPEN})
async def ask(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """On the new device: make a key, show it to whoever lets it in."""
    policy = await policy_in_force(visit.reading)
    return await show(
        request,
        visit,
        "keys/ask.html",
        address=request.app.state.web.address,
        rp_id=rp_id_of(request, visit),
        recovery_days=policy.recovery_days,
    )


@get("/c/{slug:str}/recover/{key:str}", opt={OPT: Access.OPEN})
async def state(
    visit: NamedDependency[Visit], key: FromPath[str], installation: NamedDependency[Installation]
) -> dict[str, Any]:
    """How far a new device's key is, for that device: a key's id is known to those who were shown the key."""
    if not ids.is_id(key, "key"):
        raise Problem("http.not_found", 404)
    record = await visit.reading.find(Key, key)
    if record is not None:
        forces = await force_times(visit.reading, [record.id])
        return {"status": record.status, "member": record.member, "at": forces.get(record.id)}
    for one in await pending.of(installation, visit.reading, key):
        return {"status": "sign" if key in one.missing else "cosigners", "statement": one.id.hex()}
    return {"status": "unknown"}


@get("/c/{slug:str}/office/recover", opt={OPT: Access.MEMBER})
async def recover(
    request: Asked,
    visit: NamedDependency[Visit],
    alg: Short = "",
    public: Short = "",
    credential: Short = "",
    q: Short = "",
) -> Page:
    """Lost phones: two officials sign a new key; running recoveries; an auditor settles what is disputed."""
    if not visit.holds(*SECONDING):
        raise Problem("access.role", 403)
    me = member_of(visit).id
    running = await key_lines(visit.reading, await running_recoveries(visit.reading))
    people = await _people(visit, q) if public and visit.holds(*RECOVERING) else {}
    seconds = (await officials(visit.reading, *SECONDING)) - {me}
    concerned = {line.key.member for line in running} | {by for line in running for by in line.key.officers}
    policy = await policy_in_force(visit.reading)
    return await show(
        request,
        visit,
        "keys/recover.html",
        me=me,
        alg=alg,
        public=public,
        credential=credential,
        key_id=require_new(alg, public) if public else "",
        people=people,
        q=q,
        seconds=await visit.reading.names(seconds),
        running=running,
        names=await visit.reading.names(concerned),
        recovery_days=policy.recovery_days,
        may_start=visit.holds(*RECOVERING),
        address=request.app.state.web.address,
    )


async def _people(visit: Visit, wanted: str) -> dict[str, str]:
    """Active members with a key, by name, whose name has ``wanted`` in it: at most 200."""
    rows = await visit.reading.pool.fetch(
        "SELECT DISTINCT parent FROM record WHERE ledger_id = $1 AND kind = 'key'", visit.reading.ledger_id
    )
    found = await visit.reading.find_many(Member, [row["parent"] for row in rows])
    me = member_of(visit).id
    names = await visit.reading.names(id_ for id_, one in found.items() if one.status == "active" and id_ != me)
    matching = sorted(((name, id_) for id_, name in names.items() if wanted in name))
    return {id_: name for name, id_ in matching[:200]}


def require_new(alg: str, public: str) -> str:
    """The id of a key that a new device shows; Problem ``key.form`` for anything that is no key."""
    try:
        check_public(alg, public)
    except LedgerError as error:
        raise Problem("key.form", 400) from error
    return ids.key_id(public)


ROUTES: Final = (mine, add, ask, state, recover)
