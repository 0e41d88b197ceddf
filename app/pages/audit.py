"""The auditor's desk, and what of it is open to everyone who may read the entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import File, Redirect

from app import passes
from app.access import OPT, Access
from app.api.problems import Problem, language
from app.audit.words import Words as AuditWords
from app.commons.people import find_people
from app.decisions.counted import Counts
from app.decisions.listing import Listing
from app.decisions.words import Words
from app.installation import Installation
from app.limits import limits_of
from app.naming import names_for, sees_titles
from app.pages.page import Page, show
from app.pages.proposals.common import labels_of, need_proposal, rule_of, texts_of, words_of
from app.pages.proposals.outcome import counts_of
from app.passes import Pass
from app.reading_entrance import genesis_hash
from app.recount import Line, Recounted, recount
from app.sequencer.guard import Published
from app.visit import Visit
from app.witness.cosigned import witnessed
from app.zipped import FRESH, zipped
from governance.books.counts import shown
from governance.books.proposals import Found
from governance.reach import Path

Asked = Request[Any, Any, Any]
BALLOTS: Final = 100
"""Ballots on one page of a recount."""


@get("/c/{slug:str}/audit", opt={OPT: Access.COOP})
async def desk(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    q: Annotated[str, QueryParameter(max_length=100)] = "",
) -> Page:
    """Integrity at a glance, the last full pass, and the ways to look closer."""
    now = installation.clock.now()
    published = await installation.log.published(visit.reading.ledger)
    listing = Listing(visit.reading, visit.member, now, titles=sees_titles(visit))
    decided, more = await listing.decided(1)
    return await show(
        request,
        visit,
        "audit/desk.html",
        now=now,
        size=published.size,
        root=published.root.hex(),
        sealed_at=await _sealed_at(installation, visit, published),
        genesis=(await genesis_hash(installation, visit.reading)).hex(),
        witnessed=await witnessed(installation, visit.reading.ledger, public=visit.coop.tiles == "public"),
        q=q.strip(),
        people=await find_people(visit.reading, q) if visit.signed_in else [],
        decided=[item for item in decided if item.proposal.outcome is not None],
        more=more,
        **await _last_pass(request, visit, now),
    )


@get("/c/{slug:str}/audit/pass", opt={OPT: Access.COOP})
async def last_pass(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """The part that is watched while a pass is under way."""
    now = installation.clock.now()
    return await show(request, visit, "audit/_pass.html", now=now, **await _last_pass(request, visit, now))


@post("/c/{slug:str}/audit/pass", opt={OPT: Access.AUDITOR}, status_code=303)
async def start_pass(visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Redirect:
    """Begin a pass, unless one is under way: then that one is shown."""
    assert visit.member is not None  # noqa: S101  (the route's access)
    await passes.begin(installation, visit.reading, visit.member.id)
    return Redirect(f"/c/{visit.slug}/audit#pass", status_code=303)


@get("/c/{slug:str}/audit/evidence.json", opt={OPT: Access.ENTRIES})
async def evidence(visit: NamedDependency[Visit]) -> Response[Any]:
    """What the last pass found, with the bytes it rests on."""
    found = await passes.latest(visit.reading, finished=True)
    if found is None or found.evidence is None:
        raise Problem("http.not_found", 404)
    headers = {"Content-Disposition": f'attachment; filename="yui-evidence-{visit.slug}.json"'}
    return Response(found.evidence, headers=headers)


@get("/c/{slug:str}/audit/export.zip", opt={OPT: Access.ENTRIES})
async def export(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> File:
    """The whole ledger as ``yui verify`` reads it. Strangers are content with what was made a little while ago."""
    limits_of(request).costly(request, visit)
    path = await zipped(installation, visit.reading.ledger, 0 if visit.signed_in else FRESH)
    return File(path, filename=f"{visit.slug}.zip", media_type="application/zip", headers={"Cache-Control": "no-store"})


@get("/c/{slug:str}/audit/proposals/{id:str}", opt={OPT: Access.ENTRIES})
async def ballots(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    id: FromPath[str],
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
) -> Page:
    """A decided proposal counted anew, with every ballot."""
    proposal = await need_proposal(visit, id)
    if proposal.outcome is None or proposal.tally is None:
        raise Problem("proposal.undecided", 409)
    limits_of(request).costly(request, visit)
    found = await recount(installation, visit.reading, proposal, opened=visit.holds("auditor"))
    words = words_of(request, visit)
    title, _, options = await texts_of(visit, proposal)
    start = (page - 1) * BALLOTS
    lines = found.lines[start : start + BALLOTS]
    ways = _ways(found)
    labels = await labels_of(visit, proposal, options, *proposal.tally, *(line.choice or "" for line in lines))
    _, rule = await rule_of(visit.reading, proposal)
    kept = await visit.reading.find(Found, proposal.id)
    again = None if found.counted is None else await counts_of(visit, words, proposal, rule, found.counted)
    return await show(
        request,
        visit,
        "audit/ballots.html",
        proposal=proposal,
        title=title or words.t("proposals.untitled", id=proposal.id[:11]),
        found=found,
        tally=None if found.counted is None else shown(rule, found.counted),
        choices=[(code, words.choice(code, labels)) for code in proposal.tally],
        amount=_amounts(words, again, found),
        told={line.choice: words.choice(line.choice, labels) for line in lines if line.choice},
        lines=lines,
        ways=ways[start : start + BALLOTS],
        every_way=len(ways),
        whole=found.counted is None or kept is None or kept.announced or kept.counted == found.counted,
        count=again.show(proposal, Found(id=proposal.id, index=0, counted=found.counted, announced=False))
        if again and found.counted
        else None,
        names=await names_for(visit, _members(lines, ways[start : start + BALLOTS])),
        cast=sum(line.ballot.counts for line in found.lines),
        page=page,
        more=max(len(found.lines), len(ways)) > start + BALLOTS,
    )


def _amounts(words: Words, counts: Counts | None, found: Recounted) -> Callable[[str, int], str]:
    """How the weight of a choice is written: of options in parts of a vote, of ballots in whole ones."""

    def amount(code: str, weight: int) -> str:
        if counts is None or found.counted is None or not code.startswith("option_"):
            return words.fmt.integer(weight)
        return counts.amount(weight, found.counted.unit)

    return amount


def _ways(found: Recounted) -> list[tuple[str, Path]]:
    """How each voter without a ballot was spoken for, or where their vote was lost: those together by their end."""
    return sorted(found.paths.items(), key=lambda way: (way[1].holder == "", way[1].holder, way[1].why, way[0]))


def _members(lines: list[Line], ways: list[tuple[str, Path]]) -> set[str]:
    return {line.ballot.member for line in lines} | {
        id_ for member, path in ways for id_ in (member, path.holder) if id_
    }


async def _last_pass(request: Asked, visit: Visit, now: int) -> dict[str, Any]:
    """The newest pass and the newest verdict, with the reader's words for what was found."""
    newest, finished = await passes.latest(visit.reading), await passes.latest(visit.reading, finished=True)
    who = [one.member for one in (newest, finished) if one is not None]
    return {
        "newest": newest,
        "finished": finished,
        "running": newest is not None and newest.runs(now),
        "steps": _steps(AuditWords(language(request)), finished),
        "auditors": await visit.reading.names(who) if visit.signed_in else {},
    }


def _steps(words: AuditWords, found: Pass | None) -> list[dict[str, Any]]:
    """Each step: its name, status, and sentences of what was found or why it was not checked."""
    if found is None or found.report is None:
        return []
    return [
        {
            "name": words.say(f"step.{step['name']}"),
            "status": step["status"],
            "reason": words.code(step["reason"]["code"], step["reason"]["params"]) if step["reason"] else "",
            "findings": [(row["entry"], words.code(row["code"], row["params"])) for row in step["findings"][:10]],
            "count": step["count"],
            "notes": [words.code(note["code"], note["params"]) for note in step["notes"]],
        }
        for step in found.report["steps"]
    ]


async def _sealed_at(installation: Installation, visit: Visit, published: Published) -> int:
    """When the newest entry under the checkpoint was received (ms)."""
    stored = await installation.log.entry(visit.reading.ledger, published.size - 1)
    if stored is None:
        raise LookupError(visit.reading.ledger.origin)
    return stored.received


ROUTES = (desk, last_pass, start_pass, evidence, export, ballots)
"""The auditor's routes."""
