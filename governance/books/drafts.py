"""Proposals as they are written: drafted, amended, filled with things to pay for, withdrawn."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec

from governance import effects
from governance.books import proposals, rules
from governance.books.proposals import Item, ItemsOf, Proposal, Version, change, need_stage
from governance.count import MAX_OPTIONS, MAX_PROJECTS
from ledger import ids
from ledger.books import keys, members, policies, roles
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.statement import Statement

MAX_INTERESTED: Final = 50
MAX_ON_WORD: Final = 5
"""Of those, members who have not signed themselves; and always less than half of all that have ever been entered."""
MAX_UNDECIDED: Final = 50
"""Proposals of one member that wait to be decided, drafts among them: more would be spam, and each is withdrawn or
decided in time.
"""
MAX_ITEMS_EACH: Final = 100
"""Things to pay for that one member proposes in a round, withdrawn ones included: nobody fills all its places."""
MAX_BUDGET: Final = 1_000_000_000_000
"""Of what a budgeting round has to spend, in whole units of whatever it is."""
_TOPIC: Final = re.compile(r"(?:[a-z][a-z0-9_]{0,31})?\Z")


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a version of a proposal says.

    ``options`` only for kinds that choose among some, ``seats``: how many of them can win. ``budget``: what there is
    to spend where they cost something; such options are then proposed one by one (``proposal.item/1``). ``topic``: one
    of those that the members' policy names, or empty. ``interested``: members whom it concerns (a contract's other
    party), for rules that leave them out. They sign too, or for a few an official does, so that nobody takes the vote
    from others by naming them.
    """

    title: Commit
    text: Commit
    effects: tuple[dict[str, Any], ...] = ()
    options: tuple[Commit, ...] = ()
    seats: Annotated[int, msgspec.Meta(ge=1, le=MAX_OPTIONS)] = 1
    budget: Annotated[int, msgspec.Meta(ge=0, le=MAX_BUDGET)] = 0
    topic: str = ""
    interested: tuple[str, ...] = ()
    paper: Commit | None = None


class Draft(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``proposal.draft/1``: any active member proposes, so many at a time."""

    kind: str


class Amend(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``proposal.amend/1``: a new version; ``replaces`` names the statement of the one before.

    A vote already called is called off: notice counts for the text that will be voted on. So are its seconders.
    """

    proposal: str


class AddItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.item/1``: any active member proposes a thing to pay for in a budgeting round, until voting opens."""

    proposal: str
    title: Commit
    text: Commit
    cost: Annotated[int, msgspec.Meta(ge=1, le=MAX_BUDGET)]
    paper: Commit | None = None


class WithdrawItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.item_withdraw/1``: who proposed it takes it back, until voting opens."""

    item: str


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``proposal.withdraw/1``: the proposer takes the proposal back, until voting opens."""

    proposal: str
    paper: Commit | None = None


def own(ctx: Context, proposal_id: str) -> Proposal:
    """The actor's own proposal, before voting has opened."""
    proposal = ctx.refer(Proposal, proposal_id)
    if proposal.proposer != ctx.actor:
        raise Refusal("proposal.not_yours", id=proposal.id)
    need_stage(proposal, ctx.time, "draft", "scheduled")
    return proposal


def _draft(ctx: Context, body: Draft) -> None:
    members.need_active(ctx.state, ctx.actor)
    if proposals.undecided(ctx.state, ctx.actor) >= MAX_UNDECIDED:
        raise Refusal("proposal.too_many", most=MAX_UNDECIDED)
    # Also tells a kind that there is not, or that this co-op has no rule for.
    rules.current(ctx.state, body.kind)
    proposal = Proposal(
        id=ctx.new_id("prop"),
        index=ctx.index,
        decides=body.kind,
        proposer=ctx.actor,
        version=1,
        drafted_at=ctx.time,
        **_content(ctx, body.kind, body),
    )
    ctx.state.put(proposal)
    proposals.begun(ctx, proposal.proposer)
    _keep_version(ctx, proposal)


def _amend(ctx: Context, body: Amend) -> None:
    proposal = own(ctx, body.proposal)
    if ctx.statement.replaces != proposal.statement:
        raise Refusal("proposal.replaces", id=proposal.id, expected=proposal.statement)
    content = _content(ctx, proposal.decides, body)
    # Whoever seconded another text has not seconded this one.
    called_off = call_off(ctx, proposal)
    _keep_version(ctx, change(ctx.state, called_off, version=proposal.version + 1, seconds=0, **content))


def _withdraw(ctx: Context, body: Withdraw) -> None:
    proposal = own(ctx, body.proposal)
    change(ctx.state, call_off(ctx, proposal), withdrawn_at=ctx.time)
    proposals.ended(ctx, proposal.proposer)


def call_off(moment: Moment, proposal: Proposal) -> Proposal:
    """It is a draft again, as if its vote had not been called."""
    moment.state.unschedule("proposal.opens", proposal.id)
    proposals.return_deposit(moment, proposal)
    return change(
        moment.state,
        proposal,
        called_at=None,
        called_index=None,
        opens_at=None,
        closes_at=None,
        rule=None,
        draw=None,
        drawing=False,
        deposit=0,
        meeting=None,
        gathers=None,
        chair=None,
        convocation=1,
    )


def _add_item(ctx: Context, body: AddItem) -> None:
    members.need_active(ctx.state, ctx.actor)
    proposal = ctx.refer(Proposal, body.proposal)
    need_stage(proposal, ctx.time, "draft", "scheduled")
    if proposal.decides != rules.BUDGET:
        raise Refusal("proposal.no_items", id=proposal.id)
    if proposal.items >= MAX_PROJECTS:
        raise Refusal("proposal.items_full", id=proposal.id, most=MAX_PROJECTS)
    if body.cost > proposal.budget:
        raise Refusal("proposal.item_cost", id=proposal.id, budget=proposal.budget)
    _count_items(ctx, proposal)
    number = proposal.items + 1
    ctx.state.put(
        Item(
            id=f"{proposal.id}/{number}",
            index=ctx.index,
            proposal=proposal.id,
            number=number,
            by=ctx.actor,
            statement=ctx.id,
            title=body.title,
            text=body.text,
            cost=body.cost,
        )
    )
    change(ctx.state, proposal, items=number)


def _count_items(ctx: Context, proposal: Proposal) -> None:
    id_ = f"{proposal.id}/{ctx.actor}"
    before = ctx.state.find(ItemsOf, id_) or ItemsOf(id=id_, index=ctx.index, proposal=proposal.id, items=0)
    if before.items >= MAX_ITEMS_EACH:
        raise Refusal("proposal.items_each", id=proposal.id, most=MAX_ITEMS_EACH)
    ctx.state.put(msgspec.structs.replace(before, items=before.items + 1))


def _withdraw_item(ctx: Context, body: WithdrawItem) -> None:
    item = ctx.refer(Item, body.item)
    if item.by != ctx.actor:
        raise Refusal("proposal.not_yours", id=item.id)
    need_stage(ctx.state.need(Proposal, item.proposal), ctx.time, "draft", "scheduled")
    if item.withdrawn:
        raise Refusal("proposal.item_withdrawn", id=item.id)
    ctx.state.put(msgspec.structs.replace(item, withdrawn=True))


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


def _content(ctx: Context, decides: str, body: Content) -> dict[str, Any]:
    """The fields of a version, checked."""
    _check_options(ctx, decides, body)
    if not _TOPIC.match(body.topic):
        raise FormatError("proposal.topic", path="topic", topic=body.topic)
    if body.topic and body.topic not in policies.members(ctx.state).topics:
        raise Refusal("proposal.topic_unknown", topic=body.topic)
    if len(body.interested) > MAX_INTERESTED or len(set(body.interested)) < len(body.interested):
        raise FormatError("proposal.interested", path="interested", most=MAX_INTERESTED)
    concerned: set[str] = set()
    for effect in effects.parse(body.effects, decides):
        effect.refer(ctx)
        effect.fits(len(body.options), body.seats)
        concerned.update(effect.concerns())
    _check_declared(ctx, set(body.interested) - concerned)
    concerned.update(body.interested)
    if decides == rules.EXPULSION and len(concerned) > 1:
        # Else whoever proposes to expel everybody else decides alone.
        raise Refusal("proposal.one_concerned")
    return {
        "statement": ctx.id,
        "title": body.title,
        "text": body.text,
        "options": body.options,
        "effects": body.effects,
        "seats": body.seats,
        "budget": body.budget,
        "topic": body.topic,
        "interested": tuple(sorted(concerned)),
    }


def _check_declared(ctx: Context, declared: set[str]) -> None:
    """Whom a proposal is said to concern, though its effects don't say so, agrees to that, or an official does."""
    for member in sorted(declared):
        ctx.refer(members.Member, member)
    unsigned = sorted(declared.difference(ctx.statement.signers))
    if not unsigned:
        return
    if not roles.cosigned_by(ctx, *keys.COUNTERSIGNERS):
        raise Refusal("proposal.interested_unsigned", member=unsigned[0])
    # Else one official and a friend could be all who are left to vote.
    most = min(MAX_ON_WORD, (members.entered(ctx.state) - 1) // 2)
    if len(unsigned) > most:
        raise Refusal("proposal.interested_many", most=most)


def _check_options(ctx: Context, decides: str, body: Content) -> None:
    chooses = decides in rules.CHOOSING and decides != rules.BUDGET
    rule = rules.current(ctx.state, decides).rule()
    least, most = rule.least_options, rule.method.OPTIONS[1] if chooses else 0
    if not (least if chooses else 0) <= len(body.options) <= most:
        raise FormatError("proposal.options", path="options", least=least, most=most)
    seats = MAX_OPTIONS if rule.uncontested.POSSIBLE else len(body.options) if rule.method.SEATS else 1
    if body.seats > max(seats, 1):
        raise FormatError("proposal.seats", path="seats", most=seats)
    if (body.budget > 0) != (decides == rules.BUDGET):
        raise FormatError("proposal.budget", path="budget")


def _subject(statement: Statement, id_: bytes, path: str) -> str:
    """The text belongs to the proposal, not to whoever wrote it: it stays when they leave. A paper is the member's."""
    if path == "paper":
        return statement.actor
    return str(statement.body.get("proposal") or ids.object_id("prop", id_))


BOOK = Book(
    "drafts",
    handlers=(
        Handler("proposal.draft/1", Draft, _draft, assisted=True, subject=_subject),
        Handler("proposal.amend/1", Amend, _amend, assisted=True, subject=_subject),
        Handler("proposal.item/1", AddItem, _add_item, assisted=True, subject=_subject),
        Handler("proposal.item_withdraw/1", WithdrawItem, _withdraw_item),
        Handler("proposal.withdraw/1", Withdraw, _withdraw, assisted=True),
    ),
)
