"""A roster from a file, in the office: upload, what the columns mean, every line's fate, and the signing of the rest.

Nothing is entered before somebody has confirmed the count; the lines themselves are signed in the browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Final

import structlog
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from app import pending
from app.access import OPT, Access
from app.api.problems import Problem
from app.commons.people import officials
from app.decisions.words import Words
from app.installation import Installation
from app.pages.page import Page, show
from app.pages.proposals.common import members_policy, need_member, words_of
from app.roll import Person, Rolls
from app.roster import columns, decoding, export, forms, plan, store, table
from app.roster.decoding import Encoding
from app.roster.fault import Fault
from app.roster.matching import Known, register
from app.roster.plan import Choices, Planned
from app.roster.store import Import
from app.visit import Visit
from ledger.books import keys
from ledger.books.members_policy import MembersPolicy

Asked = Request[Any, Any, Any]
PAGE: Final = 50
_OPT: Final = {OPT: Access.ADMINISTRATOR}
_log = structlog.stdlib.get_logger("yui.roster")


@get("/c/{slug:str}/office/roster", opt=_OPT)
async def start(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    entered: FromQuery[int] = 0,
    left: FromQuery[int] = 0,
) -> Page:
    """Where a roster is handed in; those that wait; the template."""
    return await _start(request, visit, installation, None, entered=entered, left=left)


async def _start(
    request: Asked, visit: Visit, installation: Installation, fault: Fault | None, *, entered: int = 0, left: int = 0
) -> Page:
    return await show(
        request,
        visit,
        "roster/start.html",
        status=422 if fault else 200,
        fault=fault,
        entered=entered,
        left=left,
        encodings=decoding.ENCODINGS,
        policy=await members_policy(visit.reading),
        waiting=await store.waiting(installation, visit.reading),
        lifetime=store.LIFETIME,
        limits=(decoding.MAX_BYTES // (1024 * 1024), table.MAX_LINES),
    )


@post("/c/{slug:str}/office/roster", opt=_OPT)
async def upload(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]
) -> Page | Redirect:
    """Read the file; on to its lines, or to its columns where they don't explain themselves."""
    form = await request.form()
    file, chosen = form.get("file"), str(form.get("encoding", ""))
    data = await file.read() if isinstance(file, UploadFile) else b""
    policy = await members_policy(visit.reading)
    try:
        roster = await asyncio.to_thread(_read, data, chosen, _class_names(request, visit, policy), policy)
    except Fault as fault:
        _log.info("roster.refused", code=fault.code)
        return await _start(request, visit, installation, fault)
    roster.filename = file.filename[:100] if isinstance(file, UploadFile) else ""
    _log.info(
        "roster.read",
        encoding=roster.encoding,
        lines=len(roster.sheet.lines),
        # How often somebody tries to bring money onto the roll, never which or whose.
        money_columns=len(roster.sheet.money),
    )
    id_ = await store.begin(installation, visit.reading, roster)
    place = f"/c/{visit.slug}/office/roster/{id_}"
    return Redirect(f"{place}/columns" if roster.unclear else place, status_code=303)


def _read(data: bytes, chosen: str, named: dict[str, str], policy: MembersPolicy) -> Import:
    text, encoding, sign = decoding.decode(data, chosen)
    delimiter, found = table.rows(text)
    sheet = columns.sheet(found)
    fields, unclear = columns.guess(sheet.headings, headed=sheet.headed)
    words = plan.class_words(sheet, fields)
    classes = plan.guess_classes(words, named)
    strange = ["classes"] if not all(classes.values()) else []
    choices = Choices(fields, policy.classes[0], classes)
    return Import("", encoding, sign, delimiter, sheet, choices, [*unclear, *strange])


def _class_names(request: Asked, visit: Visit, policy: MembersPolicy) -> dict[str, str]:
    """What rosters call the co-op's classes, in the form in which words are compared → code."""
    named: dict[str, str] = {}
    for code in policy.classes:
        spoken = {Words(request.app.state.texts, lang, visit.coop.utc_offset).cls(code) for lang in ("ja", "en")}
        named |= {forms.same(word): code for word in spoken | {code}}
    if "member" in policy.classes:
        named |= {forms.same(word): "member" for word in ("会員", "正会員", "組合員", "正組合員", "full member")}
    if "supporter" in policy.classes:
        named |= {forms.same(word): "supporter" for word in ("賛助会員", "賛助", "准会員", "準会員", "准組合員")}
    return named


@get("/c/{slug:str}/office/roster/{id:str}/columns", opt=_OPT)
async def ask_columns(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page:
    """What each column means, with its first cells beside it."""
    return await _columns(request, visit, id, await store.read(installation, visit.reading, id), ())


async def _columns(request: Asked, visit: Visit, id_: str, roster: Import, wrong: Sequence[str]) -> Page:
    sheet, choices = roster.sheet, roster.choices
    samples = [_samples(roster, position) for position in range(len(sheet.headings))]
    policy = await members_policy(visit.reading)
    return await show(
        request,
        visit,
        "roster/columns.html",
        status=422 if wrong else 200,
        id=id_,
        roster=roster,
        columns=list(zip(sheet.headings, choices.fields, samples, strict=True)),
        fields=columns.FIELDS,
        class_words=[word for word in plan.class_words(sheet, choices.fields) if not plan.is_type(word)],
        chosen={word: choices.classes.get(forms.same(word), "") for word in plan.class_words(sheet, choices.fields)},
        classes=[(code, words_of(request, visit).cls(code)) for code in policy.classes],
        wrong=wrong,
    )


def _samples(roster: Import, position: int) -> list[str]:
    cells = (forms.typed(line.cells[position]) for line in roster.sheet.lines[:20])
    return [cell for cell in cells if cell][:3]


@post("/c/{slug:str}/office/roster/{id:str}/columns", opt=_OPT, status_code=200)
async def set_columns(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Page | Redirect:
    """Take the answers; again where a name is missing or something is said twice."""
    form = await request.form()
    policy = await members_policy(visit.reading)
    async with store.changing(installation, visit.reading, id) as roster:
        count = len(roster.sheet.headings)
        wanted = [str(form.get(f"column-{position}", "")) for position in range(count)]
        fields = tuple(field if field in columns.FIELDS else "" for field in wanted)
        before = roster.choices
        named = _class_names(request, visit, policy)
        words = plan.class_words(roster.sheet, fields)
        classes = plan.guess_classes(words, named)
        for position, word in enumerate(words):
            said = form.get(f"class-{position}")
            if said is not None and fields == before.fields:
                classes[forms.same(word)] = str(said) if said in policy.classes else ""
        cls = str(form.get("cls", ""))
        roster.choices = Choices(fields, cls if cls in policy.classes else policy.classes[0], classes)
        roster.pinned = []
        wrong = columns.check(fields)
        asked = not wrong and fields != before.fields and not all(classes.values())
    if wrong or asked:
        return await _columns(request, visit, id, roster, wrong)
    return Redirect(f"/c/{visit.slug}/office/roster/{id}", status_code=303)


@get("/c/{slug:str}/office/roster/{id:str}", opt=_OPT)
async def preview(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    fate: Annotated[str, QueryParameter(max_length=10)] = "",
    page: Annotated[int, QueryParameter(ge=1, le=1000)] = 1,
) -> Page:
    """Every line and what will happen to it; the totals; the confirmation."""
    roster = await store.read(installation, visit.reading, id)
    planned = await _plan(request, visit, roster)
    shown = [line for line in planned if not fate or line.fate == fate]
    return await show(
        request,
        visit,
        "roster/preview.html",
        id=id,
        roster=roster,
        totals=plan.totals(planned),
        fates=plan.FATES,
        fate=fate,
        lines=shown[(page - 1) * PAGE : page * PAGE],
        found=len(shown),
        page=page,
        pages=max(1, -(-len(shown) // PAGE)),
        mapped=[(heading, f) for heading, f in zip(roster.sheet.headings, roster.choices.fields, strict=True) if f],
        unused=[heading for heading, f in zip(roster.sheet.headings, roster.choices.fields, strict=True) if not f],
        words=words_of(request, visit),
        policy=await members_policy(visit.reading),
        seconds=await officials(visit.reading, keys.COUNTERSIGNERS, without={need_member(visit)}),
    )


@post("/c/{slug:str}/office/roster/{id:str}/lines", opt=_OPT, status_code=200)
async def lines(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> dict[str, Any]:
    """The lines to be signed, as statements. From the first time on always the same ones, so that a batch that broke
    off is gone on with; ``there`` says which are on the roll by now.
    """
    # Read before the roster is locked: whoever holds one connection must not wait for another.
    known = await _known(request, visit)
    async with store.changing(installation, visit.reading, id) as roster:
        planned = await asyncio.to_thread(_fates, roster, known)
        if not roster.pinned:
            roster.pinned = [line.line for line in planned if line.fate == "new"]
    pinned = set(roster.pinned)
    batch = [line for line in planned if line.line in pinned]
    return {"lines": [{"number": one.line, "there": one.fate != "new", **one.statement()} for one in batch]}


@post("/c/{slug:str}/office/roster/{id:str}/discard", opt=_OPT)
async def discard(
    request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation], id: FromPath[str]
) -> Redirect:
    """Through, or given up: nothing of it stays."""
    form = await request.form()
    told = ((name, str(form.get(name, "0"))) for name in ("entered", "left"))
    await store.forget(installation, visit.reading, id)
    done = next((f"?{name}={count}" for name, count in told if count.isdigit() and count != "0"), "")
    return Redirect(f"/c/{visit.slug}/office/roster{done}", status_code=303)


async def _plan(request: Asked, visit: Visit, roster: Import) -> list[Planned]:
    """Every line's fate as the roll stands now."""
    return await asyncio.to_thread(_fates, roster, await _known(request, visit))


async def _known(request: Asked, visit: Visit) -> list[Known]:
    """Everyone on the roll, and who is on the way there: entered by one official, to be signed by another."""
    office = {person.id for person in await officials(visit.reading, ("administrator",), without=set())}
    waiting = await pending.entering(request.app.state.installation, visit.reading, office)
    known = [Known(p.id, p.name, p.kana, p.number, not p.ended) for p in await _people(request, visit)]
    return known + [_awaited(one) for one in waiting]


def _awaited(values: dict[str, Any]) -> Known:
    name, kana, number = (str(values.get(f"profile/{field}", "")) for field in ("name", "kana", "number"))
    return Known("", name, kana, number)


async def _people(request: Asked, visit: Visit) -> list[Person]:
    rolls: Rolls = request.app.state.rolls
    return await rolls.people(visit.reading)


def _fates(roster: Import, known: Sequence[Known]) -> list[Planned]:
    return plan.plan(roster.sheet, roster.choices, register(known))


@get("/c/{slug:str}/office/roster-template.csv", opt=_OPT)
async def template(
    request: Asked, visit: NamedDependency[Visit], encoding: FromQuery[Encoding] = "utf-8"
) -> Response[bytes]:
    """An empty roster with the headings that are understood, and one line as an example."""
    t = words_of(request, visit).t
    headings = [t(f"roster.field.{name}") for name in columns.FIELDS]
    example = [t(f"roster.example.{name}") for name in columns.FIELDS]
    return as_file(export.to_csv([headings, example], encoding), "roster-template", encoding)


@get("/c/{slug:str}/office/roll.csv", opt={OPT: Access.OFFICIAL})
async def roll(
    request: Asked, visit: NamedDependency[Visit], encoding: FromQuery[Encoding] = "utf-8"
) -> Response[bytes]:
    """The roll as a file, in reading order, with the headings that an import understands.

    Everybody's addresses at once are for the office; whoever helps at a desk sees one member's after the other.
    """
    if not visit.holds(*keys.OFFICIALS):
        raise Problem("access.role", 403)
    words = words_of(request, visit)
    names = [*columns.FIELDS, "status"]
    people = await _people(request, visit)
    rows = [[words.t(f"roster.field.{name}") for name in names], *(_row(words, person) for person in people)]
    data = await asyncio.to_thread(export.to_csv, rows, encoding)
    return as_file(data, f"{visit.slug}-roll", encoding)


def _row(words: Words, person: Person) -> list[str]:
    member = person.member
    kept = [getattr(person, name) for name in columns.FIELDS if name in plan.PRIVATE]
    joined = words.fmt.local(member.joined).date().isoformat()
    return [*kept, words.cls(member.cls), joined, words.t(f"members.status.{member.status}")]


def as_file(data: bytes, name: str, encoding: Encoding) -> Response[bytes]:
    """A file to be saved."""
    charset = {"utf-8": "utf-8", "cp932": "windows-31j"}[encoding]
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(data, media_type=f"text/csv; charset={charset}", headers=headers)


ROUTES: Final = (start, upload, ask_columns, set_columns, preview, lines, discard, template, roll)
