"""Ballots: who may cast them, what they may say, and which one of a voter's counts.

One ballot per voter counts. A recast names in ``replaces`` the statement of the ballot it takes the place
of, so that a ballot queued while offline never overrides a newer one. What officials enter for a member
(``for``, ``via``) yields to the member: their own ballot takes its place whether or not it names it, and no
entered ballot ever takes the place of their own. A member may object to what was entered for them: then
it does not count, and nothing more can be entered for them in that vote.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from governance.books import proposals
from governance.books.proposals import Proposal, Version
from governance.modules.questions import INVALID, NOBODY, Count
from governance.rule import Rule
from ledger import ids
from ledger.books.keys import Key
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State


class Ballot(Record, frozen=True, kw_only=True):
    """A voter's ballot (id ``proposal/member``): the one that counts, as said by ``statement`` (base64 id).

    ``choice``: text when open, a commitment when confidential. ``weight`` as at the opening. ``via``: how it was
    entered for the voter, None for their own. ``entry``: index of the entry that holds it; ``cast_at`` in ms.
    ``counts``: false once the voter has objected.
    """

    kind: ClassVar[str] = "ballot"
    proposal: str
    member: str
    choice: str | Commit
    weight: int
    statement: str
    entry: int
    cast_at: int
    via: str | None
    counts: bool = True

    @property
    def parent(self) -> str:
        """Ballots are counted by proposal."""
        return self.proposal


class Cast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.cast/1``: ``choice`` as the method has it (``yes``, ``option_2``), or committed where confidential.

    ``paper``: commitment to the scan of a written ballot, with ``for`` and ``via``.
    """

    proposal: str
    choice: str | Commit
    paper: Commit | None = None


class Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``ballot.object/1``: what was entered for me is not mine; ``replaces`` names that ballot's statement."""

    proposal: str


def of(state: State, proposal: Proposal) -> list[Ballot]:
    """The ballots that count."""
    return [ballot for ballot in state.children(Ballot, proposal.id) if ballot.counts]


def tally(rule: Rule, proposal: Proposal, ballots: Iterable[Ballot]) -> dict[str, Count]:
    """Open ballots, counted: every choice stands in it, chosen or not."""
    counts = dict.fromkeys(choices(rule, proposal), NOBODY)
    for ballot in ballots:
        counts[str(ballot.choice)] += Count(1, ballot.weight)
    return counts


def choices(rule: Rule, proposal: Proposal) -> tuple[str, ...]:
    """What a tally counts: the valid choices, and where ballots are sealed those that opened to none."""
    valid = rule.method.choices(len(proposal.options))
    return (*valid, INVALID) if rule.secrecy.SEALED else valid


def _cast(ctx: Context, body: Cast) -> None:
    proposal, rule = _voting(ctx, body.proposal)
    weight = voting_weight(ctx.state, proposal, rule, ctx.actor)
    if weight == 0:
        raise Refusal("ballot.not_on_roll", id=proposal.id)
    _check_channel(ctx, rule)
    _check_choice(rule, proposal, body.choice)
    before = ctx.state.find(Ballot, f"{proposal.id}/{ctx.actor}")
    _check_replaces(ctx, before)
    ctx.state.put(
        Ballot(
            id=f"{proposal.id}/{ctx.actor}",
            index=ctx.index if before is None else before.index,
            proposal=proposal.id,
            member=ctx.actor,
            choice=body.choice,
            weight=weight,
            statement=ctx.id,
            entry=ctx.index,
            cast_at=ctx.time,
            via=ctx.statement.via,
        )
    )


def _object(ctx: Context, body: Object) -> None:
    proposal, _ = _voting(ctx, body.proposal)
    ballot = ctx.state.need(Ballot, f"{proposal.id}/{ctx.actor}")
    if ballot.via is None:
        raise Refusal("ballot.own", id=ballot.id)
    if not ballot.counts:
        raise Refusal("ballot.objected", id=ballot.id)
    if ctx.statement.replaces != ballot.statement:
        raise Refusal("ballot.replaces", expected=ballot.statement)
    ctx.state.put(msgspec.structs.replace(ballot, counts=False))


def voting_weight(state: State, proposal: Proposal, rule: Rule, member: str) -> int:
    """A member's weight in a vote that has opened; 0 for whoever was not on the roll when it did."""
    if proposal.opened_index is None or proposal.opens_at is None:
        return 0
    return rule.weight_of(state.traced("member", member, proposal.opened_index, proposal.opens_at))


def _voting(ctx: Context, proposal_id: str) -> tuple[Proposal, Rule]:
    """The proposal, which must be open for voting, and whose version voted on the author must have seen."""
    proposal = ctx.refer(Proposal, proposal_id)
    proposals.need_stage(proposal, ctx.time, "voting")
    ctx.refer(Version, f"{proposal.id}/{proposal.version}")
    for signature in ctx.signatures:
        key = ctx.state.find(Key, ids.key_id(signature.key))
        # Whoever took a key over while a vote was running must not be able to take the vote with it.
        if key is not None and key.recovered is not None and key.recovered >= (proposal.opens_at or 0):
            raise Refusal("key.recovered_since", id=key.id)
    return proposal, proposals.pinned(ctx.state, proposal)


def _check_channel(ctx: Context, rule: Rule) -> None:
    channel = ctx.statement.via or "online"
    if channel not in rule.channels:
        raise Refusal("ballot.channel", channel=channel, channels=list(rule.channels))


def _check_choice(rule: Rule, proposal: Proposal, choice: str | Commit) -> None:
    if isinstance(choice, Commit) != rule.secrecy.SEALED:
        raise Refusal("ballot.sealed" if rule.secrecy.SEALED else "ballot.open")
    if isinstance(choice, str) and choice not in rule.method.choices(len(proposal.options)):
        raise Refusal("ballot.choice", choices=list(rule.method.choices(len(proposal.options))))


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


BOOK = Book(
    "ballots",
    records=(Ballot,),
    handlers=(
        Handler("ballot.cast/1", Cast, _cast, assisted=True),
        Handler("ballot.object/1", Object, _object),
    ),
)
