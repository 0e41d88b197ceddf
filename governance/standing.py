"""What the ledger says about members at a moment: all that an electorate or a weight may depend on.

It is read from traces, so a vote copies nothing: who may vote, and with what weight, is looked up as of its opening.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ledger.books import roles
from ledger.state import State

MEMBER: Final = "member"
BELONGING: Final = "belonging"
ROLE: Final = "role"
BALANCE: Final = "balance"
SHARES: Final = "shares"
CONTRIBUTED: Final = "contributed"
Sight = tuple[int, int]
"""An entry index and a time in ms: what was recorded up to that index, before that time."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """One member. ``joined`` in ms. ``household``: empty without one; ``represents``: votes for it, or has none.

    ``shares``: paid-up shares; ``balance``: tokens; ``contributed``: tokens thanked with over all time, now and at the
    earlier times that the rule asks for. A roll makes a million of these: the collector need not look at any.
    """

    id: str
    cls: str
    active: bool
    joined: int = 0
    area: str = ""
    household: str = ""
    represents: bool = True
    roles: frozenset[str] = frozenset()
    shares: int = 0
    balance: int = 0
    contributed: tuple[int, ...] = ()


class Needs(NamedTuple):
    """What a rule looks at: kinds of traces, and how long before the opening (ms) it asks for contributions."""

    kinds: frozenset[str] = frozenset((MEMBER,))
    ago: tuple[int, ...] = ()


def one(state: State, needs: Needs, member: str, sight: Sight) -> Standing | None:
    """How that member stood then; None for whoever was no member."""
    facts = state.traced(MEMBER, member, *sight)
    if facts is None:
        return None

    def value(kind: str) -> Any:
        return state.traced(kind, member, *sight) if kind in needs.kinds else None

    held = (
        frozenset(role for role in roles.ROLES if state.traced(ROLE, f"{member}/{role}/{roles.COOP}", *sight))
        if ROLE in needs.kinds
        else frozenset()
    )
    index, time = sight
    contributed = tuple(state.traced(CONTRIBUTED, member, index, time - ago) or 0 for ago in needs.ago)
    return _standing(member, facts, value(BELONGING), held, (value(SHARES), value(BALANCE)), contributed)


def everyone(state: State, needs: Needs, sight: Sight, but: Collection[str] = ()) -> Iterator[Standing]:
    """How everyone stood who was a member then or before; ``but``: of whom nobody wants to know."""
    empty: Mapping[str, Any] = {}
    index, time = sight
    if needs == Needs():
        # Most rules look at nothing else, and a roll may be a million long.
        for member, facts in state.traces(MEMBER, index, time).items():
            if member not in but:
                yield Standing(member, facts["class"], facts["active"], facts["joined"])
        return

    def all_of(kind: str) -> Mapping[str, Any]:
        return state.traces(kind, index, time) if kind in needs.kinds else empty

    held: dict[str, set[str]] = {}
    for assignment, active in all_of(ROLE).items():
        member, role, _ = assignment.split("/")
        if active:
            held.setdefault(member, set()).add(role)
    belonging, shares, balances = all_of(BELONGING), all_of(SHARES), all_of(BALANCE)
    contributed = [state.traces(CONTRIBUTED, index, time - ago) for ago in needs.ago]
    for member, facts in state.traces(MEMBER, index, time).items():
        if member in but:
            continue
        yield _standing(
            member,
            facts,
            belonging.get(member),
            frozenset(held.get(member, ())),
            (shares.get(member), balances.get(member)),
            tuple(then.get(member, 0) for then in contributed),
        )


def _standing(
    member: str,
    facts: Mapping[str, Any],
    belonging: Mapping[str, Any] | None,
    held: frozenset[str],
    has: tuple[int | None, int | None],
    contributed: tuple[int, ...],
) -> Standing:
    where = belonging or {}
    return Standing(
        member,
        facts["class"],
        facts["active"],
        facts["joined"],
        where.get("area") or "",
        where.get("household") or "",
        where.get("represents", True),
        held,
        has[0] or 0,
        has[1] or 0,
        contributed,
    )
