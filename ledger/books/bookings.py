"""Bookings: from the request to the hand-over, with tokens and availability set aside in the same entry.

requested -> confirmed -> handed over -> settled; or refused, cancelled, expired, no-show. Cost and deposit
are held with the request; a resource that needs no confirmation confirms at once.

Decisions that are made here:
- A request is refused when the terms have changed since the author's device last looked: nobody signs a
  price unseen. Terms and policy of the request hold to the booking's end.
- The provider or the steward hands over, alone; the member's word is the settlement. Without it a
  hand-over settles by itself after the policy's ``settle_days``. The member may settle without a recorded
  hand-over: stock once confirmed, a slot once it has begun.
- Cancelling is free for the provider's side always, for the member until confirmation and until the
  terms' hour; after that the terms' share of the cost is forfeited, and from the start on it is too late.
- Who has not come a day after the end (stock: after the last moment of pick-up) is a no-show: the same
  share of the cost is forfeited, and the whole deposit. In every other case the deposit is returned.
- What is captured or forfeited goes to the provider, or is burned, as terms and policy say; where the
  provider has left it is burned.
- Nobody books the own resource where the provider is paid: it would be a movement to oneself.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

import msgspec

from ledger import canonical
from ledger.books import coop, members, policies, resources, slots, terms, tokens
from ledger.books.commons_policy import BookingTerms, Payout
from ledger.books.resources import Resource, ResourceTerms
from ledger.errors import Refusal
from ledger.fold import Book, Context, Handler, Moment
from ledger.private import Commit
from ledger.state import Due, Record, State

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
MAX_AHEAD: Final = 400 * DAY
NO_SHOW_GRACE: Final = DAY
"""How long after the end a hand-over may still be recorded."""
EXPIRE: Final = "booking.expire"
NO_SHOW: Final = "booking.no_show"
SETTLE: Final = "booking.settle"

BookingState = Literal["requested", "confirmed", "handed_over", "settled", "refused", "cancelled", "expired", "no_show"]


class Booking(Record, frozen=True, kw_only=True):
    """One member's booking. ``cost`` and ``deposit`` in tokens, times in ms.

    Calendar: ``quantity`` places for ``slots`` slots from ``starts`` to ``ends`` (``until``: with buffer).
    Stock: ``quantity`` units, ``starts`` and ``ends`` are the last moment of pick-up once confirmed, else 0.
    ``changed_at``: when it came into its state. ``forfeited``: what a cancellation or no-show cost.
    """

    kind: ClassVar[str] = "booking"
    member: str
    resource: str
    terms: int
    policy: int
    quantity: int
    slots: int
    starts: int
    ends: int
    until: int
    cost: int
    deposit: int
    payout: Payout
    requested_at: int
    changed_at: int
    state: BookingState = "requested"
    forfeited: int = 0

    @property
    def parent(self) -> str:
        """The member who booked."""
        return self.member

    @property
    def sort(self) -> str:
        """In the order of requests."""
        return f"{self.index:012d}"


class OpenBooking(Record, frozen=True, kw_only=True):
    """Under a resource, each booking of it that is not over; the id is ``resource/booking``."""

    kind: ClassVar[str] = "open_booking"
    resource: str
    booking: str

    @property
    def parent(self) -> str:
        """The resource."""
        return self.resource

    @property
    def sort(self) -> str:
        """In the order of requests."""
        return f"{self.index:012d}"


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``booking.request/1``: ``starts`` and ``ends`` (UTC text) for a calendar, neither for stock."""

    resource: str
    quantity: int = 1
    starts: str | None = None
    ends: str | None = None
    note: Commit | None = None
    paper: Commit | None = None


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of every later statement about a booking, confirm, refuse, cancel, hand over and settle."""

    booking: str
    note: Commit | None = None
    paper: Commit | None = None


def release_all(moment: Moment, member: str) -> None:
    """When a member leaves: open bookings of theirs, and of what they offer, end without cost to anyone.
    What was handed over settles at once; what they offer is closed.
    """
    for booking in moment.state.children(Booking, member):
        if booking.state in ("requested", "confirmed", "handed_over"):
            _dissolve(moment, booking)
    for resource in resources.close_all(moment, member):
        for open_ in moment.state.children(OpenBooking, resource.id):
            _dissolve(moment, moment.state.need(Booking, open_.booking))


def _request(ctx: Context, body: Request) -> None:
    resource = ctx.refer(Resource, body.resource)
    version = ctx.refer(ResourceTerms, f"{resource.id}/{resource.version}")
    booking = _draft(ctx, body, resource, version)
    _check_may_book(ctx, resource, version.terms, booking)
    if version.calendar is None:
        resources.reserve(ctx, resource, booking.quantity)
    else:
        taken = slots.Taken(booking.id, booking.starts, booking.until, booking.quantity)
        slots.take(ctx, resource.id, coop.get(ctx.state).utc_offset, version.calendar.capacity, taken)
    if booking.cost + booking.deposit:
        tokens.hold(ctx, booking.member, booking.cost + booking.deposit, cause=booking.id)
    ctx.state.put(OpenBooking(id=_open_id(booking), index=ctx.index, resource=resource.id, booking=booking.id))
    if version.terms.needs_confirmation:
        ctx.state.put(booking)
        expires = ctx.time + _policy(ctx.state, booking).confirm_days * DAY
        ctx.schedule(min(expires, booking.starts) if version.calendar else expires, EXPIRE, booking.id)
    else:
        _put_confirmed(ctx, booking)


def _draft(ctx: Context, body: Request, resource: Resource, version: ResourceTerms) -> Booking:
    """The booking that is asked for, its time and price worked out; refusals where these are impossible."""
    calendar, policy = version.calendar, policies.current(ctx.state, "commons")
    starts, ends, number = _times(ctx, body, version)
    limit = terms.MAX_STOCK if calendar is None else calendar.capacity
    if not 1 <= body.quantity <= limit:
        raise Refusal("booking.quantity", quantity=body.quantity, limit=limit)
    return Booking(
        id=ctx.new_id("bkg"),
        index=ctx.index,
        member=ctx.actor,
        resource=resource.id,
        terms=resource.version,
        policy=policy.version,
        quantity=body.quantity,
        slots=number,
        starts=starts,
        ends=ends,
        until=ends if calendar is None else ends + calendar.buffer * slots.MINUTE,
        cost=terms.price(version.terms, body.quantity * (1 if calendar is None else number)),
        deposit=version.terms.deposit,
        payout=version.terms.payout or policy.commons().bookings.payout,
        requested_at=ctx.time,
        changed_at=ctx.time,
    )


def _times(ctx: Context, body: Request, version: ResourceTerms) -> tuple[int, int, int]:
    """(start, end, number of slots); all zero for stock."""
    if version.calendar is None:
        if body.starts is not None or body.ends is not None:
            raise Refusal("booking.times", starts=body.starts, ends=body.ends)
        return 0, 0, 0
    if body.starts is None or body.ends is None:
        raise Refusal("booking.times", starts=body.starts, ends=body.ends)
    starts, ends = canonical.parse_time(body.starts), canonical.parse_time(body.ends)
    if starts < ctx.time:
        raise Refusal("booking.past", starts=body.starts)
    if starts > ctx.time + MAX_AHEAD:
        raise Refusal("booking.too_far", starts=body.starts, days=MAX_AHEAD // DAY)
    return starts, ends, slots.count(version.calendar, coop.get(ctx.state).utc_offset, starts, ends)


def _check_may_book(ctx: Context, resource: Resource, asked: terms.Terms, booking: Booking) -> None:
    if not resource.open:
        raise Refusal("resource.closed", id=resource.id)
    member = members.need_active(ctx.state, booking.member)
    if asked.classes and member.cls not in asked.classes:
        raise Refusal("booking.class", cls=member.cls)
    if booking.cost + booking.deposit:
        tokens.need_tokens(policies.current(ctx.state, "commons").commons())
        if booking.payout == "provider" and booking.member == resource.provider:
            raise Refusal("booking.own_resource", id=resource.id)


def _confirm(ctx: Context, body: Act) -> None:
    booking = _managed(ctx, body, "requested")
    ctx.state.unschedule(EXPIRE, booking.id)
    _put_confirmed(ctx, booking)


def _put_confirmed(moment: Moment, booking: Booking) -> None:
    if not booking.slots:
        last = moment.time + _policy(moment.state, booking).pickup_days * DAY
        booking = msgspec.structs.replace(booking, starts=last, ends=last, until=last)
    moment.state.put(msgspec.structs.replace(booking, state="confirmed", changed_at=moment.time))
    moment.schedule(booking.ends + NO_SHOW_GRACE, NO_SHOW, booking.id)


def _refuse(ctx: Context, body: Act) -> None:
    _end(ctx, _managed(ctx, body, "requested"), "refused")


def _cancel(ctx: Context, body: Act) -> None:
    booking = ctx.refer(Booking, body.booking)
    own = ctx.actor == booking.member
    if not own and not ctx.state.need(Resource, booking.resource).managed_by(ctx.actor):
        raise Refusal("booking.not_involved", id=booking.id)
    _need(booking, "requested", "confirmed")
    # A steward who cancels an own booking does so as its member, on the member's terms.
    price = price_of_cancelling(booking, _terms(ctx.state, booking).cancellation, ctx.time) if own else 0
    _end(ctx, booking, "cancelled", price)


def price_of_cancelling(booking: Booking, cancellation: terms.Cancellation, at: int) -> int:
    """What cancelling at that moment (ms) costs the member; refusal ``booking.too_late`` from the start on."""
    if booking.state != "confirmed":
        return 0
    if at >= booking.starts:
        raise Refusal("booking.too_late", starts=canonical.format_time(booking.starts))
    late = at > booking.starts - cancellation.free_hours * HOUR
    return cancellation.forfeit(booking.cost) if late else 0


def _hand_over(ctx: Context, body: Act) -> None:
    booking = _managed(ctx, body, "confirmed")
    settles = ctx.time
    if booking.slots:
        if ctx.time < slots.midnight_before(coop.get(ctx.state).utc_offset, booking.starts):
            raise Refusal("booking.too_early", starts=canonical.format_time(booking.starts))
        settles = max(ctx.time, booking.ends)
    else:
        resources.unreserve(ctx, booking.resource, booking.quantity, taken=True)
    ctx.state.unschedule(NO_SHOW, booking.id)
    ctx.state.put(msgspec.structs.replace(booking, state="handed_over", changed_at=ctx.time))
    ctx.schedule(settles + _policy(ctx.state, booking).settle_days * DAY, SETTLE, booking.id)


def _settle(ctx: Context, body: Act) -> None:
    booking = ctx.refer(Booking, body.booking)
    if ctx.actor != booking.member:
        raise Refusal("booking.not_own", id=booking.id)
    _need(booking, "confirmed", "handed_over")
    if booking.state == "confirmed" and booking.slots and ctx.time < booking.starts:
        raise Refusal("booking.too_early", starts=canonical.format_time(booking.starts))
    _end(ctx, booking, "settled", booking.cost)


def _settles(moment: Moment, due: Due) -> None:
    booking = moment.state.need(Booking, due.subject)
    _end(moment, booking, "settled", booking.cost)


def _expires(moment: Moment, due: Due) -> None:
    _end(moment, moment.state.need(Booking, due.subject), "expired")


def _no_show(moment: Moment, due: Due) -> None:
    booking = moment.state.need(Booking, due.subject)
    cancellation = _terms(moment.state, booking).cancellation
    _end(moment, booking, "no_show", cancellation.forfeit(booking.cost) + booking.deposit)


def _dissolve(moment: Moment, booking: Booking) -> None:
    if booking.state == "handed_over":
        _end(moment, booking, "settled", booking.cost)
    else:
        _end(moment, booking, "cancelled")


def _end(moment: Moment, booking: Booking, state: BookingState, paid: int = 0) -> None:
    """The booking is over: ``paid`` of what is held goes to whom it is due, the rest is available again."""
    if booking.state != "handed_over":
        _give_back(moment, booking, used=state == "settled")
    held = tokens.held(moment.state, booking.id)
    if paid:
        tokens.capture(moment, booking.id, paid, _payee(moment.state, booking))
    if held > paid:
        tokens.release(moment, booking.id, held - paid)
    for action in (EXPIRE, NO_SHOW, SETTLE):
        moment.state.unschedule(action, booking.id)
    moment.state.drop(OpenBooking, _open_id(booking))
    forfeited = 0 if state == "settled" else paid
    moment.state.put(msgspec.structs.replace(booking, state=state, changed_at=moment.time, forfeited=forfeited))


def _give_back(moment: Moment, booking: Booking, *, used: bool) -> None:
    """Make what was reserved available again, unless the member has it."""
    if not booking.slots:
        resources.unreserve(moment, booking.resource, booking.quantity, taken=used)
    elif not used:
        offset = coop.get(moment.state).utc_offset
        slots.free(moment.state, booking.resource, offset, booking.starts, booking.until, booking.id)


def _payee(state: State, booking: Booking) -> str:
    provider = state.need(Resource, booking.resource).provider
    paid = booking.payout == "provider" and tokens.can_receive(state, provider)
    return provider if paid else tokens.COMMONS


def _managed(ctx: Context, body: Act, wanted: BookingState) -> Booking:
    """The booking, in that state, of a resource for which the actor acts."""
    booking = ctx.refer(Booking, body.booking)
    if not ctx.state.need(Resource, booking.resource).managed_by(ctx.actor):
        raise Refusal("resource.not_managed", id=booking.resource)
    _need(booking, wanted)
    return booking


def _need(booking: Booking, *states: BookingState) -> None:
    if booking.state not in states:
        raise Refusal("booking.state", id=booking.id, state=booking.state)


def _terms(state: State, booking: Booking) -> terms.Terms:
    return resources.terms_of(state, booking.resource, booking.terms).terms


def _policy(state: State, booking: Booking) -> BookingTerms:
    return policies.version(state, "commons", booking.policy).commons().bookings


def _open_id(booking: Booking) -> str:
    return f"{booking.resource}/{booking.id}"


BOOK: Final = Book(
    "bookings",
    records=(Booking, OpenBooking, slots.Day),
    handlers=(
        Handler("booking.request/1", Request, _request, assisted=True),
        Handler("booking.confirm/1", Act, _confirm, assisted=True),
        Handler("booking.refuse/1", Act, _refuse, assisted=True),
        Handler("booking.cancel/1", Act, _cancel, assisted=True),
        Handler("booking.hand_over/1", Act, _hand_over, assisted=True),
        Handler("booking.settle/1", Act, _settle, assisted=True),
    ),
    dues={EXPIRE: _expires, NO_SHOW: _no_show, SETTLE: _settles},
)
