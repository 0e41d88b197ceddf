"""監査報告: what an auditor (監事) says of a fiscal year, having recomputed the ledger up to a checkpoint."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from ledger import canonical
from ledger.books import coop, roles
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record


class AuditReport(Record, frozen=True, kw_only=True):
    """One auditor's report on a fiscal year (id ``year/member``; ``year`` is the one it begins in); ``at`` in ms.

    ``size`` and ``root``: the checkpoint up to which the ledger was recomputed, and ``faults`` what that found.
    """

    kind: ClassVar[str] = "audit_report"
    year: str
    auditor: str
    statement: str
    text: Commit
    sound: bool
    faults: int
    size: int
    root: str
    at: int

    @property
    def sort(self) -> str:
        """By year."""
        return self.year


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``audit.report/1``: an auditor reports on a fiscal year, named by the calendar year it begins in.

    The checkpoint that the statement has seen is the one verified; ``faults``: how many findings that came to.
    ``sound``: no objection to how the co-op was run. A later report ``replaces`` the auditor's former one.
    """

    year: Annotated[str, msgspec.Meta(pattern=r"\A[12][0-9]{3}\Z")]
    text: Commit
    sound: bool
    faults: Annotated[int, msgspec.Meta(ge=0)]


def _report(ctx: Context, body: Report) -> None:
    roles.require(ctx, "auditor")
    _check_over(ctx, body.year)
    id_ = f"{body.year}/{ctx.author}"
    before = ctx.state.find(AuditReport, id_)
    if ctx.statement.replaces != (None if before is None else before.statement):
        raise Refusal("audit.replaces", id=id_, expected=None if before is None else before.statement)
    ctx.state.put(
        AuditReport(
            id=id_,
            index=ctx.index if before is None else before.index,
            year=body.year,
            auditor=ctx.author,
            statement=ctx.id,
            text=body.text,
            sound=body.sound,
            faults=body.faults,
            size=ctx.statement.seen.size,
            root=ctx.statement.seen.root,
            at=ctx.time,
        )
    )


def _check_over(ctx: Context, year: str) -> None:
    """Refusal ``audit.year`` for a fiscal year that has not ended yet."""
    record = coop.get(ctx.state)
    today = canonical.format_time(ctx.time + record.utc_offset * 60_000)
    if today < f"{int(year) + 1}-{record.fiscal_month:02d}":
        raise Refusal("audit.year", year=year)


BOOK = Book(
    "audits", records=(AuditReport,), handlers=(Handler("audit.report/1", Report, _report, subject=coop.subject),)
)
