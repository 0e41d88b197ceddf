"""Receipts: C2SP ``tlog-proof`` files, by which a member shows offline that an entry stands in the log.

c2sp.org/tlog-proof@v1
extra <base64 of the entry's exact bytes>
index <index>
<base64 of each hash of the inclusion path, one a line>

<the signed checkpoint>
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ledger import canonical, checkpoint, cosignature, keys, merkle, statement
from ledger.checkpoint import Checkpoint
from ledger.cosignature import Cosigned
from ledger.errors import FormatError, ProofError
from ledger.signed_note import VerifierKey
from ledger.statement import Entry
from ledger.witness_policy import WitnessPolicy

HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})\Z")
_MAX_PATH: Final = 63


class Receipt(NamedTuple):
    """An entry (its exact bytes), its place, the path to the root, and the signed checkpoint that names the root."""

    leaf: bytes
    position: int
    path: tuple[bytes, ...]
    note: bytes

    def to_file(self) -> bytes:
        """The ``.tlog-proof`` file."""
        head = [HEADER, f"extra {canonical.b64(self.leaf)}", f"index {self.position}"]
        return "\n".join([*head, *map(canonical.b64, self.path), "", ""]).encode() + self.note


def parse(data: bytes) -> Receipt:
    """Read a ``.tlog-proof`` file strictly, without judging it."""
    head, separator, note = data.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise FormatError("receipt.form") from error
    if not separator or len(lines) < 3 or lines[0] != HEADER or not lines[1].startswith("extra "):  # noqa: PLR2004
        raise FormatError("receipt.form")
    index = _INDEX.match(lines[2])
    if index is None or len(lines) > 3 + _MAX_PATH:
        raise FormatError("receipt.form")
    leaf = canonical.unb64(lines[1].removeprefix("extra "))
    return Receipt(leaf, int(index[1]), tuple(canonical.unb64(line, merkle.HASH_SIZE) for line in lines[3:]), note)


def verify(receipt: Receipt, vkey: VerifierKey) -> tuple[Checkpoint, Entry]:
    """What the receipt shows: the checkpoint, and the entry in it. ProofError, SignatureFault or FormatError else.

    The entry's own signatures are checked as well, so that a receipt for something nobody signed is none.
    """
    head = checkpoint.verify(receipt.note, vkey)
    merkle.check_inclusion(merkle.leaf_hash(receipt.leaf), receipt.position, head.size, list(receipt.path), head.root)
    entry = statement.parse_leaf(receipt.leaf)
    if entry.statement.ledger != head.origin:
        raise ProofError("receipt.ledger", ledger=entry.statement.ledger, origin=head.origin)
    for signature in entry.signatures:
        keys.verify_statement(signature, entry.statement_bytes)
    return head, entry


def verify_witnesses(receipt: Receipt, policy: WitnessPolicy) -> list[Cosigned]:
    """Who has cosigned the receipt's checkpoint. ProofError ``receipt.witnesses`` where that is not enough."""
    head, lines = checkpoint.parse(receipt.note)
    cosigned = cosignature.verify_all(head.body(), lines, policy.keys)
    if not policy.is_met([one.witness for one in cosigned]):
        raise ProofError("receipt.witnesses")
    return cosigned
