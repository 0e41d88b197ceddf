"""Founding a co-op: six questions, back and forth, then who founds it, then the signature.

The draft's address is its key. What founders type is kept on the way and destroyed once the co-op stands.
"""

from __future__ import annotations

import json
from typing import Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.access import OPT, Access
from app.api.problems import Problem, language
from app.founding import genesis, questions, store
from app.founding.answers import Answers, Founding, KindRow
from app.founding.questions import Fault
from app.founding.store import Link, own_link
from app.installation import Installation
from app.limits import limits_of
from app.pages.page import Page, show
from app.settings import WebSettings
from app.texts import Catalogue
from app.texts.sentence_values import clean
from governance import presets
from ledger.books.commons_policy import UNITS

Asked = Request[Any, Any, Any]
_OPEN: Final = {OPT: Access.OPEN}
_TEMPLATE_KINDS: Final = (
    ("cleaning", "hour", 10),
    ("watch", "hour", 10),
    ("office", "hour", 10),
    ("teaching", "session", 10),
    ("harvest", "kg", 2),
)
"""What villages give each other, as a start: name in the catalogue, unit, tokens for each."""


@get("/found", opt=_OPEN)
async def start(request: Asked) -> Page:
    """What founding is, and the button that begins."""
    return await show(request, None, "found/start.html")


@post("/found", opt=_OPEN)
async def begin(request: Asked, installation: NamedDependency[Installation]) -> Redirect:
    """A fresh draft."""
    limits_of(request).founding(request)
    link = await store.begin(installation)
    texts: Catalogue = request.app.state.texts
    async with store.changing(installation, link) as draft:
        draft.answers = _template(texts, language(request))
    return Redirect(f"/found/{link.key}/1", status_code=303)


def _template(texts: Catalogue, lang: str) -> Answers:
    return Answers(
        member_word=texts.t(lang, "found.word.member"),
        token_word=texts.t(lang, "found.word.token"),
        kinds=[KindRow(texts.t(lang, f"found.kind.{name}"), unit, tokens) for name, unit, tokens in _TEMPLATE_KINDS],
    )


@get("/found/{key:str}", opt=_OPEN)
async def resume(key: FromPath[str], installation: NamedDependency[Installation]) -> Redirect:
    """Where one left off."""
    draft = await store.read(installation, own_link(key))
    return Redirect(f"/found/{key}/{_next_open(draft)}", status_code=303)


def _next_open(draft: Founding) -> str:
    open_ones = [step for step in range(1, questions.QUESTIONS + 1) if step not in draft.done]
    return str(open_ones[0]) if open_ones else "review"


@get("/found/{key:str}/{step:int}", opt=_OPEN)
async def question(
    request: Asked, key: FromPath[str], step: FromPath[int], installation: NamedDependency[Installation]
) -> Page | Redirect:
    """One question, with what was answered so far."""
    _require_step(step)
    draft = await store.read(installation, own_link(key))
    if draft.sealed is not None:
        return Redirect(f"/found/{key}/review", status_code=303)
    return await _show_question(request, key, step, draft, [])


@post("/found/{key:str}/{step:int}", opt=_OPEN)
async def answer(
    request: Asked, key: FromPath[str], step: FromPath[int], installation: NamedDependency[Installation]
) -> Page | Redirect:
    """Keep what was typed, whatever it is; go on where it will do, back wherever one likes."""
    _require_step(step)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    web: WebSettings = request.app.state.web
    # Asked before the draft is locked: whoever holds one connection must not wait for another.
    taken = {ledger.slug for ledger in await installation.ledgers()} if step == 1 else set[str]()
    async with store.changing(installation, own_link(key)) as draft:
        _require_open(draft)
        faults = questions.READERS[step - 1](form, draft, web)
        if draft.answers.slug in taken:
            faults.append(Fault("slug", "found.error.taken"))
        draft.done = sorted({*draft.done} - {step} if faults else {*draft.done, step})
    go = form.get("go", "next")
    if go == "back":
        return Redirect(f"/found/{key}/{max(step - 1, 1)}", status_code=303)
    if go == "more" or faults:
        return await _show_question(request, key, step, draft, [] if go == "more" else faults)
    last = step == questions.QUESTIONS or _next_open(draft) == "review"
    return Redirect(f"/found/{key}/{_next_open(draft) if last else step + 1}", status_code=303)


async def _show_question(request: Asked, key: str, step: int, draft: Founding, faults: list[Fault]) -> Page:
    web: WebSettings = request.app.state.web
    texts: Catalogue = request.app.state.texts
    answers = draft.answers
    return await show(
        request,
        None,
        "found/question.html",
        status=422 if faults else 200,
        key=key,
        step=step,
        draft=draft,
        answers=answers,
        person=draft.founders[0],
        faults={fault.field: _told(fault, texts, language(request)) for fault in faults},
        address=web.address,
        units=list(UNITS),
        presets=presets.FOUNDING,
        spare=questions.SPARE_ROWS,
        rules_json=answers.rules_typed or _pretty(answers.rules),
        policies_json=answers.policies_typed or _pretty(answers.policies),
        rules_now=_pretty(genesis.rules_of(answers)),
        policies_now=_pretty(genesis.policies_of(answers)),
    )


def _told(fault: Fault, texts: Catalogue, lang: str) -> str:
    """In words, with the place in the document where there is one."""
    why = texts.t(lang, fault.key, **fault.params)
    if not fault.path:
        return why
    return texts.t(lang, "found.error.document", path=clean(fault.path.replace("/", " › ")), why=why)


def _pretty(documents: dict[str, Any] | None) -> str:
    return "" if documents is None else json.dumps(documents, ensure_ascii=False, indent=1)


@get("/found/{key:str}/review", opt=_OPEN)
async def review(request: Asked, key: FromPath[str], installation: NamedDependency[Installation]) -> Page | Redirect:
    """Everything once more in sentences; then keys and signatures."""
    link = own_link(key)
    draft = await store.read(installation, link)
    if _next_open(draft) != "review":
        return Redirect(f"/found/{key}/{_next_open(draft)}", status_code=303)
    return await _show_founders(request, link, draft, "found/review.html", me=0)


@post("/found/{key:str}/reopen", opt=_OPEN)
async def reopen(key: FromPath[str], installation: NamedDependency[Installation]) -> Redirect:
    """Change something after all: the fixed bytes and their signatures are thrown away."""
    async with store.changing(installation, own_link(key)) as draft:
        draft.sealed = None
    return Redirect(f"/found/{key}/review", status_code=303)


@post("/found/{key:str}/founders/{ordinal:int}/remove", opt=_OPEN)
async def remove_founder(
    key: FromPath[str], ordinal: FromPath[int], installation: NamedDependency[Installation]
) -> Redirect:
    """Somebody will not found with us after all. The first founder stays."""
    async with store.changing(installation, own_link(key)) as draft:
        _require_open(draft)
        if 0 < ordinal < len(draft.founders):
            del draft.founders[ordinal]
    return Redirect(f"/found/{key}/review", status_code=303)


@get("/found/join/{joining:str}", opt=_OPEN)
async def join(request: Asked, joining: FromPath[str], installation: NamedDependency[Installation]) -> Page:
    """What another founder sees: what is to be founded, and the own name and key."""
    link = Link(joining, None)
    draft = await store.read(installation, link)
    return await _show_founders(request, link, draft, "found/join.html", me=None)


async def _show_founders(request: Asked, link: Link, draft: Founding, template: str, me: int | None) -> Page:
    web: WebSettings = request.app.state.web
    answers = draft.answers
    sealed = draft.sealed
    return await show(
        request,
        None,
        template,
        link=link,
        draft=draft,
        answers=answers,
        me=me,
        origin=genesis.origin_of(web, answers.slug),
        address=web.address,
        rp_id=web.host,
        signed=[False] * len(draft.founders) if sealed is None else [s is not None for s in sealed.signatures],
    )


def _require_step(step: int) -> None:
    if not 1 <= step <= questions.QUESTIONS:
        raise Problem("http.not_found", 404)


def _require_open(draft: Founding) -> None:
    if draft.sealed is not None:
        raise Problem("founding.sealed", 409)


ROUTES: Final = (start, begin, resume, question, answer, review, reopen, remove_founder, join)
