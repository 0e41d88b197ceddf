"""The ledger on pages: the stream, one page per entry, and the page that verifies in the browser."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from app.about import about
from app.access import OPT, Access
from app.anchors import standing as anchors
from app.api.problems import Problem, language
from app.installation import Installation
from app.limits import limits_of
from app.pages.page import Page, show
from app.reading_entrance import genesis_hash
from app.stream import PAGE, Wanted, by_day, lines, may_read_texts, plain, spell
from app.visit import Visit
from app.witness.cosigned import witnessed
from ledger import canonical, ids, merkle
from ledger.books.members import Member

BOOKS: Final = (
    "proposal",
    "ballot",
    "delegation",
    "lot",
    "meeting",
    "proxy",
    "minutes",
    "contribution",
    "token",
    "resource",
    "booking",
    "member",
    "equity",
    "role",
    "key",
    "coop",
)
"""What the stream can be narrowed to: the part of a type before its dot."""


@get("/c/{slug:str}/ledger", opt={OPT: Access.COOP})
async def stream(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    before: Annotated[int | None, QueryParameter(ge=0)] = None,
    book: Annotated[str, QueryParameter(max_length=20)] = "",
    who: Annotated[str, QueryParameter(max_length=40)] = "",
    ticks: FromQuery[bool] = False,  # noqa: FBT002  (a query parameter)
) -> Page:
    """Newest entries first, narrowed as asked."""
    wanted = Wanted(before, book if book in BOOKS else "", who if ids.is_id(who, "mem") else "", ticks)
    if wanted.book or wanted.who:
        limits_of(request).costly(request, visit)
    found = await lines(installation, visit, request.app.state.texts, language(request), wanted)
    published = await installation.log.published(visit.reading.ledger)
    people = await visit.reading.names([wanted.who]) if wanted.who and visit.signed_in else {}
    partial = bool(request.headers.get("hx-request"))
    public = visit.coop.tiles == "public"
    return await show(
        request,
        visit,
        "ledger/_lines.html" if partial else "ledger/stream.html",
        days=by_day(found, visit.coop.utc_offset),
        wanted=wanted,
        books=BOOKS,
        size=published.size,
        older=found[-1].index if len(found) == PAGE and found[-1].index > 0 else None,
        narrowed=urlencode({"book": wanted.book, "who": wanted.who} | ({"ticks": "true"} if ticks else {})),
        person=people.get(wanted.who, ""),
        now=installation.clock.now(),
        witnessed=None if partial else await witnessed(installation, visit.reading.ledger, public=public),
        anchored=None if partial else await _anchored(installation, visit),
    )


@get("/c/{slug:str}/ledger/{index:int}", opt={OPT: Access.COOP})
async def entry(
    request: Request[Any, Any, Any],
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    index: FromPath[int],
) -> Page:
    """One entry: its sentence, who signed, what it says byte for byte, and the proof that it is there."""
    stored = await installation.log.entry(visit.reading.ledger, index)
    if stored is None:
        raise Problem("entry.unknown", 404, index=index)
    (line,) = await spell(visit, request.app.state.texts, language(request), [stored])
    statement = line.entry.statement
    own = visit.member is not None and visit.member.id in (*statement.signers, statement.for_)
    if not (visit.sees_entries or own):
        raise Problem("entry.closed", 403, index=index)
    receipt = await installation.log.receipt(visit.reading.ledger, index)
    published = await installation.log.published(visit.reading.ledger)
    return await show(
        request,
        visit,
        "ledger/entry.html",
        line=line,
        leaf=stored.leaf.decode(),
        leaf_hash=merkle.leaf_hash(stored.leaf).hex(),
        statement_id=canonical.b64(stored.statement_id),
        pretty=plain(line.entry),
        signers=await _signers(visit, line.entry.statement.signers),
        path=[node.hex() for node in receipt.path],
        size=published.size,
        texts_open=may_read_texts(visit, line.entry),
        about=await about(visit, line.entry),
    )


@get("/c/{slug:str}/verify", opt={OPT: Access.COOP})
async def verify(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], installation: NamedDependency[Installation]
) -> Page:
    """The check in the reader's own browser, and how to make it without ours."""
    published = await installation.log.published(visit.reading.ledger)
    return await show(
        request,
        visit,
        "ledger/verify.html",
        size=published.size,
        root=published.root.hex(),
        note=published.note.decode(),
        address=request.app.state.web.address,
        genesis=(await genesis_hash(installation, visit.reading)).hex(),
        now=installation.clock.now(),
        witnessed=await witnessed(installation, visit.reading.ledger, public=visit.coop.tiles == "public"),
        anchored=await _anchored(installation, visit),
        words=request.app.state.texts.texts(language(request), "ledger.verify."),
    )


async def _anchored(installation: Installation, visit: Visit) -> list[anchors.Anchored] | None:
    """The ledger's anchors on a public chain; None where there is nothing to tell of such."""
    found = await anchors.of_ledger(installation.database.pool, visit.reading.ledger.id)
    return found if found or installation.anchoring is not None else None


async def _signers(visit: Visit, signers: tuple[str, ...]) -> list[tuple[str, str]]:
    """(id, name or nothing) of each signer."""
    members = [signer for signer in signers if signer.startswith("mem_")]
    named = await visit.reading.names(members) if visit.signed_in else {}
    known = await visit.reading.find_many(Member, members)
    return [(signer, named.get(signer, "") if signer in known else "") for signer in signers]


ROUTES = (stream, entry, verify)
