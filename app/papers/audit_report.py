"""監査報告書: what an auditor (監事) says of a fiscal year."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

from msgspec import Struct

from app.papers.minutes import Signer
from app.papers.paper import Code, House, Said, blocks, lines, words
from app.texts.formats import Formats

_WORDS: Final = ("findings", "ledger", "method", "opinion", "receipts", "remarks", "result", "subject")


class Checked(Struct, frozen=True, kw_only=True):
    """What a full pass over the ledger came to."""

    entries: int
    """Entries recomputed."""
    root: str
    """The root hash of the checkpoint they lead to, as lower-case hex."""
    at: int
    """When the pass ended (ms)."""
    faults: int
    witnesses: int | None = None
    """Outside witnesses who have cosigned that checkpoint; None where that is not known."""
    year: str = ""
    """Which of those entries are the year's, in words."""

    def said(self, fmt: Formats) -> list[Said]:
        """A row each, with its heading."""
        rows = {
            "at": fmt.moment(self.at),
            "entries": fmt.integer(self.entries),
            "year": self.year,
            "root": self.root,
            "witnesses": "" if self.witnesses is None else fmt.integer(self.witnesses),
            "faults": fmt.integer(self.faults) if self.faults else fmt.t("papers.audit.no_faults"),
        }
        return [{"name": fmt.t(f"papers.audit.checked.{name}"), "text": [text]} for name, text in rows.items() if text]


class Finding(Struct, frozen=True, kw_only=True):
    """What was found of one subject."""

    subject: str
    """`業務の執行`, `財産の状況`."""
    sound: bool
    remarks: str = ""
    """Over several paragraphs where it has them."""


class AuditReport(Struct, frozen=True, kw_only=True):
    """One fiscal year's report."""

    template: ClassVar[str] = "audit_report"

    house: House
    dated: int
    year: str
    """The fiscal year as the co-op calls it: `2025年度`."""
    first: date
    last: date
    auditors: tuple[Signer, ...]
    text: str = ""
    """The report as it was signed, over several paragraphs, where it does not come in the parts that follow."""
    result: str = ""
    """What it comes to, in one sentence: `業務の執行に異議はありません。`"""
    method: str = ""
    """How it was audited, over several paragraphs."""
    findings: tuple[Finding, ...] = ()
    opinion: str = ""
    """Over several paragraphs."""
    checked: Checked | None = None
    remarks: str = ""
    """付記事項."""
    receipts: tuple[Code, ...] = ()

    def said(self, fmt: Formats) -> Said:
        """Everything in the report."""
        t = fmt.t
        return {
            **words(fmt, "audit", _WORDS),
            "form": words(fmt, "form", ("date", "date_blank", "seal")),
            "title": t("papers.audit.title", year=self.year),
            "house": self.house.name,
            "to": t("papers.audit.to", house=self.house.name),
            "dated": fmt.day(self.dated),
            "text": t("papers.audit.text", year=self.year, first=fmt.day(self.first), last=fmt.day(self.last)),
            "written": blocks(self.text),
            "comes_to": self.result,
            "how": lines(self.method),
            "pass": self.checked.said(fmt) if self.checked else [],
            "found": [
                {
                    "subject": finding.subject,
                    "result": t("papers.audit.sound" if finding.sound else "papers.audit.not_sound"),
                    "remarks": lines(finding.remarks),
                }
                for finding in self.findings
            ],
            "view": lines(self.opinion),
            "more": lines(self.remarks),
            "hands": [auditor.said(fmt) for auditor in self.auditors],
            "whole": list(self.receipts),
        }
