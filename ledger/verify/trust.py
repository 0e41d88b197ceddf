"""What the auditor has to know of the house, and what it brings along instead of believing the copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ledger.fold import Books
from ledger.signed_note import VerifierKey
from ledger.state import State
from ledger.verify.anchored import Anchors, Claim
from ledger.verify.cosigned import Witnesses
from ledger.verify.entries import Examined
from ledger.verify.names import Before
from ledger.verify.others import Other
from ledger.verify.report import KeySpan


class Recount(NamedTuple):
    """A confidential vote counted again. ``equal`` None: not every ballot was open to this auditor.

    ``entry``: index of the count's announcement. ``unopened``: ballots that were to be opened at the close, and were
    not, without their voters' data having been erased.
    """

    entry: int
    proposal: str
    equal: bool | None
    unopened: int = 0


class House(NamedTuple):
    """What the auditor has to know of the books besides folding them."""

    books: Books
    log_keys: Callable[[State], tuple[str, ...]]
    """vkeys that may sign the checkpoint, by the state as it stands, newest first; none before the genesis."""
    earlier_keys: Callable[[State], tuple[str, ...]]
    """vkeys that once might: each of them has named its successor in an entry."""
    key_history: Callable[[State], tuple[KeySpan, ...]]
    """Every key that the log has had, newest first."""
    anchors: Callable[[State], Iterable[Claim]]
    """Which checkpoints the ledger says are anchored."""
    is_erased: Callable[[State, str], bool]
    """Whether the ledger says that this subject's private values were destroyed."""
    recount: Callable[[State, Callable[[int, str], Any]], Iterable[Recount]]
    """Counts again what was cast as commitments, given a reader of opened values by (index, path)."""
    discovery: Callable[[State], dict[str, Any]]
    """The discovery document of an exported copy."""
    predecessors: Callable[[State], tuple[Before, ...]]
    """The logs of other names that this one goes on from."""
    replaced_keys: Callable[[State], tuple[str, ...]]
    """vkeys in whose place the members, or the officers of a succession, have put another: they have named none."""


class Trust(NamedTuple):
    """What the auditor brings along instead of believing the copy. Times in milliseconds since 1970."""

    now: int
    vkey: VerifierKey | None = None
    genesis: str | None = None
    max_age: int | None = None
    last_seen: Callable[[str], bytes | None] = lambda _origin: None
    """The signed checkpoint of that origin which this auditor verified last."""
    witnesses: Witnesses | None = None
    anchors: Anchors | None = None
    """None: nothing of anchors can be read here."""
    others: tuple[Other, ...] = ()
    """Other copies of the checkpoint, of this ledger or not."""
    read_again: bool = True
    """Whether what an earlier run has checked of this copy is read and hashed again: then the copy may have changed."""


Spread = Callable[[Callable[[list[bytes]], list[Examined]], Iterable[list[bytes]]], Iterator[list[Examined]]]
"""Like ``map``; an app may hand in one that uses every core."""
