"""What the six questions of a founding are answered with, as it is kept while people think it over.

A draft is never refused for being incomplete: each answer is checked when it is given (``questions.py``), and the
whole when it is sealed.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from ledger.books.members import MemberType
from ledger.statement import Signature

Openness = Literal["closed", "members", "public"]
VISIBILITY: Final[dict[str, tuple[str, str]]] = {
    "closed": ("members", "auditors"),
    "members": ("members", "members"),
    "public": ("public", "public"),
}
"""The three plain choices, each as (hash tiles, entries)."""


class KindRow(msgspec.Struct):
    """One kind of contribution as the founders wrote it: ``tokens`` for each ``unit``."""

    name: str
    unit: str
    tokens: int


class Answers(msgspec.Struct):
    """The answers, with what most co-ops will want as the starting point.

    ``rules`` and ``policies`` are what founders wrote as JSON, where it could be read; ``…_typed`` is what they typed.
    """

    name: str = ""
    slug: str = ""
    about: str = ""
    member_word: str = ""
    token_word: str = ""
    fiscal_month: int = 4
    kinds: list[KindRow] = []
    applications: Literal["open", "invited"] = "invited"
    admission: Literal["administrator", "two_officials", "decision"] = "administrator"
    supporters: bool = False
    preset: str = "simple_majority"
    secrecy: Literal["open", "confidential"] = "confidential"
    voting_days: int = 7
    visibility: Openness = "members"
    utc_offset: int = 540
    rules: dict[str, dict[str, Any]] | None = None
    policies: dict[str, dict[str, Any]] | None = None
    rules_typed: str = ""
    policies_typed: str = ""


class Person(msgspec.Struct):
    """A founder: who they are, and the key that they have made (empty until then)."""

    name: str = ""
    kana: str = ""
    type: MemberType = "person"
    alg: str = ""
    public: str = ""
    credential: str = ""

    @property
    def ready(self) -> bool:
        """Whether the founder has a key, and so can sign."""
        return bool(self.public)


class Sealed(msgspec.Struct):
    """The fixed bytes of the genesis, what opens its private values, and the signatures so far, in order."""

    statement: str
    openings: list[dict[str, Any]]
    signatures: list[Signature | None]


class Founding(msgspec.Struct):
    """One stored draft. ``done``: questions answered so far. The first founder is always there."""

    answers: Answers = msgspec.field(default_factory=Answers)
    founders: list[Person] = msgspec.field(default_factory=lambda: [Person()])
    done: list[int] = []
    sealed: Sealed | None = None
