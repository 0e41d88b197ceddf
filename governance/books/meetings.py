"""Meetings as records: what the books that change them share.

They are convened in ``convening.py`` and led in ``chairing.py``; who is there is in ``attendance.py``, who is
represented in ``proxies.py``, hands that were raised in ``hands.py``, the record that is signed in ``minutes.py``.
Title, place, notes and documents are private values, kept under a key of the meeting's own.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import msgspec

from ledger import ids
from ledger.books import members, roles, slots
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State
from ledger.statement import Statement

Kind = Literal["general", "board", "delegates", "members", "other"]
"""As ``governance.modules.questions.MEETINGS``, by which rules ask for them."""
Mode = Literal["room", "online", "both"]
Stage = Literal["convened", "open", "closed", "cancelled"]
CONVENERS: Final = ("administrator", "chair", "director")
"""Who may convene a meeting."""
OVERRUN: Final = 12 * 3_600_000
"""How long after its announced end (without one: its beginning), in ms, a meeting is over at the latest."""
RECEPTION: Final = 3 * 3_600_000
"""How long before it begins, in ms, one can check in."""
DAY: Final = 86_400_000
CHAIR: Final = "chair"
"""Whoever is in the chair: what a mandate may be left to (議長一任)."""


class Meeting(Record, frozen=True, kw_only=True):
    """A meeting, called together by ``convener``. Times in ms. ``statement`` (base64 id) said the current version.

    ``gathers``: its kind. ``agenda``: ids of proposals, in order. ``signers``: who signs the minutes beside the chair
    (議事録署名人). ``notice``: the longest that an item on the agenda asked for. ``convocation``: 2 where it takes up
    what ``after``, the first one, had no quorum for. ``door``: id of the key in the code shown in the room, which
    cosigns the check-ins of those who come with a device. ``minutes``: the latest version of them.
    """

    kind: ClassVar[str] = "meeting"
    gathers: Kind
    mode: Mode
    statement: str
    version: int
    title: Commit
    place: Commit | None
    notes: Commit | None
    documents: tuple[Commit, ...]
    reports: tuple[Commit, ...]
    convener: str
    convened_at: int
    changed_at: int
    starts_at: int
    ends_at: int | None
    agenda: tuple[str, ...]
    chair: str
    signers: tuple[str, ...]
    notice: int
    convocation: int = 1
    after: str | None = None
    series: str | None = None
    door: str | None = None
    opened_at: int | None = None
    closed_at: int | None = None
    cancelled_at: int | None = None
    minutes: int = 0

    @property
    def sort(self) -> str:
        """In the order of convening."""
        return f"{self.index:012d}"

    @property
    def until(self) -> int:
        """When it is over at the latest, with everything that is still open on its agenda."""
        return (self.ends_at or self.starts_at) + OVERRUN

    def stage(self) -> Stage:
        """Where in its life it is."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.closed_at is not None:
            return "closed"
        return "convened" if self.opened_at is None else "open"


class Series(Record, frozen=True, kw_only=True):
    """Meetings that belong together: the weekly one, the board's. ``statement`` holds name and rhythm."""

    kind: ClassVar[str] = "meeting_series"
    statement: str
    name: Commit
    rhythm: Commit | None


class Hands(Record, frozen=True, kw_only=True):
    """What a show of hands on a proposal (the id) came to, or that nobody objected; as the chair and two signers say.

    ``among``: who was there then without a ballot or a mandate given: those whose hands they can have been, whose
    vote this therefore is, and who have no other on it. Which hand was whose nobody notes.
    """

    kind: ClassVar[str] = "hands"
    meeting: str
    how: Literal["hands", "unopposed"]
    statement: str
    at: int
    yes: int
    no: int
    abstain: int
    among: tuple[str, ...]

    @property
    def parent(self) -> str:
        """Hands stand under the meeting."""
        return self.meeting

    @property
    def heads(self) -> int:
        """How many were raised."""
        return self.yes + self.no + self.abstain


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.series/1``: what meetings are called that belong together, and in words how often they are held."""

    name: Commit
    rhythm: Commit | None = None


def notice_by(starts_at: int, notice: int, offset: int) -> int:
    """The last moment (ms) at which a meeting that begins then can be called with that much notice (ms).

    Whole days are days of the calendar in between: neither that of the notice nor that of the meeting is one of them
    (民法140条). ``offset``: of the co-op's clock, in minutes.
    """
    if notice == 0 or notice % DAY:
        return starts_at - notice
    return slots.midnight_before(offset, starts_at) - notice - 1


def begins_after(since: int, notice: int, offset: int) -> int:
    """The earliest beginning (ms) of a meeting that is called at ``since`` with that much notice."""
    if notice == 0 or notice % DAY:
        return since + notice
    return slots.midnight_before(offset, since) + notice + DAY


def need_stage(meeting: Meeting, *stages: Stage) -> None:
    """Refusal ``meeting.stage`` unless the meeting is in one of those stages."""
    if meeting.stage() not in stages:
        raise Refusal("meeting.stage", id=meeting.id, stage=meeting.stage())


def change(state: State, meeting: Meeting, **fields: object) -> Meeting:
    """Keep the meeting with other fields."""
    changed = msgspec.structs.replace(meeting, **fields)
    state.put(changed)
    return changed


def need_people(ctx: Context, *people: str) -> None:
    """Refusal unless each is an active member whom the author's device has seen."""
    for person in people:
        members.need_active(ctx.state, ctx.refer(members.Member, person).id)


def require_chair(ctx: Context, meeting: Meeting) -> None:
    """The author must be in the chair: refusal ``meeting.chair``."""
    if ctx.author != meeting.chair:
        raise Refusal("meeting.chair", id=meeting.id)


def subject(statement: Statement, id_: bytes, path: str) -> str:
    """The meeting's own key keeps its texts; a paper entered for a member is the member's."""
    if path == "paper":
        return statement.actor
    return str(statement.body.get("meeting") or ids.object_id("mtg", id_))


def _begin(ctx: Context, body: Begin) -> None:
    roles.require(ctx, *CONVENERS)
    ctx.state.put(Series(id=ctx.new_id("ser"), index=ctx.index, statement=ctx.id, name=body.name, rhythm=body.rhythm))


def _series_subject(_statement: Statement, id_: bytes, _path: str) -> str:
    return ids.object_id("ser", id_)


BOOK = Book(
    "meetings",
    records=(Meeting, Series, Hands),
    handlers=(Handler("meeting.series/1", Begin, _begin, subject=_series_subject),),
)
