r"""Checkpoints: C2SP ``tlog-checkpoint`` bodies inside signed notes.

    body = origin "\n" size "\n" base64(root) "\n"

Ours are exactly these three lines, the operator's signature first, cosignatures after it. Other logs, which we may
witness, may add lines of their own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from nacl.signing import SigningKey

from ledger import canonical, signed_note
from ledger.errors import FormatError, ProofError
from ledger.signed_note import NoteLine, VerifierKey
from ledger.statement import is_origin

_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\Z")


class Checkpoint(NamedTuple):
    """A tree head: the log's origin, its number of entries, and its RFC 9162 root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{canonical.b64(self.root)}\n".encode()


def sign(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """The signed note of a checkpoint; the key's name is the origin."""
    body = checkpoint.body()
    verifier = VerifierKey(checkpoint.origin, bytes(key.verify_key))
    return body + b"\n" + signed_note.line(verifier, key.sign(body).signature)


def read(text: bytes) -> Checkpoint:
    """The tree head that a note's text begins with; FormatError where it doesn't."""
    lines = text.decode().split("\n")
    if len(lines) < 4 or not lines[0] or not all(lines[:-1]) or not _SIZE.match(lines[1]):  # noqa: PLR2004
        raise FormatError("checkpoint.form")
    return Checkpoint(lines[0], int(lines[1]), canonical.unb64(lines[2], 32))


def parse(data: bytes) -> tuple[Checkpoint, list[NoteLine]]:
    """Read one of our notes strictly without judging its signatures."""
    note = signed_note.parse(data)
    checkpoint = read(note.text)
    if checkpoint.body() != note.text or not is_origin(checkpoint.origin):
        raise FormatError("checkpoint.form")
    return checkpoint, note.lines


def verify(data: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint of a note whose *first* signature line is the operator's and holds."""
    checkpoint, lines = parse(data)
    if checkpoint.origin != key.name or not lines[0].is_by(key):
        raise ProofError("checkpoint.key", origin=checkpoint.origin)
    signed_note.check_ed25519(key, lines[0].signature, checkpoint.body())
    return checkpoint
