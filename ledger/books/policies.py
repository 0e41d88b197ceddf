"""Policies: what a co-op has decided about an area, as versioned documents. Only a decision adopts one.

Nothing is overwritten: each version is a record of its own, so what was done under an older version
can be recounted under it for ever.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Final

import msgspec

from ledger.books import commons_policy, members_policy
from ledger.books.commons_policy import CommonsPolicy
from ledger.books.members_policy import MembersPolicy
from ledger.errors import Refusal
from ledger.fold import Book, Moment
from ledger.state import ReadOnce, Record, State

AREAS: Final = {"commons": commons_policy.parse, "members": members_policy.parse}
"""Area → strict parser of its document."""


class Policy(Record, frozen=True, kw_only=True):
    """One version of an area's document. ``proposal``: the decision that adopted it; None at founding."""

    kind: ClassVar[str] = "policy"
    area: str
    version: int
    document: dict[str, Any]
    adopted: int
    proposal: str | None

    @property
    def parent(self) -> str:
        """Versions stand under their area."""
        return self.area

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.version:06d}"

    def members(self) -> MembersPolicy:
        """The document of the area ``members``."""
        return _read_members(self.document)

    def commons(self) -> CommonsPolicy:
        """The document of the area ``commons``."""
        return _read_commons(self.document)


_read_members: Final[ReadOnce[MembersPolicy]] = ReadOnce(partial(msgspec.convert, type=MembersPolicy))
_read_commons: Final[ReadOnce[CommonsPolicy]] = ReadOnce(partial(msgspec.convert, type=CommonsPolicy))


class PolicyHead(Record, frozen=True, kw_only=True):
    """Which version of an area is in force."""

    kind: ClassVar[str] = "policy_head"
    version: int


def current(state: State, area: str) -> Policy:
    """The version in force."""
    return version(state, area, state.need(PolicyHead, area).version)


def members(state: State) -> MembersPolicy:
    """The members' policy in force."""
    return current(state, "members").members()


def version(state: State, area: str, number: int) -> Policy:
    """One version, in force or past."""
    return state.need(Policy, f"{area}/{number}")


def check(area: str, document: dict[str, Any]) -> None:
    """Refuse an unknown area or a document that is not possible, with the path to the fault."""
    parser = AREAS.get(area)
    if parser is None:
        raise Refusal("policy.area_unknown", area=area)
    parser(document)


def adopt(moment: Moment, area: str, document: dict[str, Any], proposal: str | None = None) -> Policy:
    """Put a document in force from this moment on, as the area's next version."""
    check(area, document)
    head = moment.state.find(PolicyHead, area)
    number = 1 if head is None else head.version + 1
    policy = Policy(
        id=f"{area}/{number}",
        index=moment.index,
        area=area,
        version=number,
        document=document,
        adopted=moment.time,
        proposal=proposal,
    )
    moment.state.put(policy)
    moment.state.put(PolicyHead(id=area, index=moment.index, version=number))
    return policy


BOOK = Book("policies", records=(Policy, PolicyHead))
