"""Proposals as records: what all the books that change them share.

They are drafted in ``drafts.py``, called to a vote in ``calls.py``, decided in ``counts.py``, and what can befall a
decision is in ``decided.py``. Title, text and options are private values, kept under a key of the proposal's own;
options are known by position. Each version is kept: ``Version`` records link them.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from governance import effects, lifecycle
from governance.books.rules import RuleVersion
from governance.count import Count, Counted, Paper
from governance.effects.base import Effect
from governance.lifecycle import Stage
from governance.modules.questions import Ask, Roll
from governance.outcome import Outcome
from governance.rule import Rule, by_all
from governance.standing import Sight
from ledger.books import tokens
from ledger.errors import Refusal
from ledger.fold import Book, Moment
from ledger.private import Commit
from ledger.state import Record, State


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A panel's lot: ``seed`` and the highest ticket drawn, base64; the ``members`` drawn, by their tickets;
    ``rule``: the version that asked for it; ``entry``: where the clerk announced it.
    """

    seed: str
    last: str
    members: tuple[str, ...]
    rule: str
    entry: int


class Proposal(Record, frozen=True, kw_only=True):
    """A proposal. ``decides``: its kind. ``statement`` (base64 id) said the current version. Times in ms.

    ``rule``: id of the rule version that counts; until voting opens the one it was called under.
    ``opened_index``: number of entries received before it opened; the roll is read from the traces there, and
    delegations at ``closed_index``.
    ``roll`` and ``tally`` are set at the latest when it is decided; ``roll_entry`` and ``count_entry`` are the
    entries in which the clerk announced them. ``lapse``: code and params of what made its effects impossible.
    ``interested``: members whom it concerns, as its effects say or as was declared. ``called_index``: the entry that
    called it. ``items``: how many things a budgeting round may pay for. ``seconds`` and ``vetoes``: how many there are.
    ``draw``: the lot by which a panel was drawn, which ``drawing`` waits for. ``order``: of options by lot or
    casting vote. ``extended``: the quorum came late, and voting was made longer. ``defeated``: clearly, as admission
    asks. ``executable_until``: where somebody has to execute it, until when. ``meeting``: on whose agenda it is,
    ``gathers``: the kind of that meeting, and ``chair``: who is, at the close was, in the chair there. ``again``:
    the proposal that takes it up in a meeting's second convocation.
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
    topic: str = ""
    seats: int = 1
    budget: int = 0
    items: int = 0
    interested: tuple[str, ...] = ()
    seconds: int = 0
    vetoes: int = 0
    deposit: int = 0
    meeting: str | None = None
    gathers: str | None = None
    chair: str | None = None
    convocation: int = 1
    again: str | None = None
    called_index: int | None = None
    called_at: int | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    rule: str | None = None
    opened_index: int | None = None
    closed_index: int | None = None
    drawing: bool = False
    draw: Drawn | None = None
    extended: bool = False
    roll: Roll | None = None
    roll_entry: int | None = None
    tally: dict[str, Count] | None = None
    count_entry: int | None = None
    order: tuple[str, ...] = ()
    outcome: Outcome | None = None
    defeated: bool = False
    executable_until: int | None = None
    vetoed_at: int | None = None
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

    def ask(self) -> Ask:
        """What an electorate may look at."""
        drawn = frozenset(() if self.draw is None else self.draw.members)
        return Ask(
            frozenset(self.interested),
            self.called_at or 0,
            self.opens_at or 0,
            drawn,
            self.chair or "",
            self.gathers or "",
        )

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


class Item(Record, frozen=True, kw_only=True):
    """One thing that a budgeting round may pay for (id ``proposal/n``, which is option *n*), proposed by ``by``.

    ``cost`` in the units of the round's budget. A withdrawn one keeps its number and can't win.
    """

    kind: ClassVar[str] = "proposal_item"
    proposal: str
    number: int
    by: str
    statement: str
    title: Commit
    text: Commit
    cost: int
    withdrawn: bool = False

    @property
    def parent(self) -> str:
        """Items stand under their proposal."""
        return self.proposal

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.number:06d}"


class ItemsOf(Record, frozen=True, kw_only=True):
    """How many things a member has proposed in a budgeting round (id ``proposal/member``), withdrawn ones included."""

    kind: ClassVar[str] = "proposal_items_of"
    proposal: str
    items: int

    @property
    def parent(self) -> str:
        """They stand under their proposal."""
        return self.proposal


class Undecided(Record, frozen=True, kw_only=True):
    """How many proposals of a member (the id) are neither decided nor withdrawn; not kept where there are none."""

    kind: ClassVar[str] = "proposals_undecided"
    proposals: int


class Found(Record, frozen=True, kw_only=True):
    """What the count of a proposal (the id) found, with every round: what pages draw and an auditor recomputes.

    ``announced``: where ballots are sealed it is the operator's word, without rounds.
    """

    kind: ClassVar[str] = "found"
    counted: Counted
    announced: bool


def paper(state: State, proposal: Proposal) -> Paper:
    """What it brings to the count: its options, seats, costs and budget."""
    if not proposal.items:
        return Paper(len(proposal.options), proposal.seats)
    # What was withdrawn can't be afforded.
    items = state.children(Item, proposal.id)
    costs = tuple(proposal.budget + 1 if item.withdrawn else item.cost for item in items)
    return Paper(len(costs), proposal.seats, costs, proposal.budget)


def sight(proposal: Proposal) -> Sight:
    """As of when members stand in a vote: its opening. Refusal ``proposal.not_opened`` before that."""
    if proposal.opened_index is None or proposal.opens_at is None:
        raise Refusal("proposal.not_opened", id=proposal.id)
    return proposal.opened_index, proposal.opens_at


def closing(proposal: Proposal) -> Sight:
    """As of when delegations count: the close, as far as that has come."""
    if proposal.closed_index is None or proposal.closes_at is None:
        raise Refusal("proposal.not_closed", id=proposal.id)
    return proposal.closed_index, proposal.closes_at


def pinned(state: State, proposal: Proposal) -> Rule:
    """The rule that counts for a proposal that has been called."""
    return as_called(state.need(RuleVersion, proposal.rule or "").rule(), proposal)


def as_called(rule: Rule, proposal: Proposal) -> Rule:
    """How the rule decides a proposal that has been called: in a meeting or, where it has a way for that, without."""
    return by_all(rule) if proposal.meeting is None and rule.venue.or_all() else rule


def need_stage(proposal: Proposal, now: int, *stages: Stage) -> None:
    """Refusal ``proposal.stage`` unless the proposal is in one of those stages."""
    found = proposal.stage(now)
    if found not in stages:
        raise Refusal("proposal.stage", id=proposal.id, stage=found)


def undecided(state: State, member: str) -> int:
    """How many proposals of that member are neither decided nor withdrawn."""
    found = state.find(Undecided, member)
    return 0 if found is None else found.proposals


def begun(moment: Moment, member: str) -> None:
    """One more of theirs waits to be decided."""
    before = moment.state.find(Undecided, member)
    number, index = (0, moment.index) if before is None else (before.proposals, before.index)
    moment.state.put(Undecided(id=member, index=index, proposals=number + 1))


def ended(moment: Moment, member: str) -> None:
    """One of theirs has been decided or withdrawn."""
    before = moment.state.need(Undecided, member)
    if before.proposals == 1:
        moment.state.drop(Undecided, member)
    else:
        moment.state.put(msgspec.structs.replace(before, proposals=before.proposals - 1))


def return_deposit(moment: Moment, proposal: Proposal) -> None:
    """What its proposer set aside becomes available again, as far as it is still held."""
    held = tokens.held(moment.state, proposal.id)
    if held:
        tokens.release(moment, proposal.id, held)


def change(state: State, proposal: Proposal, **fields: Any) -> Proposal:
    """Keep the proposal with other fields."""
    changed = msgspec.structs.replace(proposal, **fields)
    state.put(changed)
    return changed


BOOK = Book("proposals", records=(Proposal, Version, Item, ItemsOf, Undecided, Found))
