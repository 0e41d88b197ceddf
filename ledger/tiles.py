"""Tiles and entry bundles: the C2SP ``tlog-tiles`` layout of a log as static files.

    tile/{L}/{N}[.p/{W}]         W hashes (256 where not given) at tree level 8L, from position 256N
    tile/entries/{N}[.p/{W}]     W entries from index 256N, each a big-endian uint16 length and its bytes

``N`` is written in groups of three digits, all but the last prefixed ``x``: 1234067 is ``x001/x234/067``.
Full tiles never change; partial ones are derived on read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Final

import msgspec

from ledger import merkle
from ledger.errors import FormatError, ProofError
from ledger.merkle import Frontier

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
HASH_SIZE: Final = 32
_REMEMBERED: Final = 512
"""Tiles whose inner hashes are remembered, 40 kB each."""
_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z")


class Tile(msgspec.Struct, frozen=True):
    """Names one tile: ``level`` None is an entry bundle; ``width`` 256 is a full one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The C2SP path, without a leading slash."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_number(self.index)}{partial}"


def parse_path(path: str) -> Tile:
    """Read a C2SP tile path; FormatError ``tile.path`` for any other spelling."""
    match = _PATH.match(path)
    if not match:
        raise FormatError("tile.path")
    level, number, width = match.groups()
    index = int(number.replace("x", "").replace("/", ""))
    tile = Tile(None if level == "entries" else int(level), index, int(width) if width else WIDTH)
    if tile.width > WIDTH or tile.path != path:
        raise FormatError("tile.path")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Every hash tile and entry bundle of a tree of ``size`` leaves, partial right edge included."""
    for level in (None, *range(_levels(size))):
        count = size >> (HEIGHT * (level or 0))
        for index in range(count // WIDTH):
            yield Tile(level, index)
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)


def has(tile: Tile, size: int) -> bool:
    """Whether a tree of ``size`` leaves has that tile (a partial one stays valid while the tree grows)."""
    count = size >> (HEIGHT * (tile.level or 0))
    return tile.index * WIDTH + tile.width <= count


def encode_bundle(leaves: list[bytes]) -> bytes:
    """An entry bundle of those leaves."""
    return b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in leaves)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The leaves of a bundle that must hold exactly ``width`` of them."""
    leaves: list[bytes] = []
    position = 0
    while position < len(data):
        if position + 2 > len(data):
            raise FormatError("tile.bundle")
        (length,) = struct.unpack_from(">H", data, position)
        position += 2 + length
        if position > len(data):
            raise FormatError("tile.bundle")
        leaves.append(data[position - length : position])
    if len(leaves) != width:
        raise FormatError("tile.bundle")
    return leaves


def split_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a hash tile that must hold exactly ``width`` of them."""
    if len(data) != width * HASH_SIZE:
        raise FormatError("tile.width")
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]


def _ranges(hashes: list[bytes]) -> list[bytes]:
    frontier = Frontier()
    for hash_ in hashes:
        frontier.append(hash_)
    return frontier.hashes


def root_of(hashes: list[bytes]) -> bytes:
    """Root over a full tile's 256 hashes: the one hash it adds a tile level up."""
    while len(hashes) > 1:
        hashes = [merkle.node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def tile_under(level: int, index: int, size: int) -> Tile:
    """The tile whose hashes make up a full subtree of the tree of ``size`` leaves; ProofError beyond the tree."""
    if (index + 1) << level > size:
        raise ProofError("proof.range", index=index, size=size)
    tile_level, inner = divmod(level, HEIGHT)
    number = (index << inner) // WIDTH
    return Tile(tile_level, number, min(WIDTH, (size >> (HEIGHT * tile_level)) - number * WIDTH))


class TileReader:
    """``merkle.Reader`` over tiles of a tree of ``size`` leaves; keeps the tiles that it has fetched."""

    def __init__(self, fetch: Callable[[Tile], bytes], size: int) -> None:
        self._fetch, self._size = fetch, size
        self._tiles: dict[Tile, tuple[list[bytes], ...]] = {}

    def node(self, level: int, index: int) -> bytes:
        """Hash of a full subtree; ProofError when it reaches beyond the tree."""
        tile = tile_under(level, index, self._size)
        found = self._tiles.get(tile)
        if found is None:
            data = self._fetch(tile)
            if len(data) != tile.width * HASH_SIZE:
                raise FormatError("tile.width")
            found = self._tiles[tile] = _subtrees(data)
        inner = level % HEIGHT
        return found[inner][index % (WIDTH >> inner)]


@lru_cache(_REMEMBERED)
def _subtrees(data: bytes) -> tuple[list[bytes], ...]:
    """The full subtrees of a tile's hashes: at [k][i] the i-th of 2^k hashes. Tiles high up serve most proofs."""
    levels = [split_hashes(data, len(data) // HASH_SIZE)]
    for _ in range(HEIGHT):
        below = levels[-1]
        levels.append([sha256(b"\x01" + below[i] + below[i + 1]).digest() for i in range(0, len(below) - 1, 2)])
    return tuple(levels)


class TileBuilder:
    """The hash tiles of a growing tree: ``emit`` gets each full tile as it fills, and the right edge at ``finish``."""

    def __init__(
        self, emit: Callable[[Tile, list[bytes]], None], size: int = 0, edge: Iterable[Iterable[bytes]] = ()
    ) -> None:
        """Resume at ``size`` with the ``edge`` that there was."""
        self._emit = emit
        self._edge = [list(hashes) for hashes in edge]
        self._full = [size >> (HEIGHT * (level + 1)) for level in range(len(self._edge))]
        # Of each level, the roots of the full subtrees within its partial tile: together they are the tree's frontier.
        self._ranges = [_ranges(hashes) for hashes in self._edge]

    @property
    def edge(self) -> list[list[bytes]]:
        """The hashes of the partial tiles, by level: with the size all that it takes to go on."""
        return self._edge

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._full[0] * WIDTH + len(self._edge[0]) if self._edge else 0

    def frontier(self) -> Frontier:
        """The right edge of the whole tree."""
        return Frontier(self.size, [node for ranges in reversed(self._ranges) for node in ranges])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        level, node = 0, leaf
        while level < len(self._edge):
            hashes, ranges, carry = self._edge[level], self._ranges[level], len(self._edge[level])
            hashes.append(node)
            while carry & 1:
                node = sha256(b"\x01" + ranges.pop() + node).digest()
                carry >>= 1
            if len(hashes) < WIDTH:
                ranges.append(node)
                return
            self._emit(Tile(level, self._full[level]), hashes)
            self._full[level] += 1
            self._edge[level] = []
            level += 1
        self._edge.append([node])
        self._ranges.append([node])
        self._full.append(0)

    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing while it is empty."""
        node = b""
        for ranges in self._ranges:
            for left in reversed(ranges):
                node = sha256(b"\x01" + left + node).digest() if node else left
        return node or merkle.EMPTY_ROOT

    def finish(self) -> None:
        """Emit the partial tiles."""
        for level, hashes in enumerate(self._edge):
            if hashes:
                self._emit(Tile(level, self._full[level], len(hashes)), hashes)


def _levels(size: int) -> int:
    return max(1, (size.bit_length() + HEIGHT - 1) // HEIGHT) if size else 0


def _number(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:  # noqa: PLR2004
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))
