"""The commons policy: which contributions count, what they earn, who attests them, how bookings pay.

A policy is data, adopted by decision and versioned (``policies.py``). A contribution is judged by the
version that was in force when it was reported, a booking by the version when it was requested: a new
version changes nothing that has begun.

No yen: tokens are thanks, not money. A document in which any key, code or unit means money is
refused as ``commons.money``, whatever else it says.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

import msgspec

from ledger.books.misfits import path_of, reason_of
from ledger.errors import FormatError, Refusal
from ledger.private import Commit

UNITS: Final = {
    "hour": 60,  # minutes
    "kg": 1000,  # grams
    "litre": 1000,  # millilitres
    "km": 1000,  # metres
    "day": 1,
    "session": 1,
    "item": 1,
    "bag": 1,
    "box": 1,
    "meal": 1,
    "person": 1,
}
"""Every unit that things are counted in, with the number of its smallest parts. Quantities in statements
are integers of the smallest part: an hour and a half is 90.
"""

ANY_MEMBER: Final = "member"
MAX_RATE: Final = 1_000_000
MAX_TOKENS: Final = 1_000_000_000_000
_MAX_DAYS: Final = 3660

Days = Annotated[int, msgspec.Meta(ge=1, le=_MAX_DAYS)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
Payout = Literal["provider", "burn"]
Cap = Annotated[int, msgspec.Meta(ge=1, le=MAX_TOKENS)]
"""A limit that is set is at least 1; one that is not set does not limit. There is no limit of zero."""


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of contribution: ``tokens`` for every ``per`` units (an exact fraction; 0 counts without minting).

    ``name`` is the co-op's own word for it, a private value like all prose; without one, pages know it by the code.
    """

    code: Code
    unit: str
    tokens: Annotated[int, msgspec.Meta(ge=0, le=MAX_RATE)]
    per: Annotated[int, msgspec.Meta(ge=1, le=MAX_RATE)] = 1
    name: Commit | None = None

    def earned(self, quantity: int) -> int:
        """Tokens for ``quantity`` smallest parts, rounded down: nobody is owed a fraction of a token."""
        return quantity * self.tokens // (self.per * UNITS[self.unit])


class Attestation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many others must attest, and who they may be: holders of these roles, or ``member`` for anyone."""

    count: Annotated[int, msgspec.Meta(ge=1, le=10)]
    by: Annotated[
        tuple[Literal["member", "administrator", "auditor", "facilitator", "concierge", "steward"], ...],
        msgspec.Meta(min_length=1),
    ]


class MintCap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most ``amount`` tokens minted to one person for contributions done in one period."""

    amount: Cap
    period: Literal["month", "fiscal_year"]


class BookingTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for bookings where the resource says nothing else, and how long each side has (days)."""

    payout: Payout
    confirm_days: Days = 7
    pickup_days: Days = 7
    settle_days: Days = 7


class CommonsPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the policy.

    ``claim_days``: how old a contribution may be when it is reported, and how long a report waits for
    its attestation. ``objection_seconds``: how long after attestation a member may object.
    ``transfer_cap``: most tokens in one gift.
    """

    mode: Literal["tokens", "counts"]
    kinds: Annotated[tuple[Kind, ...], msgspec.Meta(min_length=1, max_length=200)]
    attestation: Attestation
    claim_days: Days
    objection_seconds: Annotated[int, msgspec.Meta(ge=0, le=_MAX_DAYS * 86_400)]
    gifts: Literal["off", "anyone"]
    bookings: BookingTerms
    transfer_cap: Cap | None = None
    mint_cap: MintCap | None = None

    def kind(self, code: str) -> Kind:
        """The kind of that code; refusal ``contribution.kind_unknown``."""
        for kind in self.kinds:
            if kind.code == code:
                return kind
        raise Refusal("contribution.kind_unknown", kind=code)


def parse(document: dict[str, Any]) -> CommonsPolicy:
    """The policy that ``document`` spells. FormatError ``policy.invalid`` or ``commons.money`` with the path."""
    _refuse_money(document, "")
    try:
        policy = msgspec.convert(document, CommonsPolicy, strict=True)
    except msgspec.ValidationError as error:
        detail = str(error)
        raise FormatError("policy.invalid", path=path_of(detail), reason=reason_of(detail), detail=detail) from error
    seen: set[str] = set()
    for position, kind in enumerate(policy.kinds):
        if kind.unit not in UNITS:
            raise FormatError("policy.invalid", path=f"kinds/{position}/unit", reason="unknown_unit")
        if kind.code in seen:
            raise FormatError("policy.invalid", path=f"kinds/{position}/code", reason="twice")
        seen.add(kind.code)
    return policy


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
_UPPER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_MONEY_WORD = re.compile(r"(?:^|[^a-z])(?:yen|jpy|cash|money|usd|eur)(?:$|[^a-z])")
_MONEY_SIGN = re.compile(r"[\u00a5\uffe5$\u20ac]|(?<!一)円$|円[/／・]|日本円|現金|[0-9二三四五六七八九十百千万]円")


def names_money(text: str) -> bool:
    """Whether ``text`` names money: yen, jpy, 円, a currency sign. (円卓会議, a round table, does not, nor 町内一円.)

    Case and width are folded by hand: Unicode tables differ between runtimes, and an auditor must agree.
    """
    plain = text.translate(_WIDE).translate(_UPPER)
    return bool(_MONEY_WORD.search(plain) or _MONEY_SIGN.search(plain))


def _refuse_money(value: Any, path: str) -> None:
    if isinstance(value, str) and names_money(value):
        raise FormatError("commons.money", path=path)
    if isinstance(value, dict) and value.keys() == {"commit"}:
        return  # a hash says nothing, even where chance has spelled a word in it
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        place = f"{path}/{key}" if path else str(key)
        if isinstance(key, str) and names_money(key):
            raise FormatError("commons.money", path=place)
        _refuse_money(item, place)
