"""A batch: one Merkle root over the checkpoints of many ledgers, so that all of them pay for one transaction.

    leaf  = SHA-256(signed checkpoint)                     what is anchored for one ledger
    root  = RFC 9162 root over those leaves, in the byte order of the ledgers' origins
    path  = RFC 9162 inclusion path of one of them

The tree is that of ``ledger.merkle``, so whoever checks ledgers can check a path, offline, with what they have. A leaf
hash tells nothing about its ledger to those who don't hold its checkpoint: the operator's signature in it can't be
guessed. The number of leaves does tell how many ledgers were anchored together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from contracts.errors import BatchFault
from ledger import checkpoint, merkle


class Batch(NamedTuple):
    """Signed checkpoints of different ledgers, in the byte order of their origins."""

    origins: tuple[str, ...]
    notes: tuple[bytes, ...]
    levels: tuple[tuple[bytes, ...], ...]
    """Hashes of full subtrees, level 0 being leaf hashes."""

    @property
    def root(self) -> bytes:
        """What is sent to the chain."""
        return merkle.range_root(self._node, 0, len(self.notes))

    def path(self, origin: str) -> tuple[int, list[bytes]]:
        """The index of that ledger's leaf, and its path to the root; BatchFault where it is not in the batch."""
        if origin not in self.origins:
            raise BatchFault(origin=origin)
        index = self.origins.index(origin)
        return index, merkle.prove_inclusion(self._node, index, len(self.notes))

    def _node(self, level: int, index: int) -> bytes:
        return self.levels[level][index]


def make(notes: Iterable[bytes]) -> Batch:
    """The batch of these signed checkpoints, in whatever order they come; FormatError where one is none.

    BatchFault when there are none, or two of one ledger.
    """
    by_origin: dict[str, bytes] = {}
    for note in notes:
        origin = checkpoint.parse(note)[0].origin
        if origin in by_origin:
            raise BatchFault(origin=origin)
        by_origin[origin] = note
    if not by_origin:
        raise BatchFault(origin=None)
    origins = sorted(by_origin, key=str.encode)
    ordered = tuple(by_origin[origin] for origin in origins)
    return Batch(tuple(origins), ordered, _levels([leaf(note) for note in ordered]))


def leaf(note: bytes) -> bytes:
    """The leaf hash of a signed checkpoint: RFC 9162's, over the 32 bytes of the note's SHA-256."""
    return merkle.leaf_hash(digest(note))


def digest(note: bytes) -> bytes:
    """SHA-256 of a signed checkpoint."""
    return hashlib.sha256(note).digest()


def _levels(hashes: list[bytes]) -> tuple[tuple[bytes, ...], ...]:
    levels = [tuple(hashes)]
    while len(hashes) > 1:
        hashes = [merkle.node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
        levels.append(tuple(hashes))
    return tuple(levels)
