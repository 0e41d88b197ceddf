"""Drafting and amending: the kind, what it would do as a form with live words, title and reasons, the signature.

The form about the effect goes to the server, which answers with the effect in words, as JSON, and with whatever is
wrong at its field. What is signed is said once more by the signing dialog, from the bytes themselves.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app import labels
from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions import drafting_more, policy_form, rule_editor, rule_form
from app.decisions.drafting import LOG_KEY, Drafted, draft, role_of
from app.decisions.effect_words import EffectWords, current_policy, current_rule
from app.decisions.filling import Filled, from_document, from_proposal, with_names
from app.decisions.people import Person, applicants, find_people
from app.decisions.resting import resting
from app.decisions.rule_spelling import ACT, Values, one
from app.decisions.words import Words
from app.installation import Installation
from app.naming import sees_names
from app.pages.page import Page, show
from app.pages.proposals.common import (
    Asked,
    area_words_of,
    members_policy,
    need_member,
    need_proposal,
    said_names,
    texts_of,
    words_of,
)
from app.reading_belonging import belongings
from app.visit import Visit
from governance.books import rules
from governance.books.articles import Articles
from governance.books.drafts import MAX_UNDECIDED
from governance.books.proposals import Proposal, Undecided
from governance.count import MAX_OPTIONS
from governance.modules.electorate.disinterested import Disinterested
from ledger.books.commons_policy import UNITS
from ledger.books.members_policy import NAMED
from ledger.books.policies import AREAS, Policy
from ledger.books.roles import ROLES

KINDS: Final = rules.ALL
UNASKED: Final = 5
"""How many members stand there to choose from before anybody has been searched for."""
MANY: Final = 100_000
_Code = Annotated[str, QueryParameter(max_length=20)]
_Id = Annotated[str, QueryParameter(max_length=40)]


@get("/c/{slug:str}/proposals/new", opt={OPT: Access.MEMBER})
async def new(  # noqa: PLR0913, PLR0917  (each is part of the address)
    request: Asked,
    visit: NamedDependency[Visit],
    kind: _Code = "",
    decides: _Code = "ordinary",
    area: _Code = "commons",
    applicant: _Id = "",
    member: _Id = "",
    role: _Code = "",
    effect: _Code = "",
) -> Page:
    """Which kind of proposal; then its form, beginning from what is in force and from what the link names."""
    if kind not in KINDS:
        known = [name for name in KINDS if await current_rule(visit.reading, name) is not None]
        return await show(request, visit, "proposals/kinds.html", kinds=KINDS, known=known)
    values = await _in_force(visit, words_of(request, visit), kind, decides, area)
    if kind == "admit" and applicant:
        values = await _of_applicant(visit, applicant)
    if kind == "role":
        values |= {"role": [role]} if role in ROLES else {}
        values |= {"member": [member]} if await find_people(visit.reading, "", {member}) else {}
    if kind == "special" and effect == "articles":
        values |= {"effect": [effect], "text": [await _articles(visit)]}
    return await _form(request, visit, kind, values, None)


@post("/c/{slug:str}/proposals/new", opt={OPT: Access.MEMBER}, status_code=200)
async def preview(request: Asked, visit: NamedDependency[Visit]) -> Page:
    """The same form with what it would do, as filled in so far."""
    values = await _submitted(request)
    kind = one(values, "kind")
    if kind not in KINDS:
        raise Problem("http.bad_request", 400)
    # Another rule or policy was chosen: its form begins from what is in force there.
    if one(values, "begun") not in ("", one(values, "decides") or one(values, "area")):
        values = await _in_force(visit, words_of(request, visit), kind, one(values, "decides"), one(values, "area"))
    values = await _begun(visit, kind, values)
    return await _form(request, visit, kind, values, None)


@get("/c/{slug:str}/proposals/{id:str}/amend", opt={OPT: Access.MEMBER})
async def amend(request: Asked, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """The form of an own proposal, beginning from its current version."""
    found = await _own(visit, id)
    _, _, options = await texts_of(visit, found)
    names = await _names_of(visit, found)
    values = from_proposal(found, options, names, visit.coop.utc_offset)
    if found.decides == rules.ELECTION and not found.effects:
        candidates, unclear = await _called(visit, options)
        values |= {"role": [drafting_more.NO_ROLE], "candidates": candidates, "unclear": unclear, "q": unclear[:1]}
    return await _form(request, visit, found.decides, values, found)


@post("/c/{slug:str}/proposals/{id:str}/amend", opt={OPT: Access.MEMBER}, status_code=200)
async def preview_amended(request: Asked, visit: NamedDependency[Visit], id: FromPath[str]) -> Page:
    """The same form as filled in so far."""
    found = await _own(visit, id)
    values = await _begun(visit, found.decides, await _submitted(request))
    return await _form(request, visit, found.decides, values, found)


async def _form(request: Asked, visit: Visit, kind: str, values: Values, amended: Proposal | None) -> Page:
    words = await area_words_of(request, visit)
    members = await visit.reading.names(values.get("candidates", ()))
    drafted = draft(kind, values, words, visit.coop.utc_offset, members)
    told = []
    if drafted.complete and drafted.effects:
        teller = EffectWords(visit.reading, words, names=sees_names(visit))
        told = [await teller.one(effect, drafted.names) for effect in drafted.effects]
    title, text, _ = await texts_of(visit, amended) if amended else ("", one(values, "text"), [])
    shown: dict[str, Any] = {
        "kind": kind,
        "values": values,
        "value": lambda path: one(values, path),
        "drafted": drafted,
        "told": told,
        "errors": drafted.errors,
        "shown_json": _pretty(drafted),
        "amended": amended,
        "title": title,
        "text": text,
        "names": {} if amended is None else said_names(amended, title, {}),
        "rests": None,
        "full": False,
        "fresh": request.method == "GET",
    }
    if drafted.complete:
        installation: Installation = request.app.state.installation
        proposer = need_member(visit) if amended is None else amended.proposer
        shown["rests"] = await resting(visit, installation, kind, proposer, tuple(drafted.effects))
    if amended is None and visit.member is not None:
        waiting = await visit.reading.find(Undecided, visit.member.id)
        shown |= {"most": MAX_UNDECIDED, "full": waiting is not None and waiting.proposals >= MAX_UNDECIDED}
    template = "proposals/_effect_form.html" if request.headers.get("hx-request") else "proposals/new.html"
    shown |= await _choices(visit, words, kind, values, drafted) | await _around(visit, words, kind, values)
    shown["names"] |= labels.as_said({"topics": shown["topic_names"], "areas": words.areas})
    return await show(request, visit, template, **shown)


async def _articles(visit: Visit) -> str:
    """The articles in force, from which their next text begins; empty before there are any."""
    kept = await visit.reading.children(Articles, newest_first=True, limit=1)
    if not kept:
        return ""
    adopted = await need_proposal(visit, kept[0].proposal)
    return (await texts_of(visit, adopted))[1]


def _pretty(drafted: Drafted) -> str:
    """The document as people read and write it: names of kinds as plain text."""
    document = with_names(drafted.document, drafted.names) if drafted.document else {}
    return json.dumps(document, ensure_ascii=False, indent=2)


async def _choices(visit: Visit, words: Words, kind: str, values: Values, drafted: Drafted) -> dict[str, Any]:
    """What the form of that kind offers."""
    policy = await members_policy(visit.reading)
    classes = [(code, words.cls(code)) for code in policy.classes]
    if kind == "rules":
        in_force = await current_rule(visit.reading, one(values, "decides")) is not None
        return await rule_editor.context(visit.reading, words, values, drafted, policy.classes, in_force=in_force) | {
            "decides": (*rules.ALL, LOG_KEY),
            "log_key": visit.coop.log_key,
        }
    if kind == "policy":
        return {
            "areas": sorted(AREAS),
            "at": lambda path, default="": policy_form.at(drafted.document, path, default),
            "form": policy_form,
            "units": tuple(UNITS),
            "lengths": rule_form.split_length,
            **await _codes(visit),
            "words": words,
        }
    offered: dict[str, Any] = {"roles": ROLES, "words": words, "people": await _people(visit, "q", "member", values)}
    if kind == "role":
        offered["role_of"] = lambda member: role_of(values, member)
    if kind == "election":
        offered["people"] = await _people(visit, "q", "candidates", values)
    if kind == "admit":
        offered |= {"applicants": await applicants(visit.reading), "classes": classes}
    if kind in drafting_more.EFFECTS:
        offered |= {"effects": drafting_more.EFFECTS[kind], "effect": drafting_more.chosen_effect(kind, values)}
    return offered


async def _codes(visit: Visit) -> dict[str, dict[str, list[str]]]:
    """``past``: codes that subjects and areas have, or once had; ``used``: those of areas that members belong to."""
    lists = [version.members().lists() for version in await visit.reading.children(Policy, "members")]
    used = {found.area for found in (await belongings(visit.reading)).values() if found.area}
    past = {group: {code for each in lists for code in each[group][0]} for group in NAMED}
    past["areas"] |= used
    return {"past": {group: sorted(codes) for group, codes in past.items()}, "used": {"areas": sorted(used)}}


async def _around(visit: Visit, words: Words, kind: str, values: Values) -> dict[str, Any]:
    """What every form offers beside its own: subjects, and members to declare where the rule leaves them out."""
    version = await current_rule(visit.reading, kind)
    document = "" if version is None else json.dumps(version.document)
    topics = await labels.in_force(visit.reading, "topics", words.texts, words.lang)
    return {
        "topics": tuple(topics),
        "topic_names": topics,
        "declares": Disinterested.NAME in document or bool(values.get("interested")),
        "concerned": await _people(visit, "interested_q", "interested", values),
        "seated": version is not None and version.rule().method.SEATS,
    }


async def _people(visit: Visit, searched: str, field: str, values: Values) -> list[Person]:
    """Members to choose from: those chosen already, then whom the search finds."""
    asked = one(values, searched)[:100]
    found = await find_people(visit.reading, asked)
    # Nobody scrolls through a whole village: a few to see how it looks, the others by name.
    found = found if asked.strip() else found[:UNASKED]
    chosen = [member for member in values.get(field, ()) if member]
    first = await find_people(visit.reading, "", set(chosen), most=MAX_OPTIONS) if chosen else []
    return [*sorted(first, key=lambda person: chosen.index(person.id)), *(one for one in found if one not in first)]


async def _called(visit: Visit, names: list[str]) -> tuple[list[str], list[str]]:
    """Ids of the members with those names, in that order, and the names that are not one member's: where an election
    gives no role, it knows names alone.
    """
    ids: dict[str, list[str]] = {}
    for person in await find_people(visit.reading, "", most=MANY):
        ids.setdefault(person.name, []).append(person.id)
    clear = {name: ids[name][0] for name in names if len(ids.get(name, ())) == 1}
    return list(clear.values()), [name for name in dict.fromkeys(names) if name not in clear]


async def _in_force(visit: Visit, words: Words, kind: str, decides: str, area: str) -> Filled:
    """What the form begins with where nothing has been filled in yet."""
    if kind == "rules" and decides == LOG_KEY:
        return {"decides": [decides], "vkey": [""]}
    if kind == "rules":
        decides = decides if decides in rules.ALL else rules.ALL[0]
        return await _rule_from(visit, decides, rule_editor.IN_FORCE)
    if kind == "policy":
        area = area if area in AREAS else "commons"
        policy = await current_policy(visit.reading, area)
        if policy is None:
            raise LookupError("a founded co-op has a policy for every area")
        document = with_names(policy.document, await _own_names(visit, words, policy))
        return {"area": [area]} | from_document(document)
    if kind == "admit":
        waiting = await applicants(visit.reading)
        return {"applicant": [waiting[0].id], "class": [waiting[0].cls]} if waiting else {}
    return {}


async def _rule_from(visit: Visit, decides: str, start: str) -> Filled:
    """The editor's values for a rule that begins from something else than what was filled in."""
    version = await current_rule(visit.reading, decides)
    document = rule_editor.begin(start, decides, None if version is None else version.document)
    return {"decides": [decides], rule_editor.START: [start]} | from_document(document)


async def _begun(visit: Visit, kind: str, values: Filled) -> Filled:
    """The values; of the rule to begin from where that was asked for."""
    decides, start = one(values, "decides"), one(values, rule_editor.START)
    if kind != "rules" or one(values, ACT) != rule_editor.START or decides not in rules.ALL:
        return values
    return await _rule_from(visit, decides, start)


async def _of_applicant(visit: Visit, id_: str) -> Filled:
    """The form's values for an applicant that a link names; nothing where there is no such application any more."""
    found = [one for one in await applicants(visit.reading) if one.id == id_]
    return {"applicant": [found[0].id], "class": [found[0].cls]} if found else {}


async def _own_names(visit: Visit, words: Words, policy: Policy) -> dict[str, str]:
    """The co-op's own words for its kinds, or its subjects and areas, by path; not the catalogue's."""
    if policy.area == "members":
        listed = await labels.member_labels(visit.reading, policy, words.texts, words.lang)
        lists = policy.members().lists().items()
        return {f"{NAMED[group]}_names/{code}": listed[group][code] for group, (_, own) in lists for code in own}
    named = await labels.kind_labels(visit.reading, policy, words.texts, words.lang)
    kinds = enumerate(policy.document["kinds"])
    return {f"kinds/{row}/name": named[kind["code"]] for row, kind in kinds if kind.get("name")}


async def _names_of(visit: Visit, found: Proposal) -> dict[str, str]:
    """Names of the kinds, or the subjects and areas, in a proposal's own policy, by path in the document."""
    document = policy_form.at({"effects": list(found.effects)}, "effects/0/document", {})
    refs = [(found.statement, f"effects/0/document/{path}") for path in policy_form.names_in(document)]
    texts = await visit.reading.texts(refs)
    return {path.removeprefix("effects/0/document/"): str(text) for (_, path), text in texts.items()}


async def _own(visit: Visit, id_: str) -> Proposal:
    found = await need_proposal(visit, id_)
    if found.proposer != need_member(visit):
        raise Problem("proposal.not_yours", 403)
    return found


async def _submitted(request: Asked) -> Filled:
    form = await request.form()
    values: Filled = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value)
    return values
