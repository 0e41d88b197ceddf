"""Proofs about subtrees: a run of leaves [start, end) that is aligned to its own length.

A receipt that speaks of a stretch of the log, or a witness that saw only one, is shown to belong to a
whole tree by these. Source: draft-ietf-plants-merkle-tree-certs, sections 4.1 to 4.4; with ``start`` 0 they are
the proofs of RFC 9162.
"""

from __future__ import annotations

from ledger import merkle
from ledger.errors import ProofError


def check_range(start: int, end: int) -> None:
    """ProofError unless [start, end) is a subtree: not empty, and ``start`` a multiple of its span's power of two."""
    if not 0 <= start < end or start & ((1 << (end - start - 1).bit_length()) - 1):
        raise ProofError("proof.subtree", start=start, end=end)


def check_inclusion(leaf: bytes, index: int, start: int, end: int, path: list[bytes], root: bytes) -> None:
    """ProofError unless the leaf hash is shown to be leaf ``index`` under the subtree's ``root``."""
    check_range(start, end)
    merkle.check_inclusion(leaf, index - start, end - start, path, root)


def check_consistency(start: int, end: int, size: int, path: list[bytes], subtree: bytes, root: bytes) -> None:
    """ProofError unless the subtree's hash is shown to lie in the tree of ``size`` leaves with that ``root``.

    Nothing (``start`` = ``end``) lies in every tree: its hash is SHA-256 of nothing, and no path leads to it.
    """
    if not 0 <= start <= end <= size:
        raise ProofError("proof.range", index=end, size=size)
    if start == end:
        if path or subtree != merkle.EMPTY_ROOT:
            raise ProofError("proof.subtree", start=start, end=end)
        return
    check_range(start, end)
    first, second, last = start, end - 1, size - 1
    # A subtree on the right edge is compared as a whole; any other one, up to its last complete node.
    while first != second and (second == last or second & 1):
        first, second, last = first >> 1, second >> 1, last >> 1
    rest = [subtree, *path] if first == second else list(path)
    if not rest or any(len(value) != merkle.HASH_SIZE for value in path):
        raise ProofError("proof.length")
    if _climb(first, second, last, rest) != (subtree, root):
        raise ProofError("proof.consistency", old=end, new=size)


def _climb(first: int, second: int, last: int, hashes: list[bytes]) -> tuple[bytes, bytes]:
    """The subtree's hash and the tree's root that a consistency path leads to."""
    left = right = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("proof.length")
        if second & 1 or second == last:
            if first < second:
                left = merkle.node_hash(sibling, left)
            right = merkle.node_hash(sibling, right)
            while not second & 1:
                first, second, last = first >> 1, second >> 1, last >> 1
        else:
            right = merkle.node_hash(right, sibling)
        first, second, last = first >> 1, second >> 1, last >> 1
    if last != 0:
        raise ProofError("proof.length")
    return left, right
