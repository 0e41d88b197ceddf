"""A log of numbers, as its operator, honest or not, shows it to a witness."""

from __future__ import annotations

from nacl.signing import SigningKey

from ledger import checkpoint, merkle, witness
from ledger.checkpoint import Checkpoint
from ledger.signed_note import VerifierKey

ORIGIN = "neighbour.example/log"


class NumberLog:
    """Entries are numbers; from ``fork`` on they are others than in the log that doesn't part."""

    def __init__(self, fork: int = 1_000, origin: str = ORIGIN) -> None:
        self.origin, self.key = origin, SigningKey(bytes(range(32)))
        self._hashes = [merkle.leaf_hash(bytes([number, number >= fork])) for number in range(100)]

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(self.origin, bytes(self.key.verify_key))

    def node(self, level: int, index: int) -> bytes:
        if level == 0:
            return self._hashes[index]
        return merkle.node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))

    def note(self, size: int) -> bytes:
        head = Checkpoint(self.origin, size, merkle.range_root(self.node, 0, size))
        return checkpoint.sign(head, self.key)

    def request(self, old: int, new: int) -> bytes:
        proof = merkle.prove_consistency(self.node, old, new) if 0 < old < new else []
        return witness.build(old, proof, self.note(new)).encode()
