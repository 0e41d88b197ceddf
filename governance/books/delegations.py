"""Standing delegations: whom a member names to speak for them, in one subject area or in all.

They hold until they are changed or revoked, for every vote whose rule allows them, and count as they stand when it
closes. Which one counts where, and for whom a ballot speaks in the end, is ``governance.reach``'s to say.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

import msgspec

from ledger import ids
from ledger.books import members, policies
from ledger.books.keys import Key
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Record

TRACE: Final = "delegation"
RECOVERED: Final = "delegation_recovered"
"""When (ms) the key was recovered with which a member last changed a delegation: in votes that were open by then their
delegations count as they stood at the opening.
"""
_TOPIC: Final = re.compile(r"(?:[a-z][a-z0-9_]{0,31})?\Z")


class Standing(Record, frozen=True, kw_only=True):
    """A delegation (id ``member/topic``; the topic is empty for all areas). ``delegate``: None once revoked."""

    kind: ClassVar[str] = "delegation"
    member: str
    topic: str
    delegate: str | None
    since: int

    @property
    def parent(self) -> str:
        """Delegations are listed by whom they name, so that delegates see for whom they speak."""
        return self.member


class Named(Record, frozen=True, kw_only=True):
    """The other way round (id ``delegate/member/topic``): that the delegate is named by a member."""

    kind: ClassVar[str] = "delegation_to"
    delegate: str
    member: str
    topic: str

    @property
    def parent(self) -> str:
        """The delegate."""
        return self.delegate


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``delegation.give/1``: from now on ``to`` speaks for me where I don't vote; in ``topic``, or everywhere."""

    to: str
    topic: str = ""
    paper: Commit | None = None


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``delegation.revoke/1``: nobody does any more, in ``topic`` or (empty) where no topic's own delegation says
    it.
    """

    topic: str = ""
    paper: Commit | None = None


def key(member: str, topic: str) -> str:
    """The id of a delegation, and the subject of its trace."""
    return f"{member}/{topic}"


def end_all(moment: Moment, member: str) -> None:
    """Whoever leaves names nobody any more; who named them is told by the pages, and has no delegate who can vote."""
    for found in moment.state.children(Standing, member):
        _set(moment, found, member, found.topic, None)


def _give(ctx: Context, body: Give) -> None:
    members.need_active(ctx.state, ctx.actor)
    _check_topic(ctx, body.topic)
    delegate = ctx.refer(members.Member, body.to)
    if delegate.id == ctx.actor:
        raise Refusal("delegation.oneself")
    members.need_active(ctx.state, delegate.id)
    before = ctx.state.find(Standing, key(ctx.actor, body.topic))
    if before is not None and before.delegate == body.to:
        raise Refusal("delegation.already", to=body.to)
    _set(ctx, before, ctx.actor, body.topic, body.to)
    _note_recovered(ctx)


def _revoke(ctx: Context, body: Revoke) -> None:
    before = ctx.state.find(Standing, key(ctx.actor, body.topic))
    if before is None or before.delegate is None:
        raise Refusal("delegation.none", topic=body.topic)
    _set(ctx, before, ctx.actor, body.topic, None)
    _note_recovered(ctx)


def _set(moment: Moment, before: Standing | None, member: str, topic: str, delegate: str | None) -> None:
    if before is not None and before.delegate is not None:
        moment.state.drop(Named, f"{before.delegate}/{member}/{topic}")
    index = moment.index if before is None else before.index
    moment.state.put(
        Standing(id=key(member, topic), index=index, member=member, topic=topic, delegate=delegate, since=moment.time)
    )
    if delegate is not None:
        named = f"{delegate}/{member}/{topic}"
        moment.state.put(Named(id=named, index=moment.index, delegate=delegate, member=member, topic=topic))
    moment.trace(TRACE, key(member, topic), delegate or "")


def _note_recovered(ctx: Context) -> None:
    """Whoever took a key over while a vote was running must not take the vote with it by naming themselves."""
    found = (ctx.state.find(Key, ids.key_id(signature.key)) for signature in ctx.signatures)
    recovered = [one.recovered for one in found if one is not None and one.recovered is not None]
    if recovered:
        ctx.trace(RECOVERED, ctx.actor, max(recovered))


def _check_topic(ctx: Context, topic: str) -> None:
    if not _TOPIC.match(topic):
        raise FormatError("proposal.topic", path="topic", topic=topic)
    if topic and topic not in policies.members(ctx.state).topics:
        raise Refusal("proposal.topic_unknown", topic=topic)


BOOK = Book(
    "delegations",
    records=(Standing, Named),
    handlers=(
        Handler("delegation.give/1", Give, _give, assisted=True),
        Handler("delegation.revoke/1", Revoke, _revoke, assisted=True),
    ),
)
