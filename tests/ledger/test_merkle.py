"""The tree against the RFC's own recursive definition, and proofs against every flipped bit."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle, subtree
from ledger.errors import ProofError
from tests.ledger.values import flips

SIZES = range(1, 34)
LEAVES = [merkle.leaf_hash(b"%d" % n) for n in range(max(SIZES) + 1)]


def mth(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**k for k in range(len(leaves).bit_length()) if 2**k < len(leaves))
    return merkle.node_hash(mth(leaves[:split]), mth(leaves[split:]))


def node(level: int, index: int) -> bytes:
    return mth(LEAVES[index << level : (index + 1) << level])


def test_leaves_and_nodes_can_not_pass_for_each_other() -> None:
    left, right = LEAVES[:2]
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@given(st.integers(0, 200))
def test_the_frontier_grows_as_the_definition_says(size: int) -> None:
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(size)]
    tree = merkle.Frontier()
    for leaf in leaves:
        tree.append(leaf)
    assert (tree.size, tree.root()) == (size, mth(leaves))
    assert len(tree.hashes) == size.bit_count()


@given(st.integers(0, 200), st.integers(0, 50))
def test_a_frontier_resumes(size: int, more: int) -> None:
    whole = merkle.Frontier()
    for n in range(size):
        whole.append(merkle.leaf_hash(b"%d" % n))
    resumed, kept = merkle.Frontier(size, whole.hashes), whole.copy()
    for n in range(more):
        resumed.append(merkle.leaf_hash(b"more %d" % n))
        whole.append(merkle.leaf_hash(b"more %d" % n))
    assert resumed.root() == whole.root()
    assert kept.size == size


def test_a_frontier_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ProofError, match=r"proof\.frontier"):
        merkle.Frontier(3, [bytes(32)])


@pytest.mark.parametrize("size", SIZES)
def test_inclusion(size: int) -> None:
    root = mth(LEAVES[:size])
    for index in range(size):
        path = merkle.prove_inclusion(node, index, size)
        merkle.check_inclusion(LEAVES[index], index, size, path, root)
        for wrong_index in {index - 1, index + 1, index + size} - {index}:
            with pytest.raises(ProofError):
                merkle.check_inclusion(LEAVES[index], wrong_index, size, path, root)
        for wrong_path in ([*path, bytes(32)], path[:-1], [bytes(32), *path], path[::-1]):
            if wrong_path != path:
                with pytest.raises(ProofError):
                    merkle.check_inclusion(LEAVES[index], index, size, wrong_path, root)


@pytest.mark.parametrize("new", SIZES)
def test_consistency(new: int) -> None:
    for old in range(1, new + 1):
        path = merkle.prove_consistency(node, old, new)
        old_root, new_root = mth(LEAVES[:old]), mth(LEAVES[:new])
        merkle.check_consistency(old, new, path, old_root, new_root)
        if old == new:
            assert path == []
            continue
        for wrong_path in ([*path, bytes(32)], path[:-1], [old_root, *path]):
            with pytest.raises(ProofError):
                merkle.check_consistency(old, new, wrong_path, old_root, new_root)
        with pytest.raises(ProofError):
            merkle.check_consistency(old, new, path, new_root, old_root)


def test_every_flipped_bit_of_a_proof_is_refused() -> None:
    index, old, size = 5, 6, 11
    root, old_root = mth(LEAVES[:size]), mth(LEAVES[:old])
    path = merkle.prove_inclusion(node, index, size)
    chain = merkle.prove_consistency(node, old, size)
    for position in range(len(path)):
        for flipped in flips(path[position]):
            with pytest.raises(ProofError):
                merkle.check_inclusion(
                    LEAVES[index], index, size, [*path[:position], flipped, *path[position + 1 :]], root
                )
    for position in range(len(chain)):
        for flipped in flips(chain[position]):
            wrong = [*chain[:position], flipped, *chain[position + 1 :]]
            with pytest.raises(ProofError):
                merkle.check_consistency(old, size, wrong, old_root, root)
    for flipped in flips(root):
        with pytest.raises(ProofError):
            merkle.check_inclusion(LEAVES[index], index, size, path, flipped)
        with pytest.raises(ProofError):
            merkle.check_consistency(old, size, chain, old_root, flipped)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_beyond_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError, match=r"proof\.range"):
        merkle.prove_inclusion(node, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3), (0, 0)])
def test_nothing_follows_from_an_empty_tree(old: int, new: int) -> None:
    with pytest.raises(ProofError, match=r"proof\.range"):
        merkle.prove_consistency(node, old, new)
    with pytest.raises(ProofError, match=r"proof\.range"):
        merkle.check_consistency(old, new, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)


def test_hashes_have_one_size() -> None:
    with pytest.raises(ProofError, match=r"proof\.hash_size"):
        merkle.check_inclusion(LEAVES[0], 0, 2, [b"short"], bytes(32))
    with pytest.raises(ProofError, match=r"proof\.hash_size"):
        merkle.check_consistency(1, 2, [b"short"], bytes(32), bytes(32))


@pytest.mark.parametrize(("start", "end"), [(0, 8), (8, 13), (4, 8), (16, 17), (12, 16)])
def test_a_subtree_is_a_tree_of_its_own(start: int, end: int) -> None:
    root = mth(LEAVES[start:end])
    for index in range(start, end):
        path = merkle.prove_inclusion(
            lambda level, position: node(level, position + (start >> level)), index - start, end - start
        )
        subtree.check_inclusion(LEAVES[index], index, start, end, path, root)
        with pytest.raises(ProofError):
            subtree.check_inclusion(LEAVES[index - 1], index, start, end, path, root)


@pytest.mark.parametrize(("start", "end"), [(1, 3), (2, 5), (3, 3), (4, 2), (-4, 4)])
def test_what_is_no_subtree_is_refused(start: int, end: int) -> None:
    with pytest.raises(ProofError, match=r"proof\.subtree"):
        subtree.check_inclusion(LEAVES[0], start, start, end, [], bytes(32))
