"""Shares (出資): how many each member has paid up. Their own register, of shares and yen; nothing turns them into
tokens.

An administrator records what was paid in or returned, and the member countersigns (or, for who has no device, a second
official with the paper). The count is traced, for a co-op whose rules let a vote weigh by shares.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import msgspec

from ledger.books import keys, members, roles
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record

TRACE: Final = "shares"
_MOST: Final = 1_000_000_000


class Shares(Record, frozen=True, kw_only=True):
    """A member's (the id) paid-up shares and the yen paid in for them."""

    kind: ClassVar[str] = "shares"
    shares: int
    yen: int
    set_by: str


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``equity.payment/1``: ``shares`` and ``yen`` paid in, or (below 0) returned. Cosigned by the member, or by
    another official who has seen the paper.
    """

    member: str
    shares: Annotated[int, msgspec.Meta(ge=-_MOST, le=_MOST)]
    yen: Annotated[int, msgspec.Meta(ge=-1_000_000_000_000, le=1_000_000_000_000)]
    note: Commit | None = None
    paper: Commit | None = None


def held(ctx: Context, member: str) -> Shares:
    """What that member has, all zero before the first payment."""
    return ctx.state.find(Shares, member) or Shares(id=member, index=ctx.index, shares=0, yen=0, set_by="")


def _pay(ctx: Context, body: Payment) -> None:
    roles.require(ctx, "administrator", "treasurer")
    member = ctx.refer(members.Member, body.member)
    countersigned = member.id in ctx.statement.cosigners
    if not countersigned:
        if body.paper is None:
            raise Refusal("equity.countersign", id=member.id)
        roles.require_second(ctx, *keys.COUNTERSIGNERS)
    if body.shares == 0 or (body.shares > 0) != (body.yen > 0):
        raise Refusal("equity.amount", shares=body.shares, yen=body.yen)
    before = held(ctx, member.id)
    shares, yen = before.shares + body.shares, before.yen + body.yen
    if shares < 0 or yen < 0 or shares > _MOST:
        raise Refusal("equity.insufficient", shares=before.shares, yen=before.yen)
    ctx.state.put(msgspec.structs.replace(before, shares=shares, yen=yen, set_by=ctx.id))
    ctx.trace(TRACE, member.id, shares)


BOOK = Book(
    "equity",
    records=(Shares,),
    handlers=(Handler("equity.payment/1", Payment, _pay, subject=members.named),),
)
