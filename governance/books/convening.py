"""How a meeting comes about: who convenes it, what is on its agenda, and that its notice is long enough.

Putting a proposal on the agenda calls the vote on it. Each rule says how long before the meeting that has to be; for
what is decided it may be longer (an expulsion). A second convocation takes up, word for word and with fresh ballots,
what the first meeting had no quorum for.
"""

from __future__ import annotations

from typing import Final

import msgspec

from governance.books import calls, meetings, proposals
from governance.books.meetings import CONVENERS, Kind, Meeting, Mode, Series, need_people
from governance.books.proposals import Proposal, Version
from ledger import canonical
from ledger.books import coop, roles
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit

MAX_AGENDA: Final = 50
MAX_SIGNERS: Final = 5
MAX_LENGTH: Final = 7 * 86_400_000
"""In ms, from beginning to end."""
MAX_AHEAD: Final = 366 * 86_400_000
"""In ms, from the convocation to the beginning."""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a version of a meeting says.

    ``agenda``: proposals in order, each not called to a vote yet; ``reports``: what is told and not voted on.
    """

    title: Commit
    starts_at: str
    mode: Mode
    place: Commit | None = None
    notes: Commit | None = None
    ends_at: str | None = None
    agenda: tuple[str, ...] = ()
    reports: tuple[Commit, ...] = ()
    documents: tuple[Commit, ...] = ()


class Convene(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``meeting.convene/1``: an administrator, chair or director calls a meeting.

    ``chair`` and ``signers`` as they are at first (``meeting.chair/1``). ``after``: the first convocation, whose items
    without a quorum the agenda then names.
    """

    kind: Kind
    chair: str
    signers: tuple[str, ...] = ()
    series: str | None = None
    after: str | None = None


class Amend(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``meeting.amend/1``: a new version, until it begins; ``replaces`` names the statement of the one before.

    What is added to the agenda needs its full notice, and so does everything when the meeting is to begin earlier.
    What is taken off it is withdrawn.
    """

    meeting: str


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.cancel/1``: it does not take place; nothing on its agenda is decided."""

    meeting: str
    reason: Commit | None = None


def drop_items(moment: Moment, meeting: Meeting, ids: tuple[str, ...]) -> None:
    """Items that are not to be decided are withdrawn, as far as the vote on them has not closed."""
    for id_ in ids:
        proposal = moment.state.need(Proposal, id_)
        if proposal.meeting != meeting.id or proposal.closed_index is not None or proposal.withdrawn_at is not None:
            continue
        for action in ("proposal.opens", "proposal.closes"):
            moment.state.unschedule(action, id_)
        proposals.change(moment.state, proposal, withdrawn_at=moment.time, drawing=False)
        proposals.ended(moment, proposal.proposer)


def _convene(ctx: Context, body: Convene) -> None:
    roles.require(ctx, *CONVENERS)
    _check_agenda(body)
    starts_at, ends_at = _times(ctx, body)
    need_people(ctx, body.chair, *body.signers)
    check_signers(body.chair, body.signers)
    if body.series is not None:
        ctx.refer(Series, body.series)
    if body.after is not None:
        _check_first(ctx, body)
    meeting = Meeting(
        id=ctx.new_id("mtg"),
        index=ctx.index,
        gathers=body.kind,
        mode=body.mode,
        statement=ctx.id,
        version=1,
        title=body.title,
        place=body.place,
        notes=body.notes,
        documents=body.documents,
        reports=body.reports,
        convener=ctx.actor,
        convened_at=ctx.time,
        changed_at=ctx.time,
        starts_at=starts_at,
        ends_at=ends_at,
        agenda=(),
        chair=body.chair,
        signers=body.signers,
        notice=0,
        convocation=1 if body.after is None else 2,
        after=body.after,
        series=body.series,
    )
    _put_on(ctx, meeting, body.agenda)
    ctx.schedule(meeting.until, "meeting.ends", meeting.id)


def _amend(ctx: Context, body: Amend) -> None:
    meeting = _coming(ctx, body.meeting)
    if ctx.statement.replaces != meeting.statement:
        raise Refusal("meeting.replaces", id=meeting.id, expected=meeting.statement)
    _check_agenda(body)
    starts_at, ends_at = _times(ctx, body)
    # What its proposer has taken back or written anew meanwhile is on the agenda in name alone.
    here = {id_ for id_ in meeting.agenda if ctx.state.need(Proposal, id_).meeting == meeting.id}
    kept = tuple(id_ for id_ in body.agenda if id_ in here)
    added = tuple(id_ for id_ in body.agenda if id_ not in here)
    if added and meeting.after is not None:
        raise Refusal("meeting.second_agenda", id=meeting.id)
    drop_items(ctx, meeting, tuple(id_ for id_ in meeting.agenda if id_ not in body.agenda))
    earlier = starts_at < meeting.starts_at
    meeting = msgspec.structs.replace(
        meeting,
        statement=ctx.id,
        version=meeting.version + 1,
        mode=body.mode,
        title=body.title,
        place=body.place,
        notes=body.notes,
        documents=body.documents,
        reports=body.reports,
        changed_at=ctx.time,
        starts_at=starts_at,
        ends_at=ends_at,
        agenda=kept,
    )
    for id_ in kept:
        _move(ctx, meeting, id_, ctx.time if earlier else None)
    meeting = _put_on(ctx, meeting, added)
    meetings.change(ctx.state, meeting, agenda=body.agenda)
    ctx.schedule(meeting.until, "meeting.ends", meeting.id)


def _cancel(ctx: Context, body: Cancel) -> None:
    meeting = _coming(ctx, body.meeting)
    drop_items(ctx, meeting, meeting.agenda)
    ctx.state.unschedule("meeting.ends", meeting.id)
    meetings.change(ctx.state, meeting, cancelled_at=ctx.time)


def _coming(ctx: Context, id_: str) -> Meeting:
    """The meeting, which has not been opened, to one who may convene."""
    roles.require(ctx, *CONVENERS)
    meeting = ctx.refer(Meeting, id_)
    meetings.need_stage(meeting, "convened")
    return meeting


def check_signers(chair: str, signers: tuple[str, ...]) -> None:
    """Refusal ``meeting.signers`` where one stands twice, is in the chair, or there are too many."""
    if len({chair, *signers}) != len(signers) + 1 or len(signers) > MAX_SIGNERS:
        raise Refusal("meeting.signers", most=MAX_SIGNERS)


def _check_agenda(body: Content) -> None:
    for path in ("agenda", "reports", "documents"):
        if len(getattr(body, path)) > MAX_AGENDA:
            raise FormatError("meeting.agenda", path=path, most=MAX_AGENDA)
    if len(set(body.agenda)) < len(body.agenda):
        raise FormatError("meeting.agenda", path="agenda", most=MAX_AGENDA)


def _times(ctx: Context, body: Content) -> tuple[int, int | None]:
    starts_at = canonical.parse_time(body.starts_at)
    ends_at = None if body.ends_at is None else canonical.parse_time(body.ends_at)
    if not ctx.time < starts_at <= ctx.time + MAX_AHEAD:
        raise Refusal("meeting.starts", latest=canonical.format_time(ctx.time + MAX_AHEAD))
    if ends_at is not None and not starts_at < ends_at <= starts_at + MAX_LENGTH:
        raise Refusal("meeting.ends", latest=canonical.format_time(starts_at + MAX_LENGTH))
    return starts_at, ends_at


def _check_first(ctx: Context, body: Convene) -> None:
    first = ctx.refer(Meeting, body.after or "")
    meetings.need_stage(first, "closed")
    if first.gathers != body.kind or first.convocation != 1:
        raise Refusal("meeting.not_first", id=first.id)


def _put_on(ctx: Context, meeting: Meeting, agenda: tuple[str, ...]) -> Meeting:
    """Table these items, after those that are on the agenda already; the meeting as it is kept with them."""
    ctx.state.put(meeting)
    tabled, notice = [], meeting.notice
    for position, id_ in enumerate(agenda):
        proposal = ctx.refer(Proposal, id_)
        if meeting.after is not None:
            proposal = _again(ctx, meeting, proposal, position)
        item = calls.table(ctx, proposal, meeting, again=meeting.after is not None)
        wanted = calls.notice(item, proposals.pinned(ctx.state, item))
        _check_notice(ctx, meeting, item, ctx.time, wanted)
        tabled.append(item.id)
        notice = max(notice, wanted)
    return meetings.change(ctx.state, meeting, agenda=(*meeting.agenda, *tabled), notice=notice)


def _check_notice(ctx: Context, meeting: Meeting, proposal: Proposal, since: int, wanted: int) -> None:
    earliest = meetings.begins_after(since, wanted, coop.get(ctx.state).utc_offset)
    if meeting.starts_at < earliest:
        raise Refusal("meeting.notice", proposal=proposal.id, earliest=canonical.format_time(earliest))


def _move(ctx: Context, meeting: Meeting, id_: str, since: int | None) -> None:
    """An item goes with its meeting. ``since``: from when its notice counts anew (ms), if it does."""
    proposal = ctx.state.need(Proposal, id_)
    if proposal.meeting != meeting.id or proposal.stage(ctx.time) not in ("scheduled", "voting"):
        return
    if since is not None:
        wanted = calls.notice(proposal, proposals.pinned(ctx.state, proposal))
        _check_notice(ctx, meeting, proposal, since, wanted)
    proposals.change(ctx.state, proposal, closes_at=meeting.until)
    if proposal.opened_index is not None:
        ctx.schedule(meeting.until, "proposal.closes", id_)


def _again(ctx: Context, meeting: Meeting, first: Proposal, position: int) -> Proposal:
    """The same once more: what the first convocation had no quorum for, as it stood."""
    if first.meeting != meeting.after or first.outcome is None or first.outcome.result != "no_quorum" or first.items:
        raise Refusal("meeting.second_agenda", id=first.id)
    before = None if first.again is None else ctx.state.need(Proposal, first.again)
    if before is not None and before.withdrawn_at is None:
        raise Refusal("meeting.taken_up", id=first.id, again=before.id)
    anew = Proposal(
        id=ctx.new_id("prop", position + 1),
        index=ctx.index,
        decides=first.decides,
        proposer=first.proposer,
        version=1,
        statement=first.statement,
        title=first.title,
        text=first.text,
        options=first.options,
        effects=first.effects,
        drafted_at=ctx.time,
        topic=first.topic,
        seats=first.seats,
        budget=first.budget,
        interested=first.interested,
        seconds=first.seconds,
    )
    ctx.state.put(anew)
    ctx.state.put(
        Version(id=f"{anew.id}/1", index=ctx.index, proposal=anew.id, number=1, statement=first.statement, at=ctx.time)
    )
    proposals.begun(ctx, anew.proposer)
    proposals.change(ctx.state, first, again=anew.id)
    return anew


BOOK = Book(
    "convening",
    handlers=(
        Handler("meeting.convene/1", Convene, _convene, subject=meetings.subject),
        Handler("meeting.amend/1", Amend, _amend, subject=meetings.subject),
        Handler("meeting.cancel/1", Cancel, _cancel, subject=meetings.subject),
    ),
)
