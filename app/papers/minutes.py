"""議事録: the record of a meeting, as PDF and as a page."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec import Struct

from app.papers.paper import Code, House, Said, blocks, lines, words
from app.texts.formats import Formats

_WORDS: Final = (
    "agenda",
    "annexes",
    "attest",
    "count",
    "facts",
    "kind",
    "method",
    "outcome",
    "present",
    "receipts",
    "remarks",
    "signers",
)


class Present(Struct, frozen=True, kw_only=True):
    """How many were there, by kind; each member counted once."""

    electorate: int
    """All who have a vote."""
    in_person: int
    online: int
    proxy: int
    written: int

    def said(self, fmt: Formats) -> list[Said]:
        """A row each; the last two are the sum and all who have a vote."""
        kinds = {"in_person": self.in_person, "online": self.online, "proxy": self.proxy, "written": self.written}
        rows = {**kinds, "total": sum(kinds.values()), "electorate": self.electorate}
        return [{"name": fmt.t(f"papers.present.{name}"), "count": fmt.integer(n)} for name, n in rows.items()]


class Tally(Struct, frozen=True):
    """One line of a count: what was chosen, by how many."""

    label: str
    count: int


class Decided(Struct, frozen=True, kw_only=True):
    """What became of one item."""

    name: str
    """`第1号議案`."""
    title: str
    text: str
    """What was said and decided, over several paragraphs where it has them."""
    method: str = ""
    """How it was decided, in words; empty where nothing was."""
    tallies: tuple[Tally, ...] = ()
    outcome: str = ""
    """In words: `出席した議決権の過半数の賛成により、原案どおり可決された。`"""
    receipts: tuple[Code, ...] = ()
    """The records on the ledger that it rests on."""

    def said(self, fmt: Formats) -> Said:
        """The item's part of the record."""
        return {
            "name": self.name,
            "title": self.title,
            "text": lines(self.text),
            "method": self.method,
            "tallies": [{"label": tally.label, "count": fmt.integer(tally.count)} for tally in self.tallies],
            "outcome": self.outcome,
            "receipts": list(self.receipts),
        }


class Signer(Struct, frozen=True, kw_only=True):
    """Someone who stands for the record."""

    title: str
    """`議長`, `議事録署名人`."""
    name: str
    signed: int | None = None
    """When they signed on the ledger (ms); None: a line is left for pen and seal."""
    receipt: Code | None = None
    """Their signature on the ledger."""

    def said(self, fmt: Formats) -> Said:
        """Their line."""
        signed = "" if self.signed is None else fmt.t("papers.minutes.signed", when=fmt.moment(self.signed))
        return {"title": self.title, "name": self.name, "signed": signed, "code": self.receipt}


class Minutes(Struct, frozen=True, kw_only=True):
    """The record of one meeting, in one version."""

    template: ClassVar[str] = "minutes"

    house: House
    dated: int
    """When this version was made."""
    meeting: str
    """The meeting's title."""
    starts: int
    ends: int | None
    """When it was closed (ms); None where nobody has said yet."""
    place: str
    present: Present
    chair: str
    items: tuple[Decided, ...]
    signers: tuple[Signer, ...]
    text: str = ""
    """What was signed, over several paragraphs; all else then stands below it, as the log has it."""
    opening: str = ""
    """What was said before the first item: that there was a quorum, who was made chair, over several paragraphs."""
    closing: str = ""
    """What was said after the last."""
    convened: str = ""
    """By whom and when it was called together."""
    officers: tuple[str, ...] = ()
    """Officers who were there, with their titles."""
    author: str = ""
    """Who wrote the record."""
    kept: str = ""
    """For how long it is to be kept, where that is settled."""
    annexes: tuple[str, ...] = ()
    version: str = ""
    """`第2版`, where there is more than one."""
    receipts: tuple[Code, ...] = ()
    """What the record as a whole rests on: the checkpoint, say."""

    def said(self, fmt: Formats) -> Said:
        """Everything in the minutes."""
        t = fmt.t
        return {
            **words(fmt, "minutes", _WORDS),
            "form": words(fmt, "form", ("date", "date_blank", "seal")),
            "title": t("papers.minutes.title", meeting=self.meeting),
            "house": self.house.name,
            "dated": t("papers.minutes.dated", day=fmt.day(self.dated)),
            "version": self.version,
            "written": blocks(self.text),
            "log": t("papers.minutes.log") if self.text else "",
            "about": self._about(fmt),
            "counts": self.present.said(fmt),
            "opening": lines(self.opening),
            "items": [item.said(fmt) for item in self.items],
            "closing": lines(self.closing),
            "enclosed": list(self.annexes),
            "hands": [signer.said(fmt) for signer in self.signers],
            "whole": list(self.receipts),
        }

    def _about(self, fmt: Formats) -> list[Said]:
        """Time, place, convocation, chair and officers, who wrote it and how long it is kept, each with its heading."""
        when = fmt.moment(self.starts)
        if self.ends is not None:
            same_day = fmt.day(self.ends) == fmt.day(self.starts)
            ends = fmt.clock(self.ends) if same_day else fmt.moment(self.ends)
            when = fmt.t("papers.minutes.from_to", start=when, end=ends)
        rows = {
            "when": when,
            "where": self.place,
            "convened": self.convened,
            "chair": self.chair,
            "officers": "\n".join(self.officers),
            "author": self.author,
            "kept": self.kept,
        }
        return [{"name": fmt.t(f"papers.meeting.{name}"), "text": lines(text)} for name, text in rows.items() if text]
