"""Tiles: C2SP's own examples, one path for each, bundles that can't be misread, proofs through tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle, tiles
from ledger.errors import FormatError, ProofError
from ledger.tiles import Tile, TileBuilder, TileReader

LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(700)]


def test_the_path_of_c2sp() -> None:
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"


def test_the_tree_of_c2sp() -> None:
    """A tree of 70,000 entries and one of 256, as C2SP tlog-tiles counts them."""
    found = list(tiles.tiles_of(70_000))
    assert len([tile for tile in found if tile.level == 0 and tile.width == 256]) == 273
    rest = {(tile.level, tile.index, tile.width) for tile in found if tile.level not in (None, 0) or tile.width < 256}
    assert rest == {(None, 273, 112), (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)}
    assert set(tiles.tiles_of(256)) == {Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)}
    assert list(tiles.tiles_of(0)) == []


@given(st.none() | st.integers(0, 63), st.integers(0, 10**10), st.integers(1, 256))
def test_paths_read_back(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "/tile/0/000",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/007",
        "tile/0/000.p/257",
        "tile/0/000/",
        "tile/0/x001/x002",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(FormatError, match=r"tile\.path"):
        tiles.parse_path(path)


def test_a_tree_has_its_tiles_and_those_it_outgrew() -> None:
    assert all(tiles.has(tile, 700) for tile in tiles.tiles_of(700))
    assert tiles.has(Tile(0, 2, 5), 700)
    assert not tiles.has(Tile(0, 2, 189), 700)
    assert not tiles.has(Tile(0, 3, 1), 700)
    assert not tiles.has(Tile(1, 0, 3), 700)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_bundles_read_back(leaves: list[bytes]) -> None:
    data = tiles.encode_bundle(leaves)
    assert tiles.decode_bundle(data, len(leaves)) == leaves
    for wrong in (len(leaves) - 1, len(leaves) + 1):
        with pytest.raises(FormatError):
            tiles.decode_bundle(data, wrong)
    for other in (data[:-1], data + b"\0", data + b"\0\5abc"):
        with pytest.raises(FormatError):
            tiles.decode_bundle(other, len(leaves))


def test_the_largest_leaf_fits_and_no_larger() -> None:
    assert tiles.decode_bundle(tiles.encode_bundle([bytes(65_535)]), 1) == [bytes(65_535)]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 512, 513, 700])
def test_the_builder_emits_exactly_the_tiles_of_the_tree(size: int) -> None:
    built = build(size)
    assert set(built) == {tile for tile in tiles.tiles_of(size) if tile.level is not None}
    assert all(len(data) == 32 * tile.width for tile, data in built.items())
    lowest = sorted((tile.index, data) for tile, data in built.items() if tile.level == 0)
    assert b"".join(data for _, data in lowest) == b"".join(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 256, 257, 300, 513, 700])
def test_proofs_through_tiles_hold(size: int) -> None:
    built = build(size)
    reader = TileReader(built.__getitem__, size)
    root = merkle.range_root(reader.node, 0, size)
    tree = merkle.Frontier()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root() == root
    for index in {0, size // 2, size - 1, min(256, size - 1)}:
        merkle.check_inclusion(LEAVES[index], index, size, merkle.prove_inclusion(reader.node, index, size), root)
    for old in {1, size // 2 or 1, size - 1 or 1, min(256, size)}:
        old_root = merkle.range_root(reader.node, 0, old)
        merkle.check_consistency(old, size, merkle.prove_consistency(reader.node, old, size), old_root, root)


def test_a_reader_does_not_reach_beyond_the_tree() -> None:
    reader = TileReader(build(300).__getitem__, 300)
    for level, index in ((0, 300), (8, 1), (9, 0)):
        with pytest.raises(ProofError, match=r"proof\.range"):
            reader.node(level, index)


def test_a_reader_refuses_a_truncated_tile() -> None:
    reader = TileReader(lambda tile: build(300)[tile][:-32], 300)
    with pytest.raises(FormatError, match=r"tile\.width"):
        reader.node(0, 0)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 300, 512, 700])
def test_the_builder_knows_the_trees_right_edge_and_goes_on_from_it(size: int) -> None:
    tree, builder = merkle.Frontier(), TileBuilder(lambda _tile, _hashes: None)
    for leaf in LEAVES[:size]:
        tree.append(leaf)
        builder.append(leaf)
    again = TileBuilder(lambda _tile, _hashes: None, size, builder.edge)
    for leaf in LEAVES[:300]:
        for one in (builder, again):
            assert (one.size, one.root()) == (tree.size, tree.root())
            assert one.frontier().hashes == tree.hashes
            one.append(leaf)
        tree.append(leaf)


def build(size: int) -> dict[Tile, bytes]:
    built: dict[Tile, bytes] = {}
    builder = TileBuilder(lambda tile, hashes: built.__setitem__(tile, b"".join(hashes)))
    for leaf in LEAVES[:size]:
        builder.append(leaf)
    builder.finish()
    return built
