"""Proposals until voting opens: drafted, amended, called to a vote, withdrawn. What follows is in ``counts.py``.

Title, text and options are private values, kept under a key of the proposal's own; options are known by
position. Each version is kept: ``Version`` records link them, and a ballot's author must have seen the
version voted on.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec

from governance import effects, lifecycle
from governance.books import rules
from governance.books.rules import RuleVersion
from governance.effects import Effect
from governance.lifecycle import Stage
from governance.modules.questions import MAX_OPTIONS, Count
from governance.outcome import Outcome
from governance.rule import Rule
from ledger import canonical, ids
from ledger.books import members
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record, State
from ledger.statement import Statement

MAX_AHEAD: Final = 366 * 86_400_000
"""How far ahead, in ms, voting may be called to open."""
MIN_OPTIONS: Final = 2


class Proposal(Record, frozen=True, kw_only=True):
    """A proposal. ``decides``: its kind. ``statement`` (base64 id) said the current version. Times in ms.

    ``rule``: id of the rule version that counts; until voting opens the one it was called under.
    ``opened_index``: number of entries received before it opened; the roll is read from the traces there.
    ``roll`` and ``tally`` are set at the latest when it is decided; ``roll_entry`` and ``count_entry`` are the
    entries in which the clerk announced them. ``lapse``: code and params of what made its effects impossible.
    """

    kind: ClassVar[str] = "proposal"
    decides: str
    proposer: str
    version: int
    statement: str
    title: Commit
    text: Commit
    options: tuple[Commit, ...]
    effects: tuple[dict[str, Any], ...]
    drafted_at: int
    called_at: int | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    rule: str | None = None
    opened_index: int | None = None
    roll: Count | None = None
    roll_entry: int | None = None
    tally: dict[str, Count] | None = None
    count_entry: int | None = None
    outcome: Outcome | None = None
    executes_at: int | None = None
    executed_at: int | None = None
    lapsed_at: int | None = None
    lapse: dict[str, Any] | None = None
    withdrawn_at: int | None = None

    @property
    def sort(self) -> str:
        """In the order of drafting."""
        return f"{self.index:012d}"

    def stage(self, now: int) -> Stage:
        """Where in its life it is at ``now`` (ms)."""
        return lifecycle.stage(self, now)

    def parsed_effects(self) -> tuple[Effect, ...]:
        """The effects, read."""
        return effects.parse(self.effects, self.decides)


class Version(Record, frozen=True, kw_only=True):
    """One version of a proposal (id ``proposal/n``), as said by ``statement`` (base64 id) at ``at`` (ms)."""

    kind: ClassVar[str] = "proposal_version"
    proposal: str
    number: int
    statement: str
    at: int

    @property
    def parent(self) -> str:
        """Versions stand under their proposal."""
        return self.proposal

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.number:06d}"


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.draft/1``: any active member proposes. ``options`` only for the kind ``choice``."""

    kind: str
    title: Commit
    text: Commit
    effects: tuple[dict[str, Any], ...] = ()
    options: tuple[Commit, ...] = ()
    paper: Commit | None = None


class Amend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.amend/1``: a new version; ``replaces`` names the statement of the one before.

    A vote already called is called off: notice counts for the text that will be voted on.
    """

    proposal: str
    title: Commit
    text: Commit
    effects: tuple[dict[str, Any], ...] = ()
    options: tuple[Commit, ...] = ()
    paper: Commit | None = None


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.open/1``: the proposer calls the vote, for ``opens_at`` or as early as the rule permits."""

    proposal: str
    opens_at: str | None = None
    paper: Commit | None = None


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.withdraw/1``: the proposer takes the proposal back, until voting opens."""

    proposal: str
    paper: Commit | None = None


def pinned(state: State, proposal: Proposal) -> Rule:
    """The rule that counts for a proposal that has been called."""
    return state.need(RuleVersion, proposal.rule or "").rule()


def need_stage(proposal: Proposal, now: int, *stages: Stage) -> None:
    """Refusal ``proposal.stage`` unless the proposal is in one of those stages."""
    found = proposal.stage(now)
    if found not in stages:
        raise Refusal("proposal.stage", id=proposal.id, stage=found)


def change(state: State, proposal: Proposal, **fields: Any) -> Proposal:
    """Keep the proposal with other fields."""
    changed = msgspec.structs.replace(proposal, **fields)
    state.put(changed)
    return changed


def _draft(ctx: Context, body: Draft) -> None:
    members.need_active(ctx.state, ctx.actor)
    # Also tells a kind that there is not, or that this co-op has no rule for.
    rules.current(ctx.state, body.kind)
    _check_content(ctx, body.kind, body)
    proposal = Proposal(
        id=ctx.new_id("prop"),
        index=ctx.index,
        decides=body.kind,
        proposer=ctx.actor,
        version=1,
        statement=ctx.id,
        title=body.title,
        text=body.text,
        options=body.options,
        effects=body.effects,
        drafted_at=ctx.time,
    )
    ctx.state.put(proposal)
    _keep_version(ctx, proposal)


def _amend(ctx: Context, body: Amend) -> None:
    proposal = _own(ctx, body.proposal)
    if ctx.statement.replaces != proposal.statement:
        raise Refusal("proposal.replaces", id=proposal.id, expected=proposal.statement)
    _check_content(ctx, proposal.decides, body)
    proposal = change(
        ctx.state,
        _call_off(ctx, proposal),
        version=proposal.version + 1,
        statement=ctx.id,
        title=body.title,
        text=body.text,
        options=body.options,
        effects=body.effects,
    )
    _keep_version(ctx, proposal)


def _open(ctx: Context, body: Open) -> None:
    proposal = _own(ctx, body.proposal)
    need_stage(proposal, ctx.time, "draft")
    version = rules.current(ctx.state, proposal.decides)
    timing = version.rule().timing
    # At least one millisecond later, so that this entry itself precedes the opening.
    earliest = ctx.time + max(timing.delay(), 1)
    opens_at = earliest if body.opens_at is None else canonical.parse_time(body.opens_at)
    if opens_at < earliest:
        raise Refusal("proposal.opens_too_early", earliest=canonical.format_time(earliest))
    if opens_at > earliest + MAX_AHEAD:
        raise Refusal("proposal.opens_too_late", latest=canonical.format_time(earliest + MAX_AHEAD))
    change(
        ctx.state,
        proposal,
        called_at=ctx.time,
        opens_at=opens_at,
        closes_at=opens_at + timing.voting(),
        rule=version.id,
    )
    ctx.schedule(opens_at, "proposal.opens", proposal.id)


def _withdraw(ctx: Context, body: Withdraw) -> None:
    proposal = _own(ctx, body.proposal)
    change(ctx.state, _call_off(ctx, proposal), withdrawn_at=ctx.time)


def _own(ctx: Context, proposal_id: str) -> Proposal:
    """The actor's own proposal, before voting has opened."""
    proposal = ctx.refer(Proposal, proposal_id)
    if proposal.proposer != ctx.actor:
        raise Refusal("proposal.not_yours", id=proposal.id)
    need_stage(proposal, ctx.time, "draft", "scheduled")
    return proposal


def _call_off(ctx: Context, proposal: Proposal) -> Proposal:
    ctx.state.unschedule("proposal.opens", proposal.id)
    return change(ctx.state, proposal, called_at=None, opens_at=None, closes_at=None, rule=None)


def _keep_version(ctx: Context, proposal: Proposal) -> None:
    ctx.state.put(
        Version(
            id=f"{proposal.id}/{proposal.version}",
            index=ctx.index,
            proposal=proposal.id,
            number=proposal.version,
            statement=ctx.id,
            at=ctx.time,
        )
    )


def _check_content(ctx: Context, decides: str, body: Draft | Amend) -> None:
    least, most = (MIN_OPTIONS, MAX_OPTIONS) if decides == rules.CHOICE else (0, 0)
    if not least <= len(body.options) <= most:
        raise FormatError("proposal.options", path="options", least=least, most=most)
    for effect in effects.parse(body.effects, decides):
        effect.refer(ctx)


def _subject(statement: Statement, id_: bytes, path: str) -> str:
    """The text belongs to the proposal, not to whoever wrote it: it stays when they leave. A paper is the member's."""
    if path == "paper":
        return statement.actor
    return str(statement.body.get("proposal") or ids.object_id("prop", id_))


BOOK = Book(
    "proposals",
    records=(Proposal, Version),
    handlers=(
        Handler("proposal.draft/1", Draft, _draft, assisted=True, subject=_subject),
        Handler("proposal.amend/1", Amend, _amend, assisted=True, subject=_subject),
        Handler("proposal.open/1", Open, _open, assisted=True),
        Handler("proposal.withdraw/1", Withdraw, _withdraw, assisted=True),
    ),
)
