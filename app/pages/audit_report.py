"""The auditors' (監事) yearly reports: written and signed by them, read by every member, printed."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from app import passes
from app.access import OPT, Access
from app.api.problems import Problem
from app.decisions.words import Words
from app.fiscal import Range, Year, entries_of, founded, last_over, year_of
from app.installation import Installation
from app.pages.meetings.papers import printed
from app.pages.page import Page, show
from app.pages.proposals.common import Asked, need_member, paragraphs, words_of
from app.papers.audit_report import AuditReport as Paper
from app.papers.audit_report import Checked
from app.papers.minutes import Signer
from app.papers.paper import Code, House
from app.visit import Visit
from governance.books.audits import AuditReport
from ledger import canonical

OFFERED: Final = 5
"""Years that a new report can be about at most, from the last that is over."""
MANY: Final = 1000


class Read(NamedTuple):
    """A report with its year, its text, its auditor's name, its entry, and the entries of that year it was about."""

    report: AuditReport
    year: Year
    text: str
    auditor: str
    entry: int
    entries: Range | None

    @property
    def root(self) -> str:
        """The root hash that was recomputed, as people compare it."""
        return canonical.unb64(self.report.root).hex()


@get("/c/{slug:str}/audit/reports", opt={OPT: Access.MEMBER})
async def reports(request: Asked, visit: NamedDependency[Visit], installation: NamedDependency[Installation]) -> Page:
    """All reports, the latest year first."""
    found = await visit.reading.children(AuditReport, newest_first=True, limit=MANY)
    return await show(
        request,
        visit,
        "audit/reports.html",
        reports=found,
        people=await visit.reading.names([one.auditor for one in found]),
        over=last_over(visit.coop, installation.clock.now()),
    )


@get("/c/{slug:str}/audit/reports/new", opt={OPT: Access.AUDITOR})
async def new(
    request: Asked,
    visit: NamedDependency[Visit],
    installation: NamedDependency[Installation],
    year: Annotated[int | None, QueryParameter(ge=1000, le=2999)] = None,
) -> Page:
    """The form of a report, with what the last full pass found; for a year reported on already, of its new version."""
    me, words, over = need_member(visit), words_of(request, visit), last_over(visit.coop, installation.clock.now())
    first = await founded(visit.reading, visit.coop)
    # In the first year of a ledger the one before it is all that can be reported on.
    years = range(over, min(over, max(first, over - OFFERED + 1)) - 1, -1)
    chosen = year_of(visit.coop, min(max(year or over, years[-1]), over))
    before = await visit.reading.find(AuditReport, f"{chosen.number}/{me}")
    text = await visit.reading.text(before.statement, "text") if before is not None else ""
    last = await passes.latest(visit.reading, finished=True)
    return await show(
        request,
        visit,
        "audit/report_new.html",
        year=chosen,
        years=years,
        entries=await entries_of(visit.reading, visit.coop, chosen, visit.size),
        before=before,
        text=text or words.t("audit_report.begin"),
        last=last,
        faults=_faults(last),
        size=visit.size,
    )


@get("/c/{slug:str}/audit/reports/{year:int}/{auditor:str}", opt={OPT: Access.MEMBER})
async def one(request: Asked, visit: NamedDependency[Visit], year: FromPath[int], auditor: FromPath[str]) -> Page:
    """One report, as it stands."""
    found = await _read(visit, year, auditor)
    return await show(
        request,
        visit,
        "audit/report.html",
        found=found,
        paragraphs=paragraphs(found.text),
        mine=need_member(visit) == auditor and visit.holds("auditor"),
    )


@get("/c/{slug:str}/audit/reports/{year:int}/{auditor:str}/report.pdf", opt={OPT: Access.MEMBER})
async def pdf(
    request: Asked, visit: NamedDependency[Visit], year: FromPath[int], auditor: FromPath[str]
) -> Response[bytes]:
    """The same on paper."""
    found, words = await _read(visit, year, auditor), words_of(request, visit)
    report = found.report
    address = f"{request.app.state.web.address}/c/{visit.slug}/ledger/{found.entry}"
    receipt = Code(address, words.t("paperwork.entry", n=words.fmt.integer(found.entry)))
    name = await visit.reading.text(visit.coop.profile, "profile/name", visit.slug)
    content = Paper(
        house=House(name=name),
        dated=report.at,
        year=words.t("audit_report.year", year=report.year),
        first=found.year.first,
        last=found.year.last,
        text=found.text,
        result=words.t("audit_report.sound" if report.sound else "audit_report.unsound"),
        auditors=(Signer(title=words.t("pages.role.auditor"), name=found.auditor, signed=report.at, receipt=receipt),),
        checked=Checked(
            entries=report.size,
            root=found.root,
            at=report.at,
            faults=report.faults,
            year=_told(words, found.entries),
        ),
    )
    return await printed(request, content, words.fmt, f"audit-report-{report.year}")


async def _read(visit: Visit, year: int, auditor: str) -> Read:
    report = await visit.reading.find(AuditReport, f"{year}/{auditor}")
    if report is None:
        raise Problem("audit_report.unknown", 404)
    entry = await visit.reading.pool.fetchval(
        "SELECT index FROM entry WHERE ledger_id = $1 AND statement_id = $2",
        visit.reading.ledger_id,
        canonical.unb64(report.statement, 32),
    )
    chosen = year_of(visit.coop, year)
    return Read(
        report,
        chosen,
        await visit.reading.text(report.statement, "text"),
        (await visit.reading.names([auditor])).get(auditor, ""),
        entry,
        await entries_of(visit.reading, visit.coop, chosen, report.size),
    )


def _told(words: Words, entries: Range | None) -> str:
    """The entries of the year, in words."""
    if entries is None:
        return words.t("audit_report.entries.none")
    first, last = (words.fmt.integer(number) for number in entries)
    return words.t("audit_report.entries", first=first, last=last)


def _faults(found: passes.Pass | None) -> int:
    """How many findings the pass came to."""
    report: dict[str, Any] = {} if found is None or found.report is None else found.report
    return sum(step["count"] for step in report.get("steps", ()) if step["status"] == "finding")


ROUTES: Final = (reports, new, one, pdf)
