"""議事録: the record of a meeting, version by version, signed by whoever was in the chair and by its signers.

The text is a private value of the meeting; what was decided, and how, stands in the log anyway. Once all have signed a
version it is final. For how long minutes are kept is the members' policy's to say (``minutes_years``).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from governance.books import meetings
from governance.books.meetings import Meeting
from ledger.books import members, policies, roles
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State

WRITERS = ("administrator", "facilitator")
"""Who may draft minutes, beside the chair and the signers."""


class Minutes(Record, frozen=True, kw_only=True):
    """One version (id ``meeting/version``), drafted by ``author``. Times in ms.

    ``signed``: who has signed it. ``final_at``: when everyone had. ``keep_years``: for how long it has to be kept then.
    """

    kind: ClassVar[str] = "minutes"
    meeting: str
    version: int
    author: str
    statement: str
    text: Commit
    drafted_at: int
    signed: tuple[str, ...] = ()
    final_at: int | None = None
    keep_years: int | None = None

    @property
    def parent(self) -> str:
        """Under the meeting."""
        return self.meeting

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.version:06d}"


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``minutes.draft/1``: a new version, the next after the last; nobody has signed it yet."""

    meeting: str
    version: Annotated[int, msgspec.Meta(ge=1, le=999_999)]
    text: Commit


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``minutes.sign/1``: that version says what happened."""

    meeting: str
    version: int


def required(state: State, meeting: Meeting) -> tuple[str, ...]:
    """Who has to sign: whoever was in the chair last and the signers, as far as they are still active members."""
    people = (meeting.chair, *meeting.signers)
    return tuple(person for person in people if state.need(members.Member, person).status == "active")


def _draft(ctx: Context, body: Draft) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    meetings.need_stage(meeting, "open", "closed")
    if ctx.author not in (meeting.chair, *meeting.signers):
        roles.require(ctx, *WRITERS)
    if body.version != meeting.minutes + 1:
        raise Refusal("minutes.version", id=meeting.id, latest=meeting.minutes)
    if meeting.minutes and ctx.state.need(Minutes, f"{meeting.id}/{meeting.minutes}").final_at is not None:
        raise Refusal("minutes.final", id=meeting.id)
    ctx.state.put(
        Minutes(
            id=f"{meeting.id}/{body.version}",
            index=ctx.index,
            meeting=meeting.id,
            version=body.version,
            author=ctx.author,
            statement=ctx.id,
            text=body.text,
            drafted_at=ctx.time,
        )
    )
    meetings.change(ctx.state, meeting, minutes=body.version)


def _sign(ctx: Context, body: Sign) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    meetings.need_stage(meeting, "closed")
    found = ctx.refer(Minutes, f"{meeting.id}/{body.version}")
    if body.version != meeting.minutes:
        raise Refusal("minutes.version", id=meeting.id, latest=meeting.minutes)
    if ctx.author not in (meeting.chair, *meeting.signers):
        raise Refusal("minutes.not_signer", id=meeting.id)
    if ctx.author in found.signed:
        raise Refusal("minutes.signed", id=meeting.id)
    signed = (*found.signed, ctx.author)
    found = msgspec.structs.replace(found, signed=signed)
    if set(required(ctx.state, meeting)) <= set(signed):
        years = policies.members(ctx.state).minutes_years
        found = msgspec.structs.replace(found, final_at=ctx.time, keep_years=years)
    ctx.state.put(found)


BOOK = Book(
    "minutes",
    records=(Minutes,),
    handlers=(
        Handler("minutes.draft/1", Draft, _draft, subject=meetings.subject),
        Handler("minutes.sign/1", Sign, _sign),
    ),
)
