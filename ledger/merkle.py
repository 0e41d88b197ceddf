"""The Merkle tree of RFC 9162: hashes, a growing frontier, and proofs made and checked.

    leaf hash  = SHA-256(0x00 || leaf)
    node hash  = SHA-256(0x01 || left || right)

Proving reads stored hashes through one method, ``Reader.node(level, index)``: the root of the full
subtree over leaves [index * 2^level, (index + 1) * 2^level). Checking needs no tree at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final

from ledger.errors import ProofError

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
HASH_SIZE: Final = 32

Reader = Callable[[int, int], bytes]
"""``node(level, index)``: the hash of a full subtree, level 0 being leaf hashes."""


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 9162 section 2.1.1: the hash of an entry's exact bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 section 2.1.1: the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one hash per set bit of its size. Append and root cost O(log n)."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Resume at ``size`` with the roots of its full subtrees, largest first."""
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ProofError("proof.frontier", size=size)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        node, carry = leaf, self.size
        while carry & 1:
            node = node_hash(self.hashes.pop(), node)
            carry >>= 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root; SHA-256 of nothing while it is empty."""
        if not self.hashes:
            return EMPTY_ROOT
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node

    def copy(self) -> Frontier:
        """An independent copy."""
        return Frontier(self.size, self.hashes)


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """(level, index) of the full subtrees that make up leaves [start, end) where start is a multiple of their span."""
    found: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_root(node: Reader, start: int, end: int) -> bytes:
    """Root of the leaves [start, end), a subtree as RFC 9162 splits it."""
    span = end - start
    if span & (span - 1) == 0:
        level = span.bit_length() - 1
        return node(level, start >> level)
    hashes = [node(level, index) for level, index in subtrees(start, end)]
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def prove_inclusion(node: Reader, index: int, size: int) -> list[bytes]:
    """RFC 9162 section 2.1.3.1: the path from leaf ``index`` to the root of the first ``size`` leaves."""
    if not 0 <= index < size:
        raise ProofError("proof.range", index=index, size=size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(range_root(node, split, end))
            end = split
        else:
            path.append(range_root(node, start, split))
            start = split
    return path[::-1]


def prove_consistency(node: Reader, old: int, new: int) -> list[bytes]:
    """RFC 9162 section 2.1.4.1: that the tree of ``old`` leaves is a prefix of that of ``new`` (0 < old <= new)."""
    if not 0 < old <= new:
        raise ProofError("proof.range", index=old, size=new)
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        split = start + _split(end - start)
        if old <= split:
            path.append(range_root(node, split, end))
            end = split
        else:
            path.append(range_root(node, start, split))
            start, whole = split, False
    if not whole:
        path.append(range_root(node, start, end))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2; ProofError when the leaf hash is not shown to be in that tree."""
    if not 0 <= index < size:
        raise ProofError("proof.range", index=index, size=size)
    if root_of_inclusion(leaf, index, size, path) != root:
        raise ProofError("proof.inclusion", index=index, size=size)


def root_of_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that an inclusion path leads to."""
    _check_hashes([leaf, *path])
    node, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise ProofError("proof.length")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("proof.length")
    return node


def check_consistency(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> None:
    """RFC 9162 section 2.1.4.2; ProofError when the older tree is not shown to be a prefix of the newer."""
    if not 0 < old <= new:
        # From an empty tree nothing follows: a proof from size 0 would be accepted for any tree at all.
        raise ProofError("proof.range", index=old, size=new)
    if old == new:
        if path or old_root != new_root:
            raise ProofError("proof.consistency", old=old, new=new)
        return
    _check_hashes([*path, old_root, new_root])
    if not path:
        raise ProofError("proof.length")
    left, right = roots_of_consistency(old, new, path if old & (old - 1) else [old_root, *path])
    if left != old_root or right != new_root:
        raise ProofError("proof.consistency", old=old, new=new)


def roots_of_consistency(old: int, new: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162 section 2.1.4.2, steps 3 to 6: the roots of both trees that a path leads to.

    The path begins with a subtree of both; where ``old`` is a power of two it is the old root, which proofs omit.
    """
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    left = right = path[0]
    for sibling in path[1:]:
        if second == 0:
            raise ProofError("proof.length")
        if first & 1 or first == second:
            left, right = node_hash(sibling, left), node_hash(sibling, right)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            right = node_hash(right, sibling)
        first, second = first >> 1, second >> 1
    if second != 0:
        raise ProofError("proof.length")
    return left, right


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (RFC 9162 section 2.1.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_hashes(hashes: list[bytes]) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError("proof.hash_size")
