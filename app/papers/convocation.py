"""What is posted before a meeting: 招集通知 with the agenda, and the forms that come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace

from app.papers.ballot_form import Written
from app.papers.households import Household, Voter
from app.papers.meeting import Meeting
from app.papers.paper import Code, House, Said, lines, words
from app.papers.proxy_form import Proxies
from app.texts.formats import Formats

BATCH: Final = 50
"""Households in one file of `batches`: about 250 pages, two seconds and 200 MB of memory while it is made."""
_WORDS: Final = ("agenda", "details", "documents", "facts")


class Convocation(Struct, frozen=True, kw_only=True):
    """The letters to some households, one after the other, each with pages of its own count.

    A letter's forms begin on a new page, those of each member; no form is torn.
    """

    template: ClassVar[str] = "convocation"

    house: House
    dated: int
    meeting: Meeting
    households: tuple[Household, ...]
    letter: str = ""
    """What the letter says first, over several paragraphs; empty: one courteous sentence."""
    documents: tuple[str, ...] = ()
    """What else is enclosed."""
    proxies: Proxies | None = None
    """None: nobody may be represented, and there is no form for it."""
    written: Written | None = None
    """None: nobody may vote in writing, and there is no form for it."""
    online: bool = False
    """Whether one can also vote on that page, from afar."""
    page: Code | None = None
    """Where the meeting is found on a device."""
    duplex: bool = False
    """For printing on both sides: each letter, and each member's forms, on sheets of their own."""

    def said(self, fmt: Formats) -> Said:
        """Everything on the letters."""
        t, meeting = fmt.t, self.meeting
        default = t("papers.convocation.letter", meeting=meeting.title)
        return {
            **words(fmt, "convocation", _WORDS),
            "title": t("papers.convocation.title", meeting=meeting.title),
            "from": self.house.said(fmt),
            "dated": fmt.day(self.dated),
            "letter": lines(self.letter) or [default],
            "meeting": meeting.facts(fmt),
            "items": [item.said(fmt) for item in meeting.items],
            "enclosed": list(self.documents),
            "away_title": t("papers.convocation.away"),
            "away": self._away(fmt),
            "code": self.page,
            "proxy": self.proxies.said(fmt, self.house, meeting) if self.proxies else None,
            "ballot": self.written.said(fmt, self.house, meeting) if self.written else None,
            "households": [self._household(fmt, household) for household in self.households],
            "duplex": self.duplex,
        }

    def batches(self, size: int = BATCH) -> Iterator[Convocation]:
        """The same letters in files of a size that memory bears and an office prints in one go."""
        for start in range(0, len(self.households), size):
            yield replace(self, households=self.households[start : start + size])

    def _household(self, fmt: Formats, household: Household) -> Said:
        voters = [voter for voter in household.members if voter.forms]
        forms = [self._forms(voter) for voter in voters] if self.proxies or self.written else []
        return {**household.said(fmt), "members": forms}

    def _forms(self, voter: Voter) -> list[Said]:
        proxy = [{"kind": "proxy", "number": voter.number, "name": voter.name, "code": voter.proxy}]
        ballot = [{"kind": "ballot", "number": voter.number, "name": voter.name, "code": voter.ballot}]
        return [*(proxy if self.proxies else []), *(ballot if self.written else [])]

    def _away(self, fmt: Formats) -> list[str]:
        """What those can do who will not come."""
        t, said = fmt.t, []
        if self.online and self.page:
            said.append(t("papers.convocation.by_page"))
        if self.written:
            said.append(t("papers.convocation.by_ballot", when=fmt.moment(self.written.by)))
        if self.proxies:
            said.append(t("papers.convocation.by_proxy", when=fmt.moment(self.proxies.by)))
        if self.written and self.proxies:
            said.append(t("papers.convocation.one_of_both"))
        return said
