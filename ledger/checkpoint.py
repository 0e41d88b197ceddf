r"""Checkpoints: C2SP ``tlog-checkpoint`` bodies inside signed notes.

    body = origin "\n" size "\n" base64(root) "\n"

Ours are exactly these three lines, the operator's signature first, cosignatures after it. While one key of the log
takes another's place both sign, the newer one first, and a reader who knows only one of them finds it. Other logs,
which we may witness, may add lines of their own.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final, NamedTuple

from nacl.signing import SigningKey

from ledger import canonical, signed_note
from ledger.errors import FormatError, ProofError
from ledger.signed_note import NoteLine, VerifierKey
from ledger.statement import is_origin

MAX_KEYS: Final = 2
"""Signatures under the log's own name that a note has at most."""
_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\Z")


class Checkpoint(NamedTuple):
    """A tree head: the log's origin, its number of entries, and its RFC 9162 root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{canonical.b64(self.root)}\n".encode()


class LogKeys(NamedTuple):
    """Several keys of one log, any of which will do; ``name`` is its origin."""

    name: str
    keys: tuple[VerifierKey, ...]


def sign(checkpoint: Checkpoint, *keys: SigningKey) -> bytes:
    """The signed note of a checkpoint, by one key of the log or several; their name is the origin."""
    body = checkpoint.body()
    verifiers = [(VerifierKey(checkpoint.origin, bytes(key.verify_key)), key) for key in keys]
    return body + b"\n" + b"".join(signed_note.line(public, key.sign(body).signature) for public, key in verifiers)


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


def verify(data: bytes, key: VerifierKey | LogKeys) -> Checkpoint:
    """The checkpoint of a note that begins with signatures in the log's own name, of which one is by the key and holds.

    A log has another signature under its name only where it has two keys for a while.
    """
    checkpoint, lines = parse(data)
    own = list(takewhile(lambda line: line.name == checkpoint.origin, lines[:MAX_KEYS]))
    keys = key.keys if isinstance(key, LogKeys) else (key,)
    found = [(line, one) for one in keys for line in own if line.is_by(one)]
    if checkpoint.origin != key.name or not found:
        raise ProofError("checkpoint.key", origin=checkpoint.origin)
    for line, one in found:
        signed_note.check_ed25519(one, line.signature, checkpoint.body())
    return checkpoint
