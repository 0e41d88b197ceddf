"""The articles of association (定款) in force: the text of the decision that adopted them, version by version.

The text itself is the proposal's private value, kept under the proposal's own key.
"""

from __future__ import annotations

from typing import ClassVar, Final

from ledger.fold import Book, Moment
from ledger.state import Record, State

_HEAD: Final = "head"


class Articles(Record, frozen=True, kw_only=True):
    """One version (the id is its number): adopted by ``proposal`` at ``adopted`` (ms)."""

    kind: ClassVar[str] = "articles"
    version: int
    proposal: str
    adopted: int

    @property
    def sort(self) -> str:
        """In order."""
        return f"{self.version:06d}"


class ArticlesHead(Record, frozen=True, kw_only=True):
    """Which version is in force."""

    kind: ClassVar[str] = "articles_head"
    version: int


def current(state: State) -> Articles | None:
    """The version in force; None where the co-op has recorded none."""
    head = state.find(ArticlesHead, _HEAD)
    return None if head is None else state.find(Articles, str(head.version))


def adopt(moment: Moment, proposal: str) -> None:
    """That proposal's text is in force from this moment on."""
    before = current(moment.state)
    version = 1 if before is None else before.version + 1
    moment.state.put(
        Articles(id=str(version), index=moment.index, version=version, proposal=proposal, adopted=moment.time)
    )
    moment.state.put(ArticlesHead(id=_HEAD, index=moment.index, version=version))


BOOK = Book("articles", records=(Articles, ArticlesHead))
