"""通知の記録: who was notified of a meeting, how and when."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Final, Literal

from msgspec import Struct

from app.papers.paper import Code, House, Said, words
from app.texts.formats import Formats

How = Literal["mail", "post", "hand", "circulation", "board", "page", "none"]
"""E-mail, a letter, by hand, a circulated sheet, a notice board, the service's own pages; not at all so far."""
Came = Literal["sent", "received", "failed", "unknown"]
"""Sent off; known to have come; known not to; nobody knows."""
_WORDS: Final = ("came", "count", "how", "name", "proof", "signature", "when", "who")


class Notice(Struct, frozen=True, kw_only=True):
    """One notice to one member."""

    number: str
    name: str
    how: How
    at: int | None
    """When it was sent (ms); None: not yet."""
    came: Came
    proof: str = ""
    """What it is shown by: a postal number, a mail server's answer, a record of the ledger."""


class Notified(Struct, frozen=True, kw_only=True):
    """All notices of one meeting, in the order in which they are given."""

    template: ClassVar[str] = "notified"

    house: House
    dated: int
    meeting: str
    """The meeting's title."""
    starts: int
    """When it begins (ms)."""
    due: int
    """By when the rule wants notices sent (ms)."""
    notices: tuple[Notice, ...]
    receipt: Code | None = None
    """The record on the ledger of which this is the list."""

    def said(self, fmt: Formats) -> Said:
        """Everything on the list."""
        t = fmt.t
        return {
            **words(fmt, "notified", _WORDS),
            "form": words(fmt, "form", ("seal",)),
            "title": t("papers.notified.title", meeting=self.meeting),
            "house": self.house.name,
            "dated": t("papers.notified.dated", day=fmt.day(self.dated)),
            "starts": t("papers.notified.starts", when=fmt.moment(self.starts)),
            "due": t("papers.notified.due", when=fmt.moment(self.due)),
            "number": t("papers.form.number", member=self.house.word(fmt)),
            "late": self._late(fmt),
            "counts": self._counts(fmt),
            "rows": [self._row(fmt, notice) for notice in self.notices],
            "code": self.receipt,
        }

    def _row(self, fmt: Formats, notice: Notice) -> Said:
        return {
            "number": notice.number,
            "name": notice.name,
            "how": fmt.t(f"papers.notified.how.{notice.how}"),
            "when": "–" if notice.at is None else fmt.moment(notice.at),
            "came": fmt.t(f"papers.notified.came.{notice.came}"),
            "late": notice.at is None or notice.at > self.due,
            "proof": notice.proof,
        }

    def _late(self, fmt: Formats) -> str:
        late = sum(notice.at is None or notice.at > self.due for notice in self.notices)
        return fmt.t("papers.notified.late", n=fmt.integer(late)) if late else fmt.t("papers.notified.in_time")

    def _counts(self, fmt: Formats) -> list[Said]:
        """How many by each way, and how it ended."""
        ways = Counter((notice.how, notice.came) for notice in self.notices)
        return [
            {
                "how": fmt.t(f"papers.notified.how.{how}"),
                "came": fmt.t(f"papers.notified.came.{came}"),
                "count": fmt.integer(count),
            }
            for (how, came), count in sorted(ways.items())
        ]
