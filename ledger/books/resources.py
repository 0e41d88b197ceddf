"""Resources: what members offer to each other, by stock or by calendar, and on which terms.

Each change of terms is a version of its own (``ResourceTerms``, id ``resource/number``): a booking keeps
the version under which it was requested. Stock is counted here: available = quantity - reserved - taken.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import msgspec

from ledger.books import members, policies, terms, tokens
from ledger.books.terms import MAX_STOCK, Availability, Calendar, Stock, Terms
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Record, State


class Resource(Record, frozen=True, kw_only=True):
    """One thing offered by ``provider``. ``version``: of the terms now in force.

    Stock only: ``quantity`` ever brought in, ``reserved`` by open bookings, ``taken`` by those who have it.
    """

    kind: ClassVar[str] = "resource"
    type: Literal["stock", "calendar"]
    provider: str
    steward: str
    version: int
    unit: str = ""
    open: bool = True
    quantity: int = 0
    reserved: int = 0
    taken: int = 0

    @property
    def parent(self) -> str:
        """Whoever offers it."""
        return self.provider

    @property
    def sort(self) -> str:
        """In the order of offering."""
        return f"{self.index:012d}"

    @property
    def available(self) -> int:
        """Stock that is still to be had."""
        return self.quantity - self.reserved - self.taken

    def managed_by(self, member: str) -> bool:
        """Whether that member acts for the resource: its provider, or its steward."""
        return member in (self.provider, self.steward)


class ResourceTerms(Record, frozen=True, kw_only=True):
    """One version of a resource's terms. ``statement`` (base64 id) is where title and description stand open."""

    kind: ClassVar[str] = "resource_terms"
    resource: str
    version: int
    terms: Terms
    calendar: Calendar | None
    statement: str

    @property
    def parent(self) -> str:
        """The resource."""
        return self.resource

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.version:06d}"


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resource.offer/1``: ``availability`` has a ``kind`` of ``stock`` or ``calendar``."""

    availability: Availability
    terms: Terms
    paper: Commit | None = None


class Update(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resource.update/1``: new terms, for later bookings only. ``calendar`` is given for calendars alone."""

    resource: str
    terms: Terms
    calendar: Calendar | None = None
    paper: Commit | None = None


class Restock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resource.restock/1``: more of it (or less: spoilt, sold out), never less than is reserved."""

    resource: str
    change: int
    paper: Commit | None = None


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resource.close/1``: no more bookings; those that stand are kept."""

    resource: str
    paper: Commit | None = None


class Reopen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resource.reopen/1``: to be booked again."""

    resource: str
    paper: Commit | None = None


def terms_of(state: State, resource: str, version: int) -> ResourceTerms:
    """That version of the terms."""
    return state.need(ResourceTerms, f"{resource}/{version}")


def close_all(moment: Moment, provider: str) -> list[Resource]:
    """Close everything that a member offers, and say what that is (the member leaves)."""
    resources = moment.state.children(Resource, provider)
    for resource in resources:
        if resource.open:
            moment.state.put(msgspec.structs.replace(resource, open=False))
    return resources


def reserve(moment: Moment, resource: Resource, quantity: int) -> None:
    """Set stock aside; refusal ``resource.insufficient``."""
    if quantity > resource.available:
        raise Refusal("resource.insufficient", available=resource.available, needed=quantity)
    moment.state.put(msgspec.structs.replace(resource, reserved=resource.reserved + quantity))


def unreserve(moment: Moment, resource_id: str, quantity: int, *, taken: bool) -> None:
    """Reserved stock was ``taken``, or is to be had again."""
    resource = moment.state.need(Resource, resource_id)
    changed = msgspec.structs.replace(
        resource, reserved=resource.reserved - quantity, taken=resource.taken + (quantity if taken else 0)
    )
    moment.state.put(changed)


def _offer(ctx: Context, body: Offer) -> None:
    _check(ctx, body.terms, body.availability)
    stock = body.availability if isinstance(body.availability, Stock) else None
    resource = Resource(
        id=ctx.new_id("res"),
        index=ctx.index,
        type="calendar" if stock is None else "stock",
        provider=ctx.actor,
        steward=body.terms.steward or ctx.actor,
        version=1,
        unit="" if stock is None else stock.unit,
        quantity=0 if stock is None else stock.quantity,
    )
    ctx.state.put(resource)
    _put_terms(ctx, resource, body.terms, body.availability if isinstance(body.availability, Calendar) else None)


def _update(ctx: Context, body: Update) -> None:
    resource = _managed(ctx, body.resource)
    if (body.calendar is None) != (resource.type == "stock"):
        raise Refusal("resource.terms", path="calendar")
    _check(ctx, body.terms, body.calendar or Stock(quantity=0, unit=resource.unit))
    resource = msgspec.structs.replace(
        resource, version=resource.version + 1, steward=body.terms.steward or resource.provider
    )
    ctx.state.put(resource)
    _put_terms(ctx, resource, body.terms, body.calendar)


def _restock(ctx: Context, body: Restock) -> None:
    resource = _managed(ctx, body.resource)
    if resource.type != "stock" or body.change == 0 or not -MAX_STOCK <= body.change <= MAX_STOCK:
        raise Refusal("resource.change", id=resource.id, change=body.change)
    if resource.available + body.change < 0:
        raise Refusal("resource.insufficient", available=resource.available, needed=-body.change)
    ctx.state.put(msgspec.structs.replace(resource, quantity=resource.quantity + body.change))


def _close(ctx: Context, body: Close) -> None:
    resource = _managed(ctx, body.resource)
    if not resource.open:
        raise Refusal("resource.closed", id=resource.id)
    ctx.state.put(msgspec.structs.replace(resource, open=False))


def _reopen(ctx: Context, body: Reopen) -> None:
    resource = _managed(ctx, body.resource)
    if resource.open:
        raise Refusal("resource.open", id=resource.id)
    members.need_active(ctx.state, resource.provider)
    ctx.state.put(msgspec.structs.replace(resource, open=True))


def _managed(ctx: Context, id_: str) -> Resource:
    resource = ctx.refer(Resource, id_)
    if not resource.managed_by(ctx.actor):
        raise Refusal("resource.not_managed", id=id_)
    return resource


def _check(ctx: Context, new: Terms, availability: Availability) -> None:
    terms.check(new, availability)
    classes = policies.members(ctx.state).classes
    for position, cls in enumerate(new.classes):
        if cls not in classes:
            raise Refusal("resource.terms", path=f"terms/classes/{position}")
    if new.steward is not None:
        ctx.refer(members.Member, new.steward)
        members.need_active(ctx.state, new.steward)
    if new.cost or new.deposit:
        tokens.need_tokens(policies.current(ctx.state, "commons").commons())


def _put_terms(ctx: Context, resource: Resource, new: Terms, calendar: Calendar | None) -> None:
    ctx.state.put(
        ResourceTerms(
            id=f"{resource.id}/{resource.version}",
            index=ctx.index,
            resource=resource.id,
            version=resource.version,
            terms=new,
            calendar=calendar,
            statement=ctx.id,
        )
    )


BOOK: Final = Book(
    "resources",
    records=(Resource, ResourceTerms),
    handlers=(
        Handler("resource.offer/1", Offer, _offer, assisted=True),
        Handler("resource.update/1", Update, _update, assisted=True),
        Handler("resource.restock/1", Restock, _restock, assisted=True),
        Handler("resource.close/1", Close, _close, assisted=True),
        Handler("resource.reopen/1", Reopen, _reopen, assisted=True),
    ),
)
