"""The right edge of a growing tree: of each tile level the one tile that is not yet full, with all its inner nodes.

That is all that appending, the root, and proofs for the newest entries need. Tiles that fill up are handed out once.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from app.storage.hashes import stored_hashes
from ledger import merkle
from ledger.errors import ProofError
from ledger.tiles import HEIGHT, WIDTH


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


class Growth:
    """A tree of ``size`` leaves that can be appended to and proven from. ``node`` is a ``merkle.Reader``."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self._edge: list[_Pyramid] = [_Pyramid(0)]
        self._full: dict[tuple[int, int], _Pyramid] = {}

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

    def filled(self) -> list[FullTile]:
        """The tiles that filled up since ``settle``."""
        return [
            FullTile(level, index, b"".join(pyramid.rows[0]), pyramid.rows[HEIGHT][0])
            for (level, index), pyramid in self._full.items()
        ]

    def settle(self) -> None:
        """Forget full tiles, once they are stored and the entries in them are proven."""
        self._full.clear()
