"""Where members belong: the area (地区, 班) whose affairs they decide, and the household (世帯) that they share a
vote with.

Areas are public codes; a household is known by an id of its own, for its name and its people are private. Who
represents a household is what its members agreed on, recorded by two officials.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

import msgspec

from ledger import ids
from ledger.books import keys, members, roles
from ledger.errors import FormatError, Refusal
from ledger.fold import Book, Context, Handler
from ledger.private import Commit
from ledger.state import Record

TRACE: Final = "belonging"
_AREA: Final = re.compile(r"(?:[a-z][a-z0-9_]{0,31})?\Z")


class Belonging(Record, frozen=True, kw_only=True):
    """Where a member (the id) belongs. ``area``: a code, or empty. ``household``: an id, or empty; one member of it
    ``represents`` it.
    """

    kind: ClassVar[str] = "belonging"
    area: str
    household: str
    represents: bool
    set_by: str


class Housemate(Record, frozen=True, kw_only=True):
    """That a member belongs to a household (id ``household/member``), and whether for it."""

    kind: ClassVar[str] = "housemate"
    household: str
    member: str
    represents: bool

    @property
    def parent(self) -> str:
        """Households are listed together."""
        return self.household


class Belong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member.belong/1``: two officials record where a member belongs; ``replaces`` names the statement before.

    ``household``: ``new`` for one that begins with this member, else the id that it has, or empty.
    """

    member: str
    area: str = ""
    household: str = ""
    represents: bool = True
    reason: Commit | None = None


def _belong(ctx: Context, body: Belong) -> None:
    roles.require(ctx, "administrator")
    roles.require_second(ctx, *keys.COUNTERSIGNERS)
    member = ctx.refer(members.Member, body.member)
    if not _AREA.match(body.area):
        raise FormatError("member.area", path="area", area=body.area)
    before = ctx.state.find(Belonging, member.id)
    if ctx.statement.replaces != (None if before is None else before.set_by):
        raise Refusal("member.replaces", id=member.id)
    household = ctx.new_id("hh") if body.household == "new" else body.household
    _check_household(ctx, body, member.id, household)
    found = Belonging(
        id=member.id,
        index=ctx.index if before is None else before.index,
        area=body.area,
        household=household,
        represents=body.represents,
        set_by=ctx.id,
    )
    ctx.state.put(found)
    if before is not None and before.household:
        ctx.state.drop(Housemate, f"{before.household}/{member.id}")
    if household:
        ctx.state.put(
            Housemate(
                id=f"{household}/{member.id}",
                index=ctx.index,
                household=household,
                member=member.id,
                represents=body.represents,
            )
        )
    ctx.trace(TRACE, member.id, {"area": body.area, "household": household, "represents": body.represents})


def _check_household(ctx: Context, body: Belong, member: str, household: str) -> None:
    if not household:
        if not body.represents:
            raise Refusal("member.represents_nobody", id=member)
        return
    if not ids.is_id(household, "hh"):
        raise FormatError("member.household", path="household")
    others = [one for one in ctx.state.children(Housemate, household) if one.member != member]
    if body.household != "new" and not others:
        raise Refusal("member.household_unknown", id=household)
    if body.represents and any(one.represents for one in others):
        raise Refusal("member.represented", id=household)


BOOK = Book(
    "belonging",
    records=(Belonging, Housemate),
    handlers=(Handler("member.belong/1", Belong, _belong, subject=members.named),),
)
