"""Who was notified of a meeting, how and when: what a convocation is later held against."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from governance.books import meetings
from governance.books.meetings import Meeting
from ledger import canonical, ids
from ledger.books import members, roles
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.state import Record

Way = Literal["mail", "post", "hand", "circulation", "board", "page"]
"""E-mail, a letter, by hand, a circulated sheet (回覧), a notice board, the service's own pages."""
Came = Literal["sent", "received", "failed"]
"""Sent off; known to have come; known not to."""
MOST = 200
"""Members in one statement."""


class Notice(Record, frozen=True, kw_only=True):
    """The last that is known of one way in which a member was notified (id ``meeting/member/way``); ``at`` in ms.

    ``said_by``: the official who says so, or the clerk.
    """

    kind: ClassVar[str] = "notice"
    meeting: str
    member: str
    by: Way
    came: Came
    at: int
    said_by: str

    @property
    def parent(self) -> str:
        """Under the meeting."""
        return self.meeting


class Notified(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.notified/1``: the notice went to these members that way, at that time."""

    meeting: str
    by: Way
    came: Came
    at: str
    members: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST)]


def _notified(ctx: Context, body: Notified) -> None:
    if ctx.author != ids.CLERK:
        roles.require(ctx, "administrator", "facilitator")
    meeting = ctx.refer(Meeting, body.meeting)
    meetings.need_stage(meeting, "convened", "open", "closed")
    at = canonical.parse_time(body.at)
    if not meeting.convened_at <= at <= ctx.time:
        raise Refusal("notice.time", earliest=canonical.format_time(meeting.convened_at))
    for member in body.members:
        ctx.refer(members.Member, member)
        id_ = f"{meeting.id}/{member}/{body.by}"
        before = ctx.state.find(Notice, id_)
        ctx.state.put(
            Notice(
                id=id_,
                index=ctx.index if before is None else before.index,
                meeting=meeting.id,
                member=member,
                by=body.by,
                came=body.came,
                at=at,
                said_by=ctx.author,
            )
        )


BOOK = Book(
    "notices",
    records=(Notice,),
    handlers=(Handler("meeting.notified/1", Notified, _notified, by=("member", "clerk")),),
)
