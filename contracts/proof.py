"""The proof of one ledger's anchor: a file that shows, with any RPC one trusts, that a checkpoint is as old as a block.

A canonical JSON object:

    chain_id, contract, sender, transaction    where the event stands (EIP-155 id; addresses in EIP-55; 0x and hex)
    checkpoint                                 the signed checkpoint, exactly as it was hashed
    index, size, path                          RFC 9162 inclusion of its leaf among those of the batch
    root                                       the batch's root, which the event carries
    v                                          1
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from contracts import batch
from contracts.batch import Batch
from ledger import canonical, checkpoint, merkle, wallet
from ledger.checkpoint import Checkpoint
from ledger.errors import FormatError, SignatureFault
from ledger.signed_note import MAX_NOTE, VerifierKey

MAX_FILE: Final = 2 * MAX_NOTE
"""Bytes. A note in JSON is at most a little longer than itself; the rest is short."""
_MAX_PATH: Final = 63
_TRANSACTION: Final = re.compile(r"0x[0-9a-f]{64}\Z")


class Site(NamedTuple):
    """Where on a chain a root was anchored, and by whom."""

    chain_id: int
    contract: str
    sender: str
    transaction: str


class AnchorProof(NamedTuple):
    """All that shows one checkpoint's place in one anchored batch."""

    site: Site
    note: bytes
    position: int
    size: int
    path: tuple[bytes, ...]
    root: bytes

    @property
    def digest(self) -> bytes:
        """What is anchored of the ledger, and what its ``anchor`` record names: SHA-256 of the signed checkpoint."""
        return batch.digest(self.note)

    def to_file(self) -> bytes:
        """The file's bytes."""
        return canonical.encode(
            self.site._asdict()
            | {
                "checkpoint": self.note.decode(),
                "index": self.position,
                "path": [canonical.b64(value) for value in self.path],
                "root": canonical.b64(self.root),
                "size": self.size,
                "v": 1,
            }
        )


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    chain_id: int
    checkpoint: str
    contract: str
    index: int
    path: list[str]
    root: str
    sender: str
    size: int
    transaction: str
    v: int


def make(of: Batch, origin: str, site: Site) -> AnchorProof:
    """The proof for one ledger of a batch that was anchored there."""
    index, path = of.path(origin)
    return AnchorProof(site, of.notes[index], index, len(of.notes), tuple(path), of.root)


def parse(data: bytes) -> AnchorProof:
    """Read a proof strictly without judging it; FormatError where it is none."""
    if len(data) > MAX_FILE:
        raise FormatError("anchor.proof_form")
    try:
        file = msgspec.convert(canonical.decode(data), _File)
    except msgspec.ValidationError as error:
        raise FormatError("anchor.proof_form") from error
    if file.v != 1 or file.chain_id < 1 or len(file.path) > _MAX_PATH or not _TRANSACTION.match(file.transaction):
        raise FormatError("anchor.proof_form")
    try:
        for address in (file.contract, file.sender):
            wallet.parse_address(address)
    except SignatureFault as error:
        raise FormatError("anchor.proof_form") from error
    return AnchorProof(
        Site(file.chain_id, file.contract, file.sender, file.transaction),
        file.checkpoint.encode(),
        file.index,
        file.size,
        tuple(canonical.unb64(value, merkle.HASH_SIZE) for value in file.path),
        canonical.unb64(file.root, merkle.HASH_SIZE),
    )


def check(proof: AnchorProof, vkey: VerifierKey) -> Checkpoint:
    """The checkpoint, where its signature holds under the ledger's key and its path leads to the anchored root.

    Offline; it says nothing about whether that root stands on a chain (``check.py`` asks one). ProofError,
    SignatureFault or FormatError else.
    """
    head = checkpoint.verify(proof.note, vkey)
    merkle.check_inclusion(batch.leaf(proof.note), proof.position, proof.size, list(proof.path), proof.root)
    return head
