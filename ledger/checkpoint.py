r"""Checkpoints: C2SP ``tlog-checkpoint`` bodies inside C2SP ``signed-note`` envelopes.

    body      = origin "\n" size "\n" base64(root) "\n"          (exactly three lines, no extensions)
    note      = body "\n" signature lines
    signature = "\u2014 " name " " base64(key hash (4 bytes) || signature) "\n"
    key hash  = SHA-256(name || "\n" || 0x01 || Ed25519 public key)[:4]
    vkey      = name "+" hex(key hash) "+" base64(0x01 || Ed25519 public key)

The operator's signature comes first. Lines of keys that a reader does not know are carried, not
judged, so cosignatures and later signature types have their place.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from nacl.signing import SigningKey

from ledger import canonical
from ledger.errors import FormatError, ProofError, SignatureFault
from ledger.keys import verify_ed25519
from ledger.statement import is_origin

ED25519_TYPE: Final = b"\x01"
MAX_NOTE: Final = 64_000
_MAX_SIGNATURES: Final = 64
_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})\Z")
_NAME = re.compile(r"[^\s+]+\Z")


class Checkpoint(NamedTuple):
    """A tree head: the log's origin, its number of entries, and its RFC 9162 root."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{canonical.b64(self.root)}\n".encode()


class VerifierKey(NamedTuple):
    """A published key that signs notes under a name."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """The first four bytes of the key's hash, which signature lines carry."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519_TYPE + self.public).digest()[:4]

    def text(self) -> str:
        """The ``name+hash+key`` form (C2SP signed-note)."""
        return f"{self.name}+{self.hash.hex()}+{canonical.b64(ED25519_TYPE + self.public)}"


class NoteLine(NamedTuple):
    """One signature line."""

    name: str
    key_hash: bytes
    signature: bytes


def parse_vkey(text: str) -> VerifierKey:
    """Read a ``name+hash+key`` text; FormatError unless it is an Ed25519 key whose hash agrees."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]):  # noqa: PLR2004
        raise FormatError("checkpoint.vkey")
    data = canonical.unb64(parts[2], 33)
    key = VerifierKey(parts[0], data[1:])
    if data[:1] != ED25519_TYPE or parts[1] != key.hash.hex():
        raise FormatError("checkpoint.vkey")
    return key


def sign(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """The signed note of a checkpoint; the key's name is the origin."""
    body = checkpoint.body()
    verifier = VerifierKey(checkpoint.origin, bytes(key.verify_key))
    return body + b"\n" + line(verifier, key.sign(body).signature)


def line(key: VerifierKey, signature: bytes) -> bytes:
    """A signature line for a note."""
    return f"\u2014 {key.name} {canonical.b64(key.hash + signature)}\n".encode()


def parse(note: bytes) -> tuple[Checkpoint, list[NoteLine]]:
    """Read a note strictly without judging its signatures."""
    if len(note) > MAX_NOTE:
        raise FormatError("checkpoint.size")
    try:
        text = note.decode()
    except UnicodeDecodeError as error:
        raise FormatError("checkpoint.form") from error
    body, separator, tail = text.partition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != 3 or not tail.endswith("\n"):  # noqa: PLR2004
        raise FormatError("checkpoint.form")
    origin, size, root = lines
    if not is_origin(origin) or not _SIZE.match(size):
        raise FormatError("checkpoint.form")
    signatures = [_parse_line(row) for row in tail[:-1].split("\n")]
    if len(signatures) > _MAX_SIGNATURES:
        raise FormatError("checkpoint.size")
    return Checkpoint(origin, int(size), canonical.unb64(root, 32)), signatures


def verify(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint of a note whose *first* signature line is the operator's and holds."""
    checkpoint, lines = parse(note)
    first = lines[0]
    if checkpoint.origin != key.name or first.name != key.name or first.key_hash != key.hash:
        raise ProofError("checkpoint.key", origin=checkpoint.origin)
    if len(first.signature) != 64:  # noqa: PLR2004
        raise SignatureFault("checkpoint.signature")
    try:
        verify_ed25519(key.public, first.signature, checkpoint.body())
    except SignatureFault as error:
        raise SignatureFault("checkpoint.signature") from error
    return checkpoint


def _parse_line(row: str) -> NoteLine:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not _NAME.match(parts[1]):  # noqa: PLR2004
        raise FormatError("checkpoint.form")
    data = canonical.unb64(parts[2])
    if len(data) < 5:  # noqa: PLR2004
        raise FormatError("checkpoint.form")
    return NoteLine(parts[1], data[:4], data[4:])
