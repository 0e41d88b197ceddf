"""How a proposal comes to the vote: seconded, called by its proposer, admitted by the rule, opened by time.

The rule that counts is the one in force when voting opens. Should it ask for longer notice than was given, or for a
panel that has not been drawn, voting waits. Should it be one for which the proposal has not the right options, under
which only a meeting decides, or by which votes could weigh more than can be counted, the vote is called off.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from governance import effects, standing
from governance.books import drafts, proposals, rules
from governance.books.meetings import Meeting
from governance.books.proposals import Proposal, Version, change, need_stage
from governance.books.rules import RuleVersion
from governance.effects.base import Effect
from governance.rule import Rule
from governance.standing import Sight
from ledger import canonical
from ledger.books import members, tokens
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record, State

MAX_AHEAD: Final = 366 * 86_400_000
"""How far ahead, in ms, voting may be called to open."""
_FEW: Final = 30
"""Members who are looked up one by one; of more, all members are read at once."""


class Second(Record, frozen=True, kw_only=True):
    """That a member seconds a proposal (id ``proposal/member``), in that version."""

    kind: ClassVar[str] = "proposal_second"
    proposal: str
    member: str
    version: int

    @property
    def parent(self) -> str:
        """Seconds stand under their proposal."""
        return self.proposal


class Answer(Record, frozen=True, kw_only=True):
    """What a member whom a proposal concerns says to it (id ``proposal/member``), as said by ``statement``."""

    kind: ClassVar[str] = "proposal_answer"
    proposal: str
    member: str
    statement: str
    at: int
    text: Commit

    @property
    def parent(self) -> str:
        """Answers stand under their proposal."""
        return self.proposal


class Hearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.hearing/1``: a member whom it concerns answers (弁明), from the call until the close; again to say
    more.
    """

    proposal: str
    text: Commit
    paper: Commit | None = None


class SecondIt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.second/1``: another active member wants it put to the vote, as it stands in that version."""

    proposal: str
    version: int
    paper: Commit | None = None


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.open/1``: the proposer calls the vote, for ``opens_at`` or as early as the rule permits."""

    proposal: str
    opens_at: str | None = None
    paper: Commit | None = None


def call(ctx: Context, proposal: Proposal, opens_at: int | None) -> Proposal:
    """Call the vote, for ``opens_at`` (ms) or as early as the rule permits; refusal where it is not admitted."""
    need_stage(proposal, ctx.time, "draft")
    version = rules.current(ctx.state, proposal.decides)
    rule = proposals.as_called(version.rule(), proposal)
    if rule.venue.kinds():
        raise Refusal("proposal.needs_meeting", id=proposal.id, kinds=list(rule.venue.kinds()))
    _admit(ctx, proposal, rule)
    # At least one millisecond later, so that this entry itself precedes the opening.
    earliest = ctx.time + max(notice(proposal, rule), 1)
    opens_at = earliest if opens_at is None else opens_at
    if opens_at < earliest:
        raise Refusal("proposal.opens_too_early", earliest=canonical.format_time(earliest))
    if opens_at > earliest + MAX_AHEAD:
        raise Refusal("proposal.opens_too_late", latest=canonical.format_time(earliest + MAX_AHEAD))
    deposit = rule.admission.deposit()
    if deposit:
        tokens.hold(ctx, proposal.proposer, deposit, proposal.id)
    return _called(ctx, proposal, version, opens_at, closes_at=opens_at + rule.timing.voting(), deposit=deposit)


def table(ctx: Context, proposal: Proposal, meeting: Meeting, *, again: bool = False) -> Proposal:
    """Put it on the agenda of a meeting. Votes sent in come from now on, and it closes when the chair closes it.

    Whoever convenes answers for it, so no deposit is asked for. ``again``: what has been admitted is not asked twice.
    """
    need_stage(proposal, ctx.time, "draft")
    version = rules.current(ctx.state, proposal.decides)
    rule = version.rule()
    kinds = rule.venue.kinds()
    if kinds and meeting.gathers not in kinds:
        raise Refusal("proposal.needs_meeting", id=proposal.id, kinds=list(kinds))
    if not again:
        _admit(ctx, proposal, rule)
    said = {
        "meeting": meeting.id,
        "gathers": meeting.gathers,
        "chair": meeting.chair,
        "convocation": meeting.convocation,
    }
    return _called(ctx, proposal, version, ctx.time + 1, closes_at=meeting.until, **said)


def _called(ctx: Context, proposal: Proposal, version: RuleVersion, opens_at: int, **fields: Any) -> Proposal:
    ctx.schedule(opens_at, "proposal.opens", proposal.id)
    return change(
        ctx.state,
        proposal,
        called_at=ctx.time,
        called_index=ctx.index,
        opens_at=opens_at,
        rule=version.id,
        drawing=version.rule().electorate.panel() is not None,
        **fields,
    )


def _second(ctx: Context, body: SecondIt) -> None:
    members.need_active(ctx.state, ctx.actor)
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "draft")
    ctx.refer(Version, f"{proposal.id}/{body.version}")
    if body.version != proposal.version:
        raise Refusal("proposal.version", id=proposal.id, version=proposal.version)
    if proposal.proposer == ctx.actor:
        raise Refusal("proposal.second_oneself", id=proposal.id)
    before = ctx.state.find(Second, f"{proposal.id}/{ctx.actor}")
    if before is not None and before.version == proposal.version:
        raise Refusal("proposal.seconded", id=proposal.id)
    ctx.state.put(
        Second(
            id=f"{proposal.id}/{ctx.actor}",
            index=ctx.index,
            proposal=proposal.id,
            member=ctx.actor,
            version=proposal.version,
        )
    )
    change(ctx.state, proposal, seconds=proposal.seconds + 1)


def _hear(ctx: Context, body: Hearing) -> None:
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "scheduled", "voting")
    if ctx.actor not in proposal.interested:
        raise Refusal("proposal.not_concerned", id=proposal.id)
    before = ctx.state.find(Answer, f"{proposal.id}/{ctx.actor}")
    ctx.state.put(
        Answer(
            id=f"{proposal.id}/{ctx.actor}",
            index=ctx.index if before is None else before.index,
            proposal=proposal.id,
            member=ctx.actor,
            statement=ctx.id,
            at=ctx.time,
            text=body.text,
        )
    )


def _open(ctx: Context, body: Open) -> None:
    proposal = drafts.own(ctx, body.proposal)
    call(ctx, proposal, None if body.opens_at is None else canonical.parse_time(body.opens_at))


def _admit(ctx: Context, proposal: Proposal, rule: Rule) -> None:
    admission = rule.admission
    if not _has_options(ctx.state, proposal, rule):
        raise Refusal("proposal.options_missing", id=proposal.id, least=rule.least_options)
    if not _can_be_counted(ctx.state, proposal, rule):
        raise Refusal("proposal.too_heavy", id=proposal.id)
    # An entry's own moment lies after what it wrote: the proposer stands as the entries before this one say.
    proposer = standing.one(ctx.state, rule.needs, proposal.proposer, (ctx.index, ctx.time + 1))
    if proposer is None or not admission.admits(proposer):
        raise Refusal("proposal.not_admitted", id=proposal.id)
    needed = admission.seconders()
    found = seconders(ctx.state, proposal, (ctx.index, ctx.time + 1)) if needed else 0
    if found < needed:
        raise Refusal("proposal.seconders", id=proposal.id, needed=needed, found=found)
    version = ctx.state.need(Version, f"{proposal.id}/{proposal.version}")
    earliest = version.at + rule.timing.deliberation()
    if ctx.time < earliest:
        raise Refusal("proposal.deliberation", id=proposal.id, earliest=canonical.format_time(earliest))
    if admission.cooling_off():
        _cool_off(ctx, proposal, admission.cooling_off())


def seconders(state: State, proposal: Proposal, sight: Sight) -> int:
    """How many seconds of the current version count: those of members who are active as of ``sight``."""
    names = [one.member for one in state.children(Second, proposal.id) if one.version == proposal.version]
    if len(names) <= _FEW:
        facts = [state.traced(standing.MEMBER, name, *sight) for name in names]
    else:
        everyone = state.traces(standing.MEMBER, *sight)
        facts = [everyone[name] for name in names]
    return sum(fact["active"] for fact in facts)


def _has_options(state: State, proposal: Proposal, rule: Rule) -> bool:
    least, most = rule.least_options if rule.chooses else 0, rule.method.OPTIONS[1]
    paper = proposals.paper(state, proposal)
    seats = paper.seats == 1 or rule.method.SEATS or rule.method.COSTS
    return least <= paper.options <= most and seats


def _can_be_counted(state: State, proposal: Proposal, rule: Rule) -> bool:
    """Whether JSON carries every number of the count exactly, however many vote with however much weight."""
    weight = rule.weight.most(members.entered(state), tokens.supply(state).minted)
    # Steps of an outcome say what would be more than all.
    return rule.method.largest(weight, proposals.paper(state, proposal)) < canonical.MAX_INTEGER


def _cool_off(ctx: Context, proposal: Proposal, wait: int) -> None:
    found = resting(ctx.state, Again(proposal.decides, proposal.proposer, proposal.parsed_effects()), wait)
    if found is not None and ctx.time < found.until:
        again = canonical.format_time(found.until)
        raise Refusal("proposal.cooling_off", id=proposal.id, before=found.proposal, earliest=again)


class Again(NamedTuple):
    """What is to come to the vote: decided by which rule, proposed by whom, with which effects."""

    decides: str
    proposer: str
    effects: tuple[Effect, ...]


class Resting(NamedTuple):
    """A proposal that was clearly rejected, and until when (ms) the same can't come to the vote."""

    proposal: str
    until: int


def resting(state: State, again: Again, wait: int) -> Resting | None:
    """Of those that asked for the same, the one rejected last; ``wait``: how long after that, in ms."""
    wanted, found = effects.acting(again.effects), []
    for before in state.children(Proposal):
        if not before.defeated or before.decides != again.decides or before.closes_at is None:
            continue
        refused = effects.acting(before.parsed_effects())
        # In another order or beside something else it is still the same that would be done.
        if all(effect in wanted for effect in refused) if refused else before.proposer == again.proposer:
            found.append(Resting(before.id, before.closes_at + wait))
    return max(found, key=lambda one: one.until, default=None)


def notice(proposal: Proposal, rule: Rule) -> int:
    """From the call to the opening, or to the meeting, at least, in ms: as the rule asks, or what is decided."""
    return max(rule.timing.delay(), effects.notice(proposal.parsed_effects()))


def _opens(moment: Moment, due: Due) -> None:
    proposal = moment.state.need(Proposal, due.subject)
    version = rules.current(moment.state, proposal.decides)
    rule = proposals.as_called(version.rule(), proposal)
    opens_at = moment.time
    if proposal.meeting is None and (
        rule.venue.kinds()
        or not _has_options(moment.state, proposal, rule)
        or not _can_be_counted(moment.state, proposal, rule)
    ):
        drafts.call_off(moment, proposal)
        return
    if proposal.meeting is None:
        opens_at = max(opens_at, (proposal.called_at or 0) + notice(proposal, rule))
    # A lot drawn for another rule says nothing about this one.
    drawn = proposal.draw is not None and proposal.draw.rule == version.id
    proposal = change(
        moment.state,
        proposal,
        rule=version.id,
        opens_at=opens_at,
        closes_at=_closes_at(moment, proposal, rule, opens_at),
        draw=proposal.draw if drawn else None,
        drawing=rule.electorate.panel() is not None and not drawn,
    )
    if opens_at > moment.time:
        moment.schedule(opens_at, "proposal.opens", proposal.id)
    elif not proposal.drawing:
        start(moment, proposal, rule)


def start(moment: Moment, proposal: Proposal, rule: Rule) -> None:
    """Voting opens at this moment."""
    closes_at = _closes_at(moment, proposal, rule, moment.time)
    change(moment.state, proposal, opened_index=moment.index, opens_at=moment.time, closes_at=closes_at)
    moment.schedule(closes_at, "proposal.closes", proposal.id)


def on_roll(state: State, proposal: Proposal, rule: Rule, member: str) -> bool:
    """Whether a member has any vote on a proposal that has opened."""
    return rule.on_roll(standing.one(state, rule.needs, member, proposals.sight(proposal)), proposal.ask())


def _closes_at(moment: Moment, proposal: Proposal, rule: Rule, opens_at: int) -> int:
    if proposal.meeting is not None:
        return moment.state.need(Meeting, proposal.meeting).until
    # Where there is nothing to choose between, nobody is kept waiting.
    settled = rule.uncontested.settles(proposals.paper(moment.state, proposal))
    return opens_at + (1 if settled else rule.timing.voting())


BOOK = Book(
    "calls",
    records=(Second, Answer),
    handlers=(
        Handler("proposal.second/1", SecondIt, _second, assisted=True),
        Handler("proposal.open/1", Open, _open, assisted=True),
        # Whoever is suspended meanwhile is heard all the same.
        Handler("proposal.hearing/1", Hearing, _hear, assisted=True, inactive=True),
    ),
    dues={"proposal.opens": _opens},
)
