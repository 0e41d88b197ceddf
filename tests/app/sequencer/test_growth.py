"""The tree's right edge against the plain definitions, over several tile levels."""

from __future__ import annotations

import hashlib

import pytest

from app.sequencer.growth import Growth
from ledger import merkle, tiles
from ledger.errors import ProofError

SIZE = 70_000


def leaf(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


@pytest.mark.parametrize("settle_every", [1, 300, SIZE])
def test_roots_tiles_and_proofs_of_new_entries(settle_every: int) -> None:
    growth, frontier = Growth(), merkle.Frontier()
    filled: dict[tuple[int, int], bytes] = {}
    since = 0
    for number in range(SIZE):
        growth.append(leaf(number))
        frontier.append(leaf(number))
        if number + 1 - since == settle_every or number + 1 in {1, 255, 256, 257, 65_535, 65_536, 65_537, SIZE}:
            root = growth.root()
            assert root == frontier.root()
            for index in {since, (since + number) // 2, number}:
                path = merkle.prove_inclusion(growth.node, index, number + 1)
                merkle.check_inclusion(leaf(index), index, number + 1, path, root)
                assert growth.prove(index) == path
            filled |= {(tile.level, tile.index): tile.data for tile in growth.filled()}
            growth.settle()
            since = number + 1
    assert set(filled) == {(0, n) for n in range(SIZE // 256)} | {(1, 0)}
    assert filled[0, 7] == b"".join(leaf(n) for n in range(7 * 256, 8 * 256))
    assert filled[1, 0][:32] == tiles.root_of([leaf(n) for n in range(256)])


def test_paths_of_a_batch_are_those_of_the_plain_definition() -> None:
    growth = Growth()
    for size in range(1, 600):
        growth.append(leaf(size - 1))
        plain = [merkle.prove_inclusion(growth.node, index, size) for index in range(max(0, size - 70), size)]
        assert [growth.prove(index) for index in range(max(0, size - 70), size)] == plain
    for index in (-1, 599):
        with pytest.raises(ProofError):
            growth.prove(index)


def test_what_is_not_at_the_edge_is_not_invented() -> None:
    growth = Growth()
    for number in range(600):
        growth.append(leaf(number))
    growth.settle()
    for level, index in ((0, 5), (0, 600), (3, 75), (8, 2), (16, 0)):
        with pytest.raises(ProofError):
            growth.node(level, index)
    assert growth.node(8, 1) == tiles.root_of([leaf(n) for n in range(256, 512)])
