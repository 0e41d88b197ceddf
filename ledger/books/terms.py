"""On what terms a thing is shared: what a resource's offer says, and what of it is impossible.

Calendar times are minutes of the day, local to the co-op's fixed UTC offset. Weekdays count from
Monday (0). Money is refused by name (``commons.money``), as everywhere in the commons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from ledger.books.commons_policy import MAX_TOKENS, UNITS, Payout, names_money
from ledger.errors import Refusal
from ledger.private import Commit

DAY_MINUTES: Final = 1440
MAX_STOCK: Final = 1_000_000
_MAX_CAPACITY: Final = 1000
_MIN_SLOT: Final = 5

Minute = Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES)]
Tokens = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Stock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="stock"):
    """So many units, handed out until they are gone."""

    quantity: Annotated[int, msgspec.Meta(ge=0, le=MAX_STOCK)]
    unit: str


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open on that weekday from minute ``opens`` to minute ``closes``."""

    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Minute
    closes: Minute


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="calendar"):
    """Slots of ``slot`` minutes, counted from each opening; ``buffer`` minutes between two bookings;
    ``capacity`` places at the same time.
    """

    opening: Annotated[tuple[Opening, ...], msgspec.Meta(min_length=1, max_length=70)]
    slot: Annotated[int, msgspec.Meta(ge=_MIN_SLOT, le=DAY_MINUTES)]
    buffer: Minute = 0
    capacity: Annotated[int, msgspec.Meta(ge=1, le=_MAX_CAPACITY)] = 1


Availability = Stock | Calendar


class Cancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Free until ``free_hours`` before the start (stock: before the last day of pick-up); after that
    ``numerator``/``denominator`` of the cost is forfeited, rounded down.
    """

    free_hours: Annotated[int, msgspec.Meta(ge=0, le=8760)] = 0
    numerator: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    denominator: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1

    def forfeit(self, cost: int) -> int:
        """What a late cancellation of that cost forfeits."""
        return cost * self.numerator // self.denominator


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for a booking. ``cost``: tokens per unit, or per slot and place; 0 is free.

    ``deposit``: tokens held in addition, returned unless nobody comes. ``classes``: who may book (empty:
    every member). ``steward``: who acts beside the provider. ``payout`` None: as the policy says.
    """

    title: Commit
    cost: Tokens
    needs_confirmation: bool
    description: Commit | None = None
    classes: tuple[str, ...] = ()
    deposit: Tokens = 0
    cancellation: Cancellation = msgspec.field(default_factory=Cancellation)
    steward: str | None = None
    payout: Payout | None = None


def check(terms: Terms, availability: Availability) -> None:
    """Refuse what cannot be meant: a share over one, hours that overlap or hold no slot, an unknown unit."""
    if terms.cancellation.numerator > terms.cancellation.denominator:
        raise Refusal("resource.terms", path="terms/cancellation")
    if isinstance(availability, Stock):
        if names_money(availability.unit):
            raise Refusal("commons.money", path="availability/unit")
        if availability.unit not in UNITS:
            raise Refusal("resource.terms", path="availability/unit")
    else:
        _check_opening(availability.opening, availability.slot)


def _check_opening(opening: Iterable[Opening], slot: int) -> None:
    last: Opening | None = None
    for position, hours in enumerate(opening):
        # In order and apart, so that the same hours have one spelling.
        early = last is not None and (hours.weekday, hours.opens) < (last.weekday, last.closes)
        if early or hours.closes - hours.opens < slot:
            raise Refusal("resource.terms", path=f"availability/opening/{position}")
        last = hours


def price(terms: Terms, units: int) -> int:
    """Tokens for ``units`` (stock: pieces; calendar: slots times places); refusal ``booking.too_large``."""
    cost = terms.cost * units
    if cost > MAX_TOKENS:
        raise Refusal("booking.too_large", cost=cost)
    return cost
