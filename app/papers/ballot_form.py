"""書面議決書: a member's votes, sent in before the meeting."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from app.papers.meeting import Meeting
from app.papers.paper import House, Said, words
from app.texts.formats import Formats

_WORDS: Final = ("abstain", "how", "item", "no", "report", "room", "title", "yes")


class Written(Struct, frozen=True, kw_only=True):
    """Voting in writing as the rule of the meeting allows it."""

    by: int
    """When forms have to be back (ms)."""
    terms: tuple[str, ...] = ()
    """What the rule says about it, in sentences: what an item without a mark counts as, say."""

    def said(self, fmt: Formats, house: House, meeting: Meeting) -> Said:
        """What every form of the meeting has in common."""
        t = fmt.t
        return {
            **words(fmt, "ballot", _WORDS),
            "text": t("papers.ballot.text", meeting=meeting.title, when=fmt.moment(meeting.starts)),
            "to": t("papers.form.to", house=house.name),
            "items": [item.said(fmt) for item in meeting.items],
            "terms": list(self.terms),
            "by": t("papers.form.by", when=fmt.moment(self.by)),
            "form": words(fmt, "form", ("back", "date", "date_blank", "name", "seal", "sign")),
            "number_label": t("papers.form.number", member=house.word(fmt)),
        }
