"""Contributions: what members report to have given, what others attest, and what it earned.

reported -> attested, when as many others as the policy asks have attested; then tokens are minted.
Until attestation the reporter may withdraw; a report that nobody attests lapses. Any member may object,
once per contribution, before attestation or within the policy's window after it: the contribution is
*disputed*, and what it minted is held as far as it is still available. An auditor or administrator who
had no part in it resolves: *uphold* puts everything back as it was, *reverse* takes the mint back as a
linked reversal of what the holder still has, and says how much that was (``reversed``).

The policy version in force at the report decides it to the end: rate, attesters, windows and caps.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Final, Literal

import msgspec

from ledger import canonical
from ledger.books import contributed, coop, policies, roles, tokens
from ledger.books.commons_policy import ANY_MEMBER, CommonsPolicy, Kind, MintCap
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record, State

DAY: Final = 86_400_000
MAX_QUANTITY: Final = 1_000_000
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\Z")
_LAPSE: Final = "contribution.lapse"


class Contribution(Record, frozen=True, kw_only=True):
    """One member's contribution. Times in ms; ``quantity`` in the smallest parts of the activity's unit.

    ``earned`` is what the rate gives, ``minted`` what the cap left of it, ``reversed`` what was taken back.
    ``reported_by`` is whoever signed the report; ``helpers`` signed attestations for others.
    """

    kind: ClassVar[str] = "contribution"
    member: str
    reported_by: str
    activity: str
    quantity: int
    on: str
    policy: int
    reported_at: int
    state: Literal["reported", "attested", "disputed", "reversed", "withdrawn", "lapsed"] = "reported"
    attesters: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    attested_at: int | None = None
    earned: int = 0
    minted: int = 0
    movement: str = ""
    objector: str = ""
    objected_at: int | None = None
    resolver: str = ""
    resolved_at: int | None = None
    reversed: int = 0

    @property
    def parent(self) -> str:
        """The contributor."""
        return self.member

    @property
    def sort(self) -> str:
        """In the order of reporting."""
        return f"{self.index:012d}"


class Earned(Record, frozen=True, kw_only=True):
    """What was minted to a member for contributions done in one period; the id is ``member/period``."""

    kind: ClassVar[str] = "earned"
    amount: int


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``contribution.report/1``: ``kind`` is a code of the policy, ``on`` the day (``2026-04-01``) it was done."""

    kind: str
    quantity: int
    on: str
    note: Commit | None = None
    paper: Commit | None = None


class Attest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``contribution.attest/1``: I know that this took place."""

    contribution: str
    paper: Commit | None = None


class Object(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``contribution.object/1``: I say that it did not, or not so."""

    contribution: str
    reason: Commit
    paper: Commit | None = None


class Resolve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``contribution.resolve/1``: an impartial official decides the dispute."""

    contribution: str
    decision: Literal["uphold", "reverse"]
    reason: Commit


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``contribution.withdraw/1``: the contributor takes an unattested report back."""

    contribution: str
    paper: Commit | None = None


def _report(ctx: Context, body: Report) -> None:
    version = policies.current(ctx.state, "commons")
    policy = version.commons()
    policy.kind(body.kind)
    if not 1 <= body.quantity <= MAX_QUANTITY:
        raise Refusal("contribution.quantity", quantity=body.quantity, limit=MAX_QUANTITY)
    _check_day(ctx, body.on, policy.claim_days)
    contribution = Contribution(
        id=ctx.new_id("con"),
        index=ctx.index,
        member=ctx.actor,
        reported_by=ctx.author,
        activity=body.kind,
        quantity=body.quantity,
        on=body.on,
        policy=version.version,
        reported_at=ctx.time,
    )
    ctx.state.put(contribution)
    ctx.schedule(ctx.time + policy.claim_days * DAY, _LAPSE, contribution.id)


def _attest(ctx: Context, body: Attest) -> None:
    contribution = ctx.refer(Contribution, body.contribution)
    _need(contribution, "reported")
    policy, kind = _terms(ctx.state, contribution)
    _check_attester(ctx, contribution, policy)
    contribution = msgspec.structs.replace(
        contribution,
        attesters=(*contribution.attesters, ctx.actor),
        helpers=contribution.helpers if ctx.author == ctx.actor else (*contribution.helpers, ctx.author),
    )
    if len(contribution.attesters) >= policy.attestation.count:
        ctx.state.unschedule(_LAPSE, contribution.id)
        contribution = msgspec.structs.replace(contribution, state="attested", attested_at=ctx.time)
        if policy.mode == "tokens":
            contribution = _mint(ctx, contribution, policy.mint_cap, kind.earned(contribution.quantity))
    ctx.state.put(contribution)


def _check_attester(ctx: Context, contribution: Contribution, policy: CommonsPolicy) -> None:
    # Whoever had a hand in the report, or lends a signature to this attestation, must not be on both sides.
    if {contribution.member, contribution.reported_by} & {ctx.actor, *ctx.statement.signers}:
        raise Refusal("contribution.attest_own", id=contribution.id)
    if {ctx.actor, ctx.author} & {*contribution.attesters, *contribution.helpers}:
        raise Refusal("contribution.attested_already", id=contribution.id)
    accepted = policy.attestation.by
    if ANY_MEMBER not in accepted and not any(roles.holds(ctx.state, ctx.actor, role) for role in accepted):
        raise Refusal("contribution.attester", roles=list(accepted))


def _mint(ctx: Context, contribution: Contribution, cap: MintCap | None, earned: int) -> Contribution:
    amount = earned
    if cap is not None:
        so_far = _earned(ctx, contribution, cap)
        amount = min(earned, max(0, cap.amount - so_far.amount))
        ctx.state.put(msgspec.structs.replace(so_far, amount=so_far.amount + amount))
    if amount == 0:
        return msgspec.structs.replace(contribution, earned=earned)
    movement = tokens.mint(ctx, contribution.member, amount, cause=contribution.id)
    contributed.add(ctx, contribution.member, amount)
    return msgspec.structs.replace(contribution, earned=earned, minted=amount, movement=movement.id)


def _object(ctx: Context, body: Object) -> None:
    contribution = ctx.refer(Contribution, body.contribution)
    if contribution.objector:
        raise Refusal("contribution.objected_already", id=contribution.id)
    _need(contribution, "reported", "attested")
    if contribution.attested_at is not None:
        policy, _ = _terms(ctx.state, contribution)
        until = contribution.attested_at + policy.objection_seconds * 1000
        if ctx.time >= until:
            raise Refusal("contribution.window_over", until=canonical.format_time(until))
        disputed = min(contribution.minted, tokens.account(ctx.state, contribution.member).available)
        if disputed:
            tokens.hold(ctx, contribution.member, disputed, cause=contribution.id)
    ctx.state.unschedule(_LAPSE, contribution.id)
    ctx.state.put(msgspec.structs.replace(contribution, state="disputed", objector=ctx.actor, objected_at=ctx.time))


def _resolve(ctx: Context, body: Resolve) -> None:
    roles.require(ctx, "auditor", "administrator")
    contribution = ctx.refer(Contribution, body.contribution)
    _need(contribution, "disputed")
    involved = {contribution.member, contribution.reported_by, contribution.objector}
    if {ctx.author, ctx.actor} & (involved | {*contribution.attesters, *contribution.helpers}):
        raise Refusal("contribution.resolve_own", id=contribution.id)
    held = tokens.held(ctx.state, contribution.id)
    if held:
        tokens.release(ctx, contribution.id, held)
    contribution = msgspec.structs.replace(contribution, resolver=ctx.author, resolved_at=ctx.time)
    if body.decision == "reverse":
        contribution = _take_back(ctx, contribution)
    elif contribution.attested_at is None:
        policy, _ = _terms(ctx.state, contribution)
        contribution = msgspec.structs.replace(contribution, state="reported")
        ctx.schedule(ctx.time + policy.claim_days * DAY, _LAPSE, contribution.id)
    else:
        contribution = msgspec.structs.replace(contribution, state="attested")
    ctx.state.put(contribution)


def _take_back(ctx: Context, contribution: Contribution) -> Contribution:
    """Reverse the mint as far as its tokens are still there: an account never goes below zero for it."""
    amount = min(contribution.minted, tokens.account(ctx.state, contribution.member).available)
    if amount:
        tokens.reverse(ctx, contribution.movement, amount, cause=contribution.id)
        contributed.add(ctx, contribution.member, -amount)
        cap = _terms(ctx.state, contribution)[0].mint_cap
        if cap is not None:
            so_far = _earned(ctx, contribution, cap)
            ctx.state.put(msgspec.structs.replace(so_far, amount=so_far.amount - amount))
    return msgspec.structs.replace(contribution, state="reversed", reversed=amount)


def _withdraw(ctx: Context, body: Withdraw) -> None:
    contribution = ctx.refer(Contribution, body.contribution)
    if ctx.actor != contribution.member:
        raise Refusal("contribution.not_own", id=contribution.id)
    _need(contribution, "reported")
    ctx.state.unschedule(_LAPSE, contribution.id)
    ctx.state.put(msgspec.structs.replace(contribution, state="withdrawn"))


def _lapse(moment: Moment, due: Due) -> None:
    moment.state.put(msgspec.structs.replace(moment.state.need(Contribution, due.subject), state="lapsed"))


def _need(contribution: Contribution, *states: str) -> None:
    if contribution.state not in states:
        raise Refusal("contribution.state", id=contribution.id, state=contribution.state)


def _terms(state: State, contribution: Contribution) -> tuple[CommonsPolicy, Kind]:
    policy = policies.version(state, "commons", contribution.policy).commons()
    return policy, policy.kind(contribution.activity)


def _check_day(ctx: Context, text: str, claim_days: int) -> None:
    """Not in the future, not older than the claim window; days as the co-op's UTC offset counts them."""
    if not _DATE.match(text):
        raise Refusal("contribution.date", on=text)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("contribution.date", on=text) from error
    offset = coop.get(ctx.state).utc_offset
    today = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ctx.time, minutes=offset)).date()
    if day > today:
        raise Refusal("contribution.future", on=text)
    if (today - day).days > claim_days:
        raise Refusal("contribution.too_old", on=text, days=claim_days)


def _earned(ctx: Context, contribution: Contribution, cap: MintCap) -> Earned:
    """What counts against the cap: the period is that of the day it was done, however late it is attested."""
    year, month = int(contribution.on[:4]), int(contribution.on[5:7])
    if cap.period == "month":
        period = contribution.on[:7]
    else:
        period = f"fy{year if month >= coop.get(ctx.state).fiscal_month else year - 1}"
    id_ = f"{contribution.member}/{period}"
    return ctx.state.find(Earned, id_) or Earned(id=id_, index=ctx.index, amount=0)


BOOK: Final = Book(
    "contributions",
    records=(Contribution, Earned, contributed.Contributed),
    handlers=(
        Handler("contribution.report/1", Report, _report, assisted=True),
        Handler("contribution.attest/1", Attest, _attest, assisted=True),
        Handler("contribution.object/1", Object, _object, assisted=True),
        Handler("contribution.resolve/1", Resolve, _resolve),
        Handler("contribution.withdraw/1", Withdraw, _withdraw, assisted=True),
    ),
    dues={_LAPSE: _lapse},
)
