"""Tokens: accounts, holds and the movements between them. Thanks, not money.

A member's account has a *total*, of which a part may be *held* (set aside for a booking or while a
contribution is disputed); the rest is available. Tokens come out of the commons (minted) and go back
to it (burned): the commons keeps no account, the supply counts both. At every index

    sum of totals = minted - burned      and      sum of held = sum of holds

Nothing is deleted. A reversal is another movement, linked and opposite, of at most what remains of
the first, and only of what its receiver still has available: an account never goes below zero.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar, Final

import msgspec

from ledger import canonical, ids
from ledger.books import members, policies, roles
from ledger.books.commons_policy import CommonsPolicy
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Record, State

COMMONS: Final = "commons"
"""The other side of minting and burning, in ``Movement.source`` and ``Movement.target``."""
_SUPPLY: Final = "supply"


class Supply(Record, frozen=True, kw_only=True):
    """What was ever minted and burned, what is held now, and the number of movements."""

    kind: ClassVar[str] = "supply"
    minted: int = 0
    burned: int = 0
    held: int = 0
    movements: int = 0


class Account(Record, frozen=True, kw_only=True):
    """A member's tokens. The id is the member's; it begins with the first movement."""

    kind: ClassVar[str] = "account"
    total: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        """What may be given or held."""
        return self.total - self.held


class Hold(Record, frozen=True, kw_only=True):
    """Tokens set aside. The id is the cause (a booking, a disputed contribution); gone when nothing is left of it."""

    kind: ClassVar[str] = "hold"
    member: str
    amount: int

    @property
    def parent(self) -> str:
        """Whose tokens."""
        return self.member


class Movement(Record, frozen=True, kw_only=True):
    """Tokens that changed hands at ``at`` (ms), because of ``cause``; how much of it was reversed since."""

    kind: ClassVar[str] = "movement"
    serial: int
    at: int
    verb: str
    cause: str
    source: str
    target: str
    amount: int
    reverses: str = ""
    reversed: int = 0

    @property
    def sort(self) -> str:
        """In the order in which they happened."""
        return f"{self.serial:016d}"


class Posting(Record, frozen=True, kw_only=True):
    """One account's side of a movement, with the account's total after it: the lines of a history."""

    kind: ClassVar[str] = "posting"
    account: str
    movement: str
    serial: int
    change: int
    total: int

    @property
    def parent(self) -> str:
        """The account."""
        return self.account

    @property
    def sort(self) -> str:
        """In the order in which they happened."""
        return f"{self.serial:016d}"


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``token.gift/1``: whole tokens from the actor to another member."""

    to: str
    amount: int
    note: Commit | None = None
    paper: Commit | None = None


class Reverse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``token.reverse/1``: give a movement back, or part of it."""

    movement: str
    amount: int
    reason: Commit


def supply(state: State) -> Supply:
    """The co-op's supply, all zero before the first mint."""
    return state.find(Supply, _SUPPLY) or Supply(id=_SUPPLY, index=0)


def account(state: State, member: str) -> Account:
    """That member's account, all zero before the first movement."""
    return state.find(Account, member) or Account(id=member, index=0)


def can_receive(state: State, member: str) -> bool:
    """Whether tokens may still come to that member: not to one who left."""
    record = state.find(members.Member, member)
    return record is not None and record.ended is None


def mint(moment: Moment, member: str, amount: int, cause: str) -> Movement:
    """New tokens for ``member``."""
    return _move(moment, "mint", COMMONS, member, amount, cause)


def burn(moment: Moment, member: str, amount: int, cause: str) -> Movement:
    """Available tokens of ``member`` back to the commons."""
    return _move(moment, "burn", member, COMMONS, amount, cause)


def hold(moment: Moment, member: str, amount: int, cause: str) -> None:
    """Set available tokens aside for ``cause``, which has no hold yet."""
    _positive(amount)
    if moment.state.find(Hold, cause) is not None:
        raise Refusal("token.held_already", cause=cause)
    _need_available(moment.state, member, amount)
    moment.state.put(Hold(id=cause, index=moment.index, member=member, amount=amount))
    _change_held(moment, member, amount)


def held(state: State, cause: str) -> int:
    """Tokens set aside for ``cause``; 0 where nothing is, or is any more."""
    found = state.find(Hold, cause)
    return 0 if found is None else found.amount


def release(moment: Moment, cause: str, amount: int) -> None:
    """Make ``amount`` of what is held for ``cause`` available again."""
    _positive(amount)
    found = moment.state.need(Hold, cause)
    if amount > found.amount:
        raise Refusal("token.held_less", held=found.amount, needed=amount)
    if amount == found.amount:
        moment.state.drop(Hold, cause)
    else:
        moment.state.put(msgspec.structs.replace(found, amount=found.amount - amount))
    _change_held(moment, found.member, -amount)


def capture(moment: Moment, cause: str, amount: int, to: str) -> Movement:
    """Give ``amount`` of what is held for ``cause`` to a member, or burn it (``to`` is ``COMMONS``)."""
    member = moment.state.need(Hold, cause).member
    release(moment, cause, amount)
    return _move(moment, "capture", member, to, amount, cause)


def give(moment: Moment, member: str, to: str, amount: int, cause: str) -> Movement:
    """Available tokens of one member to another."""
    return _move(moment, "gift", member, to, amount, cause)


def reverse(moment: Moment, movement: str, amount: int, cause: str) -> Movement:
    """The linked opposite of a movement, of at most what remains of it."""
    first = moment.state.need(Movement, movement)
    if first.reverses:
        raise Refusal("token.reversal_final", movement=movement)
    if amount > first.amount - first.reversed:
        raise Refusal("token.reversal_exceeds", remaining=first.amount - first.reversed, needed=amount)
    opposite = _move(moment, "reverse", first.target, first.source, amount, cause, reverses=movement)
    moment.state.put(msgspec.structs.replace(first, reversed=first.reversed + amount))
    return opposite


def close(moment: Moment, member: str) -> None:
    """When a member leaves: whatever is still held is released, and the balance returns to the commons."""
    for found in moment.state.children(Hold, member):
        release(moment, found.id, found.amount)
    left = account(moment.state, member).total
    if left:
        burn(moment, member, left, cause=member)


def need_tokens(policy: CommonsPolicy) -> None:
    """Refuse what needs tokens in a co-op that only counts."""
    if policy.mode != "tokens":
        raise Refusal("token.off")


def _gift(ctx: Context, body: Gift) -> None:
    policy = policies.current(ctx.state, "commons").commons()
    need_tokens(policy)
    if policy.gifts == "off":
        raise Refusal("token.gifts_off")
    ctx.refer(members.Member, body.to)
    members.need_active(ctx.state, body.to)
    if policy.transfer_cap is not None and body.amount > policy.transfer_cap:
        raise Refusal("token.transfer_cap", cap=policy.transfer_cap, needed=body.amount)
    give(ctx, ctx.actor, body.to, body.amount, cause=ctx.new_id("gift"))


def _reverse(ctx: Context, body: Reverse) -> None:
    """Whoever received tokens may give them back; else an administrator with an auditor's cosignature decides.

    What was minted goes back only by an objection to its contribution, where both sides are heard.
    """
    movement = ctx.refer(Movement, body.movement)
    if movement.verb == "mint":
        raise Refusal("token.reverse_mint", movement=movement.id)
    if ctx.actor != movement.target:
        roles.require(ctx, "administrator")
        roles.require_second(ctx, "auditor")
    reverse(ctx, movement.id, body.amount, cause=ctx.new_id("rev"))


def _move(
    moment: Moment, verb: str, source: str, target: str, amount: int, cause: str, *, reverses: str = ""
) -> Movement:
    _positive(amount)
    if source == target:
        raise Refusal("token.same_account", account=source)
    if target != COMMONS and not can_receive(moment.state, target):
        raise Refusal("token.receiver_left", member=target)
    if source != COMMONS:
        _need_available(moment.state, source, amount)
    old = supply(moment.state)
    if source == COMMONS and old.minted + amount > canonical.MAX_INTEGER:
        raise Refusal("token.supply_full")
    serial = old.movements
    moment.state.put(
        msgspec.structs.replace(
            old,
            minted=old.minted + (amount if source == COMMONS else 0),
            burned=old.burned + (amount if target == COMMONS else 0),
            movements=serial + 1,
        )
    )
    movement = Movement(
        id=_movement_id(cause, serial),
        index=moment.index,
        serial=serial,
        at=moment.time,
        verb=verb,
        cause=cause,
        source=source,
        target=target,
        amount=amount,
        reverses=reverses,
    )
    moment.state.put(movement)
    _post(moment, movement, source, -amount)
    _post(moment, movement, target, amount)
    return movement


def _post(moment: Moment, movement: Movement, member: str, change: int) -> None:
    if member == COMMONS:
        return
    old = account(moment.state, member)
    new = msgspec.structs.replace(old, total=old.total + change)
    moment.state.put(new)
    moment.state.put(
        Posting(
            id=f"{movement.id}:{member}",
            index=moment.index,
            account=member,
            movement=movement.id,
            serial=movement.serial,
            change=change,
            total=new.total,
        )
    )
    moment.trace("balance", member, new.total)


def _change_held(moment: Moment, member: str, change: int) -> None:
    mine, all_ = account(moment.state, member), supply(moment.state)
    moment.state.put(msgspec.structs.replace(mine, held=mine.held + change))
    moment.state.put(msgspec.structs.replace(all_, held=all_.held + change))


def _need_available(state: State, member: str, amount: int) -> None:
    available = account(state, member).available
    if amount > available:
        raise Refusal("token.insufficient", available=available, needed=amount)


def _positive(amount: int) -> None:
    if amount < 1:
        raise Refusal("token.amount", amount=amount)


def _movement_id(cause: str, serial: int) -> str:
    # Time alone may move tokens, so there is no statement to name a movement after: its cause and number do.
    return ids.object_id("mov", hashlib.sha256(f"yui/v1/movement\n{cause}\n{serial}".encode()).digest())


BOOK: Final = Book(
    "tokens",
    records=(Supply, Account, Hold, Movement, Posting),
    handlers=(
        Handler("token.gift/1", Gift, _gift, assisted=True),
        Handler("token.reverse/1", Reverse, _reverse),
    ),
)
