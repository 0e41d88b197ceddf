"""Who is at a meeting: checked in by themselves, online or with the code shown in the room, or at reception.

Everything that happened is a trace, so that a count made later knows who was there at the close of an item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal

import msgspec

from governance.books import meetings
from governance.books.meetings import RECEPTION, Meeting
from governance.standing import Sight
from ledger import canonical
from ledger.books import members
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State

How = Literal["room", "online"]
GONE: Final = ""


class Attendance(Record, frozen=True, kw_only=True):
    """That a member came to a meeting (id ``meeting/member``), and ``how`` they last did. Times in ms.

    ``via``: how it was entered for them, None where they checked in themselves. ``left_at``: None while they are there.
    """

    kind: ClassVar[str] = "attendance"
    meeting: str
    member: str
    how: How
    via: str | None
    came_at: int
    left_at: int | None = None

    @property
    def parent(self) -> str:
        """Under the meeting."""
        return self.meeting


class Attend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.attend/1``: I am here, online or in the ``room``.

    In the room one's own device signs together with the key in the code that is shown there; without a device an
    official enters it (``for``, ``via`` room), and another countersigns.
    """

    meeting: str
    how: How
    paper: Commit | None = None


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.leave/1``: I am no longer here."""

    meeting: str
    paper: Commit | None = None


def trace(meeting: str) -> str:
    """The kind of the traces that say who was at a meeting."""
    return f"attendance/{meeting}"


def present(state: State, meeting: str, sight: Sight) -> Mapping[str, str]:
    """Who was there then, and how: ``room`` or ``online``."""
    return {member: how for member, how in state.traces(trace(meeting), *sight).items() if how != GONE}


def need_present(ctx: Context, meeting: Meeting) -> None:
    """Refusal ``meeting.absent`` unless the actor is there."""
    found = ctx.state.find(Attendance, f"{meeting.id}/{ctx.actor}")
    if found is None or found.left_at is not None:
        raise Refusal("meeting.absent", id=meeting.id)


def _attend(ctx: Context, body: Attend) -> None:
    members.need_active(ctx.state, ctx.actor)
    meeting = ctx.refer(Meeting, body.meeting)
    meetings.need_stage(meeting, "convened", "open")
    if ctx.time < meeting.starts_at - RECEPTION:
        earliest = canonical.format_time(meeting.starts_at - RECEPTION)
        raise Refusal("meeting.reception", id=meeting.id, earliest=earliest)
    if meeting.mode not in (body.how, "both"):
        raise Refusal("meeting.mode", id=meeting.id, mode=meeting.mode)
    _check_door(ctx, meeting, body.how)
    before = ctx.state.find(Attendance, f"{meeting.id}/{ctx.actor}")
    if before is not None and before.left_at is None and before.how == body.how:
        raise Refusal("meeting.attending", id=meeting.id)
    ctx.state.put(
        Attendance(
            id=f"{meeting.id}/{ctx.actor}",
            index=ctx.index if before is None else before.index,
            meeting=meeting.id,
            member=ctx.actor,
            how=body.how,
            via=ctx.statement.via,
            came_at=ctx.time,
        )
    )
    ctx.trace(trace(meeting.id), ctx.actor, body.how)


def _check_door(ctx: Context, meeting: Meeting, how: How) -> None:
    """Only who is in the room has seen the code; an official sees the member."""
    if how == "online":
        if ctx.statement.via == "room":
            raise Refusal("meeting.not_in_room", id=meeting.id)
    elif ctx.statement.for_ is None and (meeting.door is None or meeting.door not in ctx.statement.cosigners):
        raise Refusal("meeting.door", id=meeting.id)


def _leave(ctx: Context, body: Leave) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    meetings.need_stage(meeting, "convened", "open")
    need_present(ctx, meeting)
    found = ctx.state.need(Attendance, f"{meeting.id}/{ctx.actor}")
    ctx.state.put(msgspec.structs.replace(found, left_at=ctx.time))
    ctx.trace(trace(meeting.id), ctx.actor, GONE)


BOOK = Book(
    "attendance",
    records=(Attendance,),
    handlers=(
        Handler("meeting.attend/1", Attend, _attend, assisted=True),
        Handler("meeting.leave/1", Leave, _leave, assisted=True),
    ),
)
