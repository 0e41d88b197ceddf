"""The right edge of a growing tree: of each tile level the one tile that is not yet full, with all its inner nodes.

That is all that appending, the root, and proofs for the newest entries need. Tiles that fill up are handed out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import asyncpg

from app.storage.hashes import stored_hashes
from ledger import merkle
from ledger.errors import ProofError
from ledger.tiles import HEIGHT, WIDTH

_SHARED: Final = 5
"""Levels from which on the paths of neighbouring entries are kept."""


@dataclass(frozen=True, slots=True)
class FullTile:
    """A hash tile that has just filled up: its bytes, and the one hash that it adds to the level above."""

    level: int
    index: int
    data: bytes
    root: bytes


class _Pyramid:
    """One hash tile with the nodes above its hashes: ``rows[k]`` are the roots over 2^k of them."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.rows: list[list[bytes]] = [[] for _ in range(HEIGHT + 1)]

    def append(self, value: bytes) -> None:
        for row in self.rows:
            row.append(value)
            if len(row) & 1:
                return
            value = merkle.node_hash(row[-2], row[-1])

    @property
    def full(self) -> bool:
        return bool(self.rows[HEIGHT])


class _Prover:
    """Inclusion paths in the tree of ``size`` leaves. Entries of one batch lie side by side and share most of them."""

    def __init__(self, growth: Growth) -> None:
        self.size, self._growth = growth.size, growth
        self._above: dict[int, list[bytes]] = {}
        self._ragged: list[bytes | None] = [None]
        """By level, the root of the leaves at the right edge that make up no full subtree of it."""
        for level in range((self.size - 1).bit_length()):
            rest = self._ragged[level]
            if self.size >> level & 1:
                left = growth.node(level, (self.size >> level) - 1)
                rest = left if rest is None else merkle.node_hash(left, rest)
            self._ragged.append(rest)

    def path(self, index: int) -> list[bytes]:
        """See ``merkle.prove_inclusion``; from the leaf up."""
        if not 0 <= index < self.size:
            raise ProofError("proof.range", index=index, size=self.size)
        group = index >> _SHARED
        above = self._above.get(group)
        if above is None:
            above = self._above[group] = self._climb(group)
        path, position = [], index % WIDTH
        # Below, all siblings lie in the leaf's own tile: whole ones in its rows, a ragged one after the last of these.
        for rest, row in zip(self._ragged, self._growth.rows(index // WIDTH)[:_SHARED], strict=False):
            sibling = position ^ 1
            if sibling < len(row):
                path.append(row[sibling])
            elif sibling == len(row) and rest is not None:
                path.append(rest)
            position >>= 1
        return path + above

    def _climb(self, position: int) -> list[bytes]:
        """The siblings of a position at the level ``_SHARED`` and of those above it."""
        path: list[bytes] = []
        for level in range(_SHARED, len(self._ragged) - 1):
            sibling, full, rest = position ^ 1, self.size >> level, self._ragged[level]
            if sibling < full:
                path.append(self._growth.node(level, sibling))
            elif sibling == full and rest is not None:
                path.append(rest)
            position >>= 1
        return path


class Growth:
    """A tree of ``size`` leaves that can be appended to and proven from. ``node`` is a ``merkle.Reader``."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self._edge: list[_Pyramid] = [_Pyramid(0)]
        self._full: dict[tuple[int, int], _Pyramid] = {}
        self._prover: _Prover | None = None

    @staticmethod
    async def load(connection: asyncpg.Connection, ledger_id: int, size: int) -> Growth:
        """The tree as stored hashes make it; they are read anew, so its root is proof of what is stored."""
        growth = Growth(size)
        growth._edge = []
        level = 0
        while level == 0 or size >> (HEIGHT * level):
            pyramid = _Pyramid((size >> (HEIGHT * level)) // WIDTH)
            count = (size >> (HEIGHT * level)) % WIDTH
            for value in await stored_hashes(connection, ledger_id, level, pyramid.index * WIDTH, count):
                pyramid.append(value)
            growth._edge.append(pyramid)
            level += 1
        return growth

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash."""
        value, level = leaf_hash, 0
        while True:
            if level == len(self._edge):
                self._edge.append(_Pyramid(0))
            pyramid = self._edge[level]
            pyramid.append(value)
            if not pyramid.full:
                break
            self._full[level, pyramid.index] = pyramid
            self._edge[level] = _Pyramid(pyramid.index + 1)
            value, level = pyramid.rows[HEIGHT][0], level + 1
        self.size += 1

    def root(self) -> bytes:
        """The root of the whole tree."""
        return merkle.range_root(self.node, 0, self.size) if self.size else merkle.EMPTY_ROOT

    def node(self, level: int, index: int) -> bytes:
        """Hash of a full subtree near the right edge; ProofError for one that is not kept here."""
        tile_level, inner = divmod(level, HEIGHT)
        tile, position = divmod(index << inner, WIDTH)
        pyramid = self._full.get((tile_level, tile))
        if pyramid is None and tile_level < len(self._edge) and self._edge[tile_level].index == tile:
            pyramid = self._edge[tile_level]
        row = pyramid.rows[inner] if pyramid is not None else []
        if position >> inner >= len(row):
            raise ProofError("proof.range", index=index, size=self.size)
        return row[position >> inner]

    def rows(self, tile: int) -> list[list[bytes]]:
        """The nodes within a tile of leaf hashes, by level; ProofError for one that is not kept here."""
        pyramid = self._edge[0] if self._edge[0].index == tile else self._full.get((0, tile))
        if pyramid is None:
            raise ProofError("proof.range", index=tile * WIDTH, size=self.size)
        return pyramid.rows

    def prove(self, index: int) -> list[bytes]:
        """RFC 9162 inclusion path in the whole tree, of an entry near its right edge."""
        if self._prover is None or self._prover.size != self.size:
            self._prover = _Prover(self)
        return self._prover.path(index)

    def filled(self) -> list[FullTile]:
        """The tiles that filled up since ``settle``."""
        return [
            FullTile(level, index, b"".join(pyramid.rows[0]), pyramid.rows[HEIGHT][0])
            for (level, index), pyramid in self._full.items()
        ]

    def settle(self) -> None:
        """Forget full tiles, once they are stored and the entries in them are proven."""
        self._full.clear()
