"""Step 3: every leaf re-hashed, every published tile compared, the root recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from ledger import merkle, tiles
from ledger.errors import FormatError, ProofError
from ledger.merkle import Frontier
from ledger.tiles import Tile, TileBuilder
from ledger.verify.report import Absent, Step


class Copy(Protocol):
    """A published copy of a log, wherever it lies: a folder, an archive, an address."""

    def read(self, path: str) -> bytes:
        """One file of the C2SP tree; raises Absent or Unreadable."""

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a text file, without their ends; raises Absent or Unreadable."""

    def paths(self) -> Iterable[str] | None:
        """All paths, where the copy can tell; None for an address."""


class Edge(NamedTuple):
    """The right edge of a tree: its size, the roots of its full subtrees, the hashes of its partial tiles by level."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()
    tiles: tuple[tuple[bytes, ...], ...] = ()


class Tree:
    """The tree as it grows from the leaves themselves, held against what was published."""

    def __init__(
        self, copy: Copy, step: Step, keep: Callable[[Tile, list[bytes]], None], edge: Edge | None = None
    ) -> None:
        """``keep`` gets every tile that was compared; ``edge``: where an earlier tree is gone on with."""
        self._copy, self._step, self._keep = copy, step, keep
        edge = edge or Edge()
        self._builder = TileBuilder(self._compare, edge.size, edge.tiles)
        if self.edge != edge:
            raise ProofError("proof.frontier", size=edge.size)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._builder.size

    @property
    def frontier(self) -> Frontier:
        """The right edge, on which nothing but its size and root depend."""
        return self._builder.frontier()

    @property
    def edge(self) -> Edge:
        """All that it takes to go on from here."""
        frontier = self._builder.frontier()
        return Edge(frontier.size, tuple(frontier.hashes), tuple(map(tuple, self._builder.edge)))

    def begun(self) -> list[bytes]:
        """The leaf hashes of the bundle that has begun and is not full."""
        return self._builder.edge[0] if self._builder.edge else []

    def append(self, leaf: bytes) -> bytes:
        """Add a leaf hash; the root of the tree that it completes."""
        self._builder.append(leaf)
        return self._builder.root()

    def finish(self, root: bytes) -> None:
        """Compare the right edge, stray files, and the root that the checkpoint names."""
        self._builder.finish()
        if self._builder.root() != root:
            self._step.find("tree.root", size=self.size)
        for path in self._copy.paths() or ():
            if path.startswith("tile/"):
                self._look_at(path)

    def _compare(self, tile: Tile, hashes: list[bytes]) -> None:
        self._keep(tile, hashes)
        found = read_hashes(self._copy, tile, self._step)
        if found is None or found == hashes:
            return
        for position, (mine, theirs) in enumerate(zip(hashes, found, strict=True)):
            if mine != theirs:
                index = tile.index * tiles.WIDTH + position if tile.level == 0 else None
                self._step.find("tree.tile", index, path=tile.path, position=position)

    def _look_at(self, path: str) -> None:
        """A file beyond the tree shows a longer log than the checkpoint admits; an older partial is a beginning."""
        try:
            tile = tiles.parse_path(path)
        except FormatError:
            self._step.find("tree.stray", path=path)
            return
        size = self.size
        if not tiles.has(tile, size):
            self._step.find("tree.beyond", path=path, size=size)
            return
        count = size >> (tiles.HEIGHT * (tile.level or 0))
        whole = Tile(tile.level, tile.index, min(tiles.WIDTH, count - tile.index * tiles.WIDTH))
        if whole != tile:
            try:
                longer, shorter = self._copy.read(whole.path), self._copy.read(path)
            except Absent:
                return  # its absence is already found
            if not longer.startswith(shorter) or (tile.level is not None and len(shorter) != tile.width * 32):
                self._step.find("tree.tile", path=path)


def read_hashes(copy: Copy, tile: Tile, step: Step) -> list[bytes] | None:
    """The hashes of a published tile; None after a finding where it can't be had."""
    try:
        return tiles.split_hashes(copy.read(tile.path), tile.width)
    except Absent:
        step.find("tree.missing", path=tile.path)
    except FormatError:
        step.find("tree.width", path=tile.path)
    return None


def bundles(size: int, start: int = 0) -> Iterator[Tile]:
    """The entry bundles of a tree of ``size`` leaves, in order, from the one that holds entry ``start`` on."""
    for index in range(start - start % tiles.WIDTH, size, tiles.WIDTH) if start < size else ():
        yield Tile(None, index // tiles.WIDTH, min(tiles.WIDTH, size - index))


def read_leaves(copy: Copy, bundle: Tile, step: Step) -> list[bytes] | None:
    """The leaves of a bundle; None after a finding, which names the first entry that can't be told apart."""
    try:
        data = copy.read(bundle.path)
    except Absent:
        step.find("tree.missing", bundle.index * tiles.WIDTH, path=bundle.path)
        return None
    try:
        return tiles.decode_bundle(data, bundle.width)
    except FormatError:
        index = bundle.index * tiles.WIDTH + _readable(copy, bundle, data)
        step.find("tree.bundle", index, path=bundle.path)
        return None


def _readable(copy: Copy, bundle: Tile, data: bytes) -> int:
    """How many leaves at the start of a broken bundle agree with the published leaf hashes."""
    try:
        hashes = tiles.split_hashes(copy.read(Tile(0, bundle.index, bundle.width).path), bundle.width)
    except (Absent, FormatError):
        return 0
    position = 0
    for number, expected in enumerate(hashes):
        end = position + 2 + int.from_bytes(data[position : position + 2], "big")
        if merkle.leaf_hash(data[position + 2 : end]) != expected:
            return number
        position = end
    return bundle.width - 1  # all agree: something follows the last
