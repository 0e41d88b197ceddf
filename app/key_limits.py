"""What a member can limit a key to, in groups that people understand, and what a limited key may do, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.texts import Catalogue
from app.texts.sentences import catalogue

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "vote": ("ballot.cast/1", "ballot.object/1"),
    "work": ("contribution.report/1", "contribution.withdraw/1", "contribution.attest/1", "contribution.object/1"),
    "book": ("booking.request/1", "booking.cancel/1", "booking.settle/1"),
    "give": ("token.gift/1", "token.reverse/1"),
    "propose": ("proposal.draft/1", "proposal.amend/1", "proposal.open/1", "proposal.withdraw/1"),
    "offer": (
        "resource.offer/1",
        "resource.update/1",
        "resource.restock/1",
        "resource.close/1",
        "resource.reopen/1",
        "booking.confirm/1",
        "booking.refuse/1",
        "booking.hand_over/1",
    ),
}
"""What members do, without keys and offices: what gives others power stays with keys that are not limited."""


def within(may: Iterable[str]) -> list[str]:
    """The groups to which a key can be limited (further): limits only narrow. ``may`` empty: not limited yet."""
    allowed = set(may)
    return [name for name, types in GROUPS.items() if not allowed or allowed.issuperset(types)]


def told(texts: Catalogue, lang: str, may: Iterable[str]) -> list[str]:
    """What a limited key may do: whole groups by name, and what is left over by the words for its type."""
    allowed = set(may)
    groups = within(allowed) if allowed else []
    rest = sorted(allowed.difference(*(GROUPS[name] for name in groups)))
    words = catalogue(lang)
    return [texts.t(lang, f"keys.may.{name}") for name in groups] + [words.get(f"word.may.{t}", t) for t in rest]
