"""Hands in the room, and "no objection" (異議なし): the chair says what they came to, and two signers sign it with him.

Only yes and no, one vote each, never elections (``together`` sees to that). Never more hands than there are voters in
the room without a ballot or a mandate given. From then on the vote of all these is what the hands say, and none of
them casts another on the item.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from governance.books import meetings, presence, proposals, tallying
from governance.books.meetings import Hands, Meeting, require_chair
from governance.books.proposals import Proposal
from governance.rule import Rule
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.state import State

SIGNERS: Final = 2
"""How many of the signers of the minutes sign what the chair has counted."""
MOST: Final = 5_000
"""Nobody counts more hands than that."""

Heads = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class Raised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.hands/1``: the chair has counted hands in the room. Once more, it takes the former count's place."""

    proposal: str
    yes: Heads
    no: Heads
    abstain: Heads


class Unopposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``meeting.unopposed/1``: the chair has asked for objections, and there were none.

    Everyone who is checked in without a ballot or a mandate given is for it.
    """

    proposal: str


def need_free(state: State, proposal: Proposal, member: str) -> None:
    """Refusal ``ballot.by_hand`` for those whose hands have been counted."""
    hands = None if proposal.meeting is None else state.find(Hands, proposal.id)
    if hands is not None and member in hands.among:
        raise Refusal("ballot.by_hand", id=proposal.id)


def _raised(ctx: Context, body: Raised) -> None:
    proposal, rule, meeting = _asked(ctx, body.proposal, "hands")
    among = _among(ctx, proposal, rule, ("room",))
    if body.yes + body.no + body.abstain > len(among):
        raise Refusal("hands.too_many", id=proposal.id, most=len(among))
    _keep(ctx, proposal, meeting, "hands", (body.yes, body.no, body.abstain), among)


def _unopposed(ctx: Context, body: Unopposed) -> None:
    proposal, rule, meeting = _asked(ctx, body.proposal, "unopposed")
    among = _among(ctx, proposal, rule, ("room", "online"))
    _keep(ctx, proposal, meeting, "unopposed", (len(among), 0, 0), among)


def _asked(ctx: Context, id_: str, channel: str) -> tuple[Proposal, Rule, Meeting]:
    proposal = ctx.refer(Proposal, id_)
    proposals.need_stage(proposal, ctx.time, "voting")
    if proposal.meeting is None:
        raise Refusal("hands.no_meeting", id=proposal.id)
    meeting = ctx.state.need(Meeting, proposal.meeting)
    meetings.need_stage(meeting, "open")
    require_chair(ctx, meeting)
    if len(set(meeting.signers) & set(ctx.statement.cosigners)) < SIGNERS:
        raise Refusal("hands.signers", id=meeting.id, needed=SIGNERS)
    rule = proposals.pinned(ctx.state, proposal)
    if channel not in rule.channels:
        raise Refusal("ballot.channel", channel=channel, channels=list(rule.channels))
    return proposal, rule, meeting


def _among(ctx: Context, proposal: Proposal, rule: Rule, ways: tuple[str, ...]) -> tuple[str, ...]:
    """Voters who are there in one of those ways now, without a ballot and without a mandate that can speak."""
    weights = tallying.roll_weights(ctx.state, proposal, rule)
    voted = {ballot.member for ballot in tallying.cast(ctx.state, proposal)}
    # What stands before this entry; hands counted before bind nobody here, for they are counted anew.
    ctx.state.drop(Hands, proposal.id)
    now = (ctx.index, ctx.time + 1)
    found = presence.assembled(ctx.state, proposal, rule, now, weights.keys(), voted)
    there = (member for member, how in found.here.items() if how in ways)
    among = tuple(sorted(member for member in there if member not in voted and member not in found.mandates))
    if len(among) > MOST:
        raise Refusal("hands.crowd", id=proposal.id, most=MOST)
    return among


def _keep(
    ctx: Context,
    proposal: Proposal,
    meeting: Meeting,
    how: Literal["hands", "unopposed"],
    counted: tuple[int, int, int],
    among: tuple[str, ...],
) -> None:
    yes, no, abstain = counted
    ctx.state.put(
        Hands(
            id=proposal.id,
            index=ctx.index,
            meeting=meeting.id,
            how=how,
            statement=ctx.id,
            at=ctx.time,
            yes=yes,
            no=no,
            abstain=abstain,
            among=among,
        )
    )


BOOK = Book(
    "hands",
    handlers=(
        Handler("meeting.hands/1", Raised, _raised),
        Handler("meeting.unopposed/1", Unopposed, _unopposed),
    ),
)
