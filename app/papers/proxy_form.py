"""委任状: a member's mandate for one meeting."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from app.papers.meeting import Meeting
from app.papers.paper import House, Said, words
from app.texts.formats import Formats

_WORDS: Final = ("chair", "holder", "holder_name", "holder_number", "holder_tie", "title")


class Proxies(Struct, frozen=True, kw_only=True):
    """Mandates as the rule of the meeting allows them."""

    by: int
    """When forms have to be back (ms)."""
    chair: bool = False
    """Whether one may leave it to the chair (議長一任)."""
    cap: int | None = None
    """How many mandates one person may hold; None: no limit."""
    terms: tuple[str, ...] = ()
    """What else the rule says, in sentences: who may be a proxy, say."""

    def said(self, fmt: Formats, house: House, meeting: Meeting) -> Said:
        """What every form of the meeting has in common."""
        t = fmt.t
        cap = [] if self.cap is None else [t("papers.proxy.cap", n=fmt.integer(self.cap))]
        return {
            **words(fmt, "proxy", _WORDS),
            "text": t("papers.proxy.text", meeting=meeting.title, when=fmt.moment(meeting.starts)),
            "to": t("papers.form.to", house=house.name),
            "chair_allowed": self.chair,
            "terms": [*cap, *self.terms],
            "by": t("papers.form.by", when=fmt.moment(self.by)),
            "form": words(fmt, "form", ("back", "date", "date_blank", "name", "seal", "sign")),
            "number_label": t("papers.form.number", member=house.word(fmt)),
        }
