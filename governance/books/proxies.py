"""Proxies for one meeting (委任状): given to a member, or left to whoever is in the chair (議長一任).

A mandate speaks only by its holder's ballot on an item, and only where the member has none of their own. Each item's
rule says who may hold how many; where one would be too many for any item, giving it is refused. What is entered for a
member yields to what they say themselves, as ballots do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import ClassVar

import msgspec

from governance import standing
from governance.books import calls, meetings, proposals
from governance.books.meetings import CHAIR, Meeting
from governance.books.proposals import Proposal
from governance.rule import Rule
from governance.standing import Sight
from ledger.books import keys, members
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State


class Proxy(Record, frozen=True, kw_only=True):
    """Whom a member has named for a meeting (id ``meeting/member``): ``to`` a member or ``chair``; None once revoked.

    ``via``: how it was entered for them, None for their own word. ``given_at`` in ms.
    """

    kind: ClassVar[str] = "proxy"
    meeting: str
    member: str
    to: str | None
    via: str | None
    statement: str
    given_at: int

    @property
    def parent(self) -> str:
        """Under the meeting."""
        return self.meeting


class Mandates(Record, frozen=True, kw_only=True):
    """How many mandates a member, or the chair, holds for a meeting (id ``meeting/member``)."""

    kind: ClassVar[str] = "mandates"
    meeting: str
    held: int

    @property
    def parent(self) -> str:
        """Under the meeting."""
        return self.meeting


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proxy.give/1``: ``to``, a member or ``chair``, speaks for me in this meeting where I have no ballot."""

    meeting: str
    to: str
    paper: Commit | None = None


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proxy.revoke/1``: nobody does any more."""

    meeting: str
    paper: Commit | None = None


def trace(meeting: str) -> str:
    """The kind of the traces that say who was whose proxy in a meeting."""
    return f"proxy/{meeting}"


def mandates(
    state: State, proposal: Proposal, rule: Rule, sight: Sight, own: Collection[str], voters: Collection[str]
) -> dict[str, str]:
    """Who holds whose mandate on that item, as of ``sight``: holder by member.

    ``own``: those with a word of their own, who need none; ``voters``: all on the roll. A holder's mandates beyond what
    the rule allows don't count, the later ones first.
    """
    if proposal.meeting is None or not rule.proxy.ALLOWED:
        return {}
    given = {
        member: value
        for member, value in state.traces(trace(proposal.meeting), *sight).items()
        if value and member in voters and member not in own
    }
    found: dict[str, str] = {}
    held: dict[str, int] = {}
    most = rule.proxy.most(proposal.gathers or "")
    for member, value in sorted(given.items(), key=lambda item: item[1]["index"]):
        holder = proposal.chair if value["to"] == CHAIR and rule.proxy.to_chair() else value["to"]
        if holder is None or holder not in voters or holder == member:
            continue
        if (most is not None and held.get(holder, 0) >= most) or not _fits(state, proposal, rule, member, holder):
            continue
        found[member] = holder
        held[holder] = held.get(holder, 0) + 1
    return found


def check_chair(ctx: Context, meeting: Meeting, chair: str) -> None:
    """Refusal where a new chair would hold more mandates than the rule of an open item allows."""
    held = _held(ctx.state, meeting, chair) + _held(ctx.state, meeting, CHAIR)
    for proposal, rule in _items(ctx, meeting):
        most = rule.proxy.most(meeting.gathers)
        if most is not None and held > most:
            raise Refusal("proxy.cap", proposal=proposal.id, most=most)


def _give(ctx: Context, body: Give) -> None:
    members.need_active(ctx.state, ctx.actor)
    meeting, before = _running(ctx, body.meeting)
    holder = meeting.chair
    if body.to != CHAIR:
        holder = ctx.refer(members.Member, body.to).id
        members.need_active(ctx.state, holder)
    if holder == ctx.actor:
        raise Refusal("proxy.oneself")
    if before is not None and before.to == body.to:
        raise Refusal("proxy.already", to=body.to)
    # Taking the former one back comes first, as it may be the holder's.
    _count(ctx, meeting, before, -1)
    _check_items(ctx, meeting, body.to, holder)
    _count(ctx, meeting, _keep(ctx, meeting, before, body.to), 1)
    ctx.trace(trace(meeting.id), ctx.actor, {"index": ctx.index, "to": body.to})


def _revoke(ctx: Context, body: Revoke) -> None:
    meeting, before = _running(ctx, body.meeting)
    if before is None or before.to is None:
        raise Refusal("proxy.none_given", id=meeting.id)
    _count(ctx, meeting, before, -1)
    _keep(ctx, meeting, before, None)
    ctx.trace(trace(meeting.id), ctx.actor, None)


def _running(ctx: Context, id_: str) -> tuple[Meeting, Proxy | None]:
    """The meeting, which is not over, and what the actor has said before, which what is entered never overrides."""
    meeting = ctx.refer(Meeting, id_)
    meetings.need_stage(meeting, "convened", "open")
    keys.require_older(ctx, meeting.convened_at)
    before = ctx.state.find(Proxy, f"{meeting.id}/{ctx.actor}")
    if before is not None and before.via is None and ctx.statement.via is not None:
        raise Refusal("proxy.own_stands", id=before.id)
    return meeting, before


def _keep(ctx: Context, meeting: Meeting, before: Proxy | None, to: str | None) -> Proxy:
    proxy = Proxy(
        id=f"{meeting.id}/{ctx.actor}",
        index=ctx.index if before is None else before.index,
        meeting=meeting.id,
        member=ctx.actor,
        to=to,
        via=ctx.statement.via,
        statement=ctx.id,
        given_at=ctx.time,
    )
    ctx.state.put(proxy)
    return proxy


def _count(ctx: Context, meeting: Meeting, proxy: Proxy | None, change: int) -> None:
    if proxy is None or proxy.to is None:
        return
    id_ = f"{meeting.id}/{proxy.to}"
    before = ctx.state.find(Mandates, id_) or Mandates(id=id_, index=ctx.index, meeting=meeting.id, held=0)
    ctx.state.put(msgspec.structs.replace(before, held=before.held + change))


def _held(state: State, meeting: Meeting, to: str) -> int:
    found = state.find(Mandates, f"{meeting.id}/{to}")
    return 0 if found is None else found.held


def _items(ctx: Context, meeting: Meeting) -> Iterator[tuple[Proposal, Rule]]:
    """The items on which mandates can still speak."""
    for id_ in meeting.agenda:
        proposal = ctx.state.need(Proposal, id_)
        if proposal.meeting == meeting.id and proposal.stage(ctx.time) == "voting":
            rule = proposals.pinned(ctx.state, proposal)
            if rule.proxy.ALLOWED:
                yield proposal, rule


def _check_items(ctx: Context, meeting: Meeting, to: str, holder: str) -> None:
    held = _held(ctx.state, meeting, holder) + (_held(ctx.state, meeting, CHAIR) if holder == meeting.chair else 0)
    speaks = False
    for proposal, rule in _items(ctx, meeting):
        if not calls.on_roll(ctx.state, proposal, rule, ctx.actor):
            continue
        speaks = True
        if to == CHAIR and not rule.proxy.to_chair():
            raise Refusal("proxy.no_chair", proposal=proposal.id)
        if not calls.on_roll(ctx.state, proposal, rule, holder):
            raise Refusal("proxy.no_vote", proposal=proposal.id, to=holder)
        if not _fits(ctx.state, proposal, rule, ctx.actor, holder):
            raise Refusal("proxy.household", proposal=proposal.id)
        most = rule.proxy.most(meeting.gathers)
        if most is not None and held >= most:
            raise Refusal("proxy.cap", proposal=proposal.id, most=most)
    if not speaks:
        raise Refusal("proxy.none", id=meeting.id)


def _fits(state: State, proposal: Proposal, rule: Rule, member: str, holder: str) -> bool:
    if not rule.proxy.within_household():
        return True
    one, other = (standing.one(state, rule.needs, person, proposals.sight(proposal)) for person in (member, holder))
    return one is not None and other is not None and one.household == other.household != ""


BOOK = Book(
    "proxies",
    records=(Proxy, Mandates),
    handlers=(
        Handler("proxy.give/1", Give, _give, assisted=True),
        Handler("proxy.revoke/1", Revoke, _revoke, assisted=True),
    ),
)
