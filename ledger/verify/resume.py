"""Going on where an earlier run over the same desk stopped, broken off or complete.

What is kept with a desk says which ledger it is of, how far its tree goes, and what its walk had learnt. It is kept
only while nothing was found, so a finding is always found anew. A later run believes this private work of its own, and
only of these very entries: the tree that it ends with has to have the root that the operator has signed.
"""

from __future__ import annotations

import msgspec

from ledger import merkle
from ledger.errors import LedgerError
from ledger.tiles import TileReader
from ledger.verify.entries import Clocks
from ledger.verify.tree import Copy, Edge


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept: the log's origin, the hash of its entry 0 in hex, the tree's edge, the walk's clocks."""

    origin: str
    genesis: str | None
    edge: Edge
    clocks: Clocks


def encode(kept: Kept) -> bytes:
    """For the desk."""
    return msgspec.json.encode(kept)


def decode(data: bytes) -> Kept | None:
    """What the desk had; None where it is not of this version's form."""
    try:
        return msgspec.json.decode(data, type=Kept)
    except msgspec.DecodeError:
        return None


def root_shown(copy: Copy, size: int, of: int) -> bytes | None:
    """The root of the first ``size`` entries, by the hash tiles of a copy of ``of`` entries; None: it shows none."""
    if size == 0:
        return merkle.EMPTY_ROOT
    try:
        return merkle.range_root(TileReader(lambda tile: copy.read(tile.path), of).node, 0, size)
    except LedgerError:
        return None
