"""Ballots: who may cast them, what they may say, and which one of a voter's counts.

One ballot per voter counts. A recast names in ``replaces`` the statement of the ballot it takes the place
of, so that a ballot queued while offline never overrides a newer one. What officials enter for a member
(``for``, ``via``) yields to the member: their own ballot takes its place whether or not it names it, and no
entered ballot ever takes the place of their own. A member may object to what was entered for them: then
it does not count, and nothing more can be entered for them in that vote.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from governance import standing
from governance.books import proposals, rolls
from governance.books.proposals import Proposal, Version
from governance.rule import Rule, accepts
from governance.standing import Standing
from ledger.books import keys
from ledger.errors import Refusal
from ledger.fold import Context
from ledger.private import Commit
from ledger.state import Record, State
from ledger.statement import Statement


class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sealed choice was bound to: author, ledger and nonce of the statement that cast it."""

    author: str
    ledger: str
    nonce: str


class Ballot(Record, frozen=True, kw_only=True):
    """A voter's ballot (id ``proposal/member``): the one that counts, as said by ``statement`` (base64 id).

    ``choice``: text when open, a commitment when sealed. ``cls`` and ``weight`` of the voter as at the opening.
    ``via``: how it was entered for the voter, None for their own. ``entry``: index of the entry that holds it;
    ``cast_at`` in ms. ``counts``: false once the voter has objected. ``opened``: what a choice that was hidden until
    the close turned out to be, held against the commitment by what it is ``bound`` to.
    """

    kind: ClassVar[str] = "ballot"
    proposal: str
    member: str
    choice: str | Commit
    cls: str
    weight: int
    statement: str
    entry: int
    cast_at: int
    via: str | None
    counts: bool = True
    bound: Bound | None = None
    opened: str | None = None

    @property
    def parent(self) -> str:
        """Ballots are counted by proposal."""
        return self.proposal


class Cast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.cast/1``: ``choice`` as the method has it (``yes``, ``option_2``, ``3>1=2``), or committed where sealed.

    ``reason``: why, in the voter's words. ``paper``: commitment to the scan of a written ballot, with ``for`` and
    ``via``.
    """

    proposal: str
    choice: str | Commit
    reason: Commit | None = None
    paper: Commit | None = None


class Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.object/1``: what was entered for me is not mine; ``replaces`` names that ballot's statement."""

    proposal: str


def voter(state: State, proposal: Proposal, rule: Rule, member: str) -> Standing | None:
    """How a member stood when the vote opened; None for whoever was none, and before it has."""
    if proposal.opened_index is None or proposal.opens_at is None:
        return None
    return standing.one(state, rule.needs, member, proposals.sight(proposal))


def voting_weight(state: State, proposal: Proposal, rule: Rule, member: str) -> int:
    """A member's weight in a vote that has opened; 0 for whoever was not on the roll when it did."""
    return _weight(state, proposal, rule, voter(state, proposal, rule, member))


def voting(ctx: Context, proposal_id: str) -> tuple[Proposal, Rule]:
    """The proposal, which must be open for voting, and whose version voted on the author must have seen."""
    proposal = ctx.refer(Proposal, proposal_id)
    proposals.need_stage(proposal, ctx.time, "voting")
    ctx.refer(Version, f"{proposal.id}/{proposal.version}")
    keys.require_older(ctx, proposal.opens_at or 0)
    return proposal, proposals.pinned(ctx.state, proposal)


def cast(ctx: Context, proposal: Proposal, rule: Rule, choice: str | Commit) -> tuple[Ballot | None, Ballot]:
    """Keep the actor's ballot; the one it takes the place of, and it. Refusal where they may not, or can't say that."""
    member = voter(ctx.state, proposal, rule, ctx.actor)
    weight = _weight(ctx.state, proposal, rule, member)
    if member is None or weight == 0:
        raise Refusal("ballot.not_on_roll", id=proposal.id)
    if rule.uncontested.settles(proposals.paper(ctx.state, proposal)):
        raise Refusal("ballot.uncontested", id=proposal.id)
    _check_channel(ctx, rule)
    _check_choice(ctx, rule, proposal, choice)
    before = ctx.state.find(Ballot, f"{proposal.id}/{ctx.actor}")
    _check_replaces(ctx, before)
    ballot = Ballot(
        id=f"{proposal.id}/{ctx.actor}",
        index=ctx.index if before is None else before.index,
        proposal=proposal.id,
        member=ctx.actor,
        choice=choice,
        cls=member.cls,
        weight=weight,
        statement=ctx.id,
        entry=ctx.index,
        cast_at=ctx.time,
        via=ctx.statement.via,
        bound=_bound(ctx.statement) if rule.secrecy.OPENED else None,
    )
    ctx.state.put(ballot)
    return before, ballot


def _bound(statement: Statement) -> Bound:
    return Bound(statement.author, statement.ledger, statement.nonce)


def disown(ctx: Context, proposal: Proposal) -> Ballot:
    """The actor's entered ballot, which counts no more."""
    ballot = ctx.state.need(Ballot, f"{proposal.id}/{ctx.actor}")
    if ballot.via is None:
        raise Refusal("ballot.own", id=ballot.id)
    if not ballot.counts:
        raise Refusal("ballot.objected", id=ballot.id)
    if ctx.statement.replaces != ballot.statement:
        raise Refusal("ballot.replaces", expected=ballot.statement)
    ctx.state.put(msgspec.structs.replace(ballot, counts=False))
    return ballot


def _weight(state: State, proposal: Proposal, rule: Rule, member: Standing | None) -> int:
    roll = rolls.roll(state, proposal, rule) if rule.weight.BY_CLASS and member is not None else None
    return rule.weight_of(member, proposal.ask(), roll)


def _check_channel(ctx: Context, rule: Rule) -> None:
    channel = ctx.statement.via or "online"
    if channel not in rule.channels:
        raise Refusal("ballot.channel", channel=channel, channels=list(rule.channels))


def _check_choice(ctx: Context, rule: Rule, proposal: Proposal, choice: str | Commit) -> None:
    if isinstance(choice, Commit) != rule.secrecy.SEALED:
        raise Refusal("ballot.sealed" if rule.secrecy.SEALED else "ballot.open")
    if isinstance(choice, str) and not accepts(rule, proposals.paper(ctx.state, proposal), choice):
        raise Refusal("ballot.choice", method=rule.method.NAME)


def _check_replaces(ctx: Context, before: Ballot | None) -> None:
    replaces, own = ctx.statement.replaces, ctx.statement.for_ is None
    if before is None:
        if replaces is not None:
            raise Refusal("ballot.replaces", expected=None)
        return
    if not own and before.via is None:
        raise Refusal("ballot.own_stands", id=before.id)
    if not own and not before.counts:
        raise Refusal("ballot.objected", id=before.id)
    if replaces != before.statement and not (own and before.via is not None and replaces is None):
        raise Refusal("ballot.replaces", expected=before.statement)
