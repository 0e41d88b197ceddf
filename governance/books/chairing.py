"""How a meeting is led: opened, its items closed, motions from the floor taken, the chair handed on.

An item closes when the chair closes it; whatever is open still when the meeting ends closes with it, so that a chair
can't keep the members from deciding by saying nothing. A meeting that nobody has opened by its end has not taken place.
"""

from __future__ import annotations

import msgspec

from governance import effects
from governance.books import attendance, calls, convening, meetings, proposals, proxies, rules
from governance.books.meetings import Hands, Meeting, need_people, need_stage, require_chair
from governance.books.proposals import Proposal
from ledger import canonical, ids
from ledger.books import roles
from ledger.books.keys import COUNTERSIGNERS
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.open/1``: the chair, or an administrator, opens the meeting at its time or later.

    ``door``: id of the key in the code that is shown in the room, with which members check in by their own devices.
    """

    meeting: str
    door: str | None = None


class Door(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.door/1``: the code at reception holds this key from now on; None: nobody checks in by one."""

    meeting: str
    door: str | None = None


class Chair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.chair/1``: another takes the chair, or other members sign the minutes, as the meeting has elected them.

    By whoever is in the chair, or, where they are missing, an administrator; countersigned by another official or one
    of the signers. ``chair`` and ``signers`` say who it is from now on.
    """

    meeting: str
    chair: str
    signers: tuple[str, ...] = ()


class CloseItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.close_item/1``: the chair closes the vote on an item: what has come in by now counts."""

    meeting: str
    proposal: str


class Motion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.motion/1``: somebody who is there puts their own proposal on the agenda of the running meeting.

    Only where the rule that decides such proposals takes motions from the floor.
    """

    meeting: str
    proposal: str
    paper: Commit | None = None


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.close/1``: the chair closes the meeting, and with it whatever vote is open."""

    meeting: str


def _open(ctx: Context, body: Open) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "convened")
    if ctx.author != meeting.chair:
        roles.require(ctx, "administrator")
    if ctx.time < meeting.starts_at:
        raise Refusal("meeting.too_early", id=meeting.id, starts=canonical.format_time(meeting.starts_at))
    changes = {} if body.door is None else {"door": _door(body.door)}
    meetings.change(ctx.state, meeting, opened_at=ctx.time, **changes)


def _set_door(ctx: Context, body: Door) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "convened", "open")
    if ctx.author != meeting.chair:
        roles.require(ctx, "administrator", "facilitator")
    meetings.change(ctx.state, meeting, door=None if body.door is None else _door(body.door))


def _door(key: str) -> str:
    if not ids.is_id(key, "key"):
        raise FormatError("format.id", path="door")
    return key


def _chair(ctx: Context, body: Chair) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "convened", "open")
    if ctx.author != meeting.chair:
        roles.require(ctx, "administrator")
    if not set(meeting.signers) & set(ctx.statement.cosigners):
        roles.require_second(ctx, *COUNTERSIGNERS)
    need_people(ctx, body.chair, *body.signers)
    convening.check_signers(body.chair, body.signers)
    if body.chair != meeting.chair:
        proxies.check_chair(ctx, meeting, body.chair)
        for id_ in meeting.agenda:
            _seat(ctx, meeting, id_, body.chair)
    meetings.change(ctx.state, meeting, chair=body.chair, signers=body.signers)


def _seat(ctx: Context, meeting: Meeting, id_: str, chair: str) -> None:
    """On an item that is still open the new chair counts as such, and where the chair has no vote so does the roll."""
    proposal = ctx.state.need(Proposal, id_)
    if proposal.meeting != meeting.id or proposal.stage(ctx.time) not in ("scheduled", "voting"):
        return
    seated = proposals.change(ctx.state, proposal, chair=chair)
    if proposals.pinned(ctx.state, proposal).electorate.without_chair():
        # Hands among which were those of the new chair have to be counted again.
        ctx.state.drop(Hands, proposal.id)
        proposals.change(ctx.state, seated, roll=None, roll_entry=None)


def _close_item(ctx: Context, body: CloseItem) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "open")
    require_chair(ctx, meeting)
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.meeting != meeting.id:
        raise Refusal("meeting.no_item", id=meeting.id, proposal=proposal.id)
    proposals.need_stage(proposal, ctx.time, "voting")
    _end(ctx, proposal)


def _motion(ctx: Context, body: Motion) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "open")
    proposal = ctx.refer(Proposal, body.proposal)
    if proposal.proposer != ctx.actor:
        raise Refusal("proposal.not_yours", id=proposal.id)
    attendance.need_present(ctx, meeting)
    rule = rules.current(ctx.state, proposal.decides).rule()
    if not rule.venue.motions() or meeting.convocation != 1 or effects.notice(proposal.parsed_effects()):
        raise Refusal("meeting.no_motions", id=proposal.id)
    # What its proposer has written anew while it waited for a panel stands on the agenda already: it comes last now.
    agenda = tuple(id_ for id_ in meeting.agenda if id_ != proposal.id)
    if len(agenda) >= convening.MAX_AGENDA:
        raise FormatError("meeting.agenda", path="agenda", most=convening.MAX_AGENDA)
    calls.table(ctx, proposal, meeting)
    meetings.change(ctx.state, meeting, agenda=(*agenda, proposal.id))


def _close(ctx: Context, body: Close) -> None:
    meeting = ctx.refer(Meeting, body.meeting)
    need_stage(meeting, "open")
    require_chair(ctx, meeting)
    for id_ in meeting.agenda:
        proposal = ctx.state.need(Proposal, id_)
        if proposal.meeting == meeting.id and proposal.opened_index is not None and proposal.closed_index is None:
            _end(ctx, proposal)
    _over(ctx, meeting)


def _end(ctx: Context, proposal: Proposal) -> None:
    if proposal.stage(ctx.time) == "voting":
        # What came in before this entry, and with it, still counts.
        proposals.change(ctx.state, proposal, closes_at=ctx.time + 1)
        ctx.schedule(ctx.time + 1, "proposal.closes", proposal.id)


def _over(moment: Moment, meeting: Meeting) -> None:
    # What never came to a vote (a panel that was not drawn) has not been decided.
    items = (moment.state.need(Proposal, id_) for id_ in meeting.agenda)
    convening.drop_items(moment, meeting, tuple(item.id for item in items if item.opened_index is None))
    moment.state.unschedule("meeting.ends", meeting.id)
    meetings.change(moment.state, meeting, closed_at=moment.time)


def _ends(moment: Moment, due: Due) -> None:
    """The last moment has come. Open votes close by themselves at the same one."""
    meeting = moment.state.need(Meeting, due.subject)
    if meeting.opened_at is None:
        convening.drop_items(moment, meeting, meeting.agenda)
        meetings.change(moment.state, meeting, cancelled_at=moment.time)
    else:
        _over(moment, meeting)


BOOK = Book(
    "chairing",
    handlers=(
        Handler("meeting.open/1", Open, _open),
        Handler("meeting.door/1", Door, _set_door),
        Handler("meeting.chair/1", Chair, _chair),
        Handler("meeting.close_item/1", CloseItem, _close_item),
        Handler("meeting.motion/1", Motion, _motion, assisted=True),
        Handler("meeting.close/1", Close, _close),
    ),
    dues={"meeting.ends": _ends},
)
