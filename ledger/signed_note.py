r"""Signed notes: C2SP ``signed-note``, the envelope of checkpoints.

    note      = text "\n" signature lines; the text is lines, each ended by "\n"
    line      = "\u2014 " name " " base64(key id (4 bytes) || signature) "\n"
    key id    = SHA-256(name || "\n" || type || public key)[:4]
    vkey      = name "+" hex(key id) "+" base64(type || public key)

Types: 0x01 Ed25519 over the text; 0x04 a timestamped cosignature of a checkpoint (``cosignature.py``). Lines of keys
that a reader does not know are carried, not judged, so later types have their place.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from ledger import canonical
from ledger.errors import FormatError, SignatureFault
from ledger.keys import verify_ed25519

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MAX_NOTE: Final = 64_000
_MAX_SIGNATURES: Final = 64
_KEY_ID: Final = 4
_NAME = re.compile(r"[^\s+]+\Z")


class VerifierKey(NamedTuple):
    """A published Ed25519 key that signs notes under a name, in the manner that ``type`` says."""

    name: str
    public: bytes
    type: int = ED25519

    @property
    def id(self) -> bytes:
        """The first four bytes of the key's hash, which signature lines carry."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:_KEY_ID]

    def text(self) -> str:
        """The ``name+id+key`` form."""
        return f"{self.name}+{self.id.hex()}+{canonical.b64(bytes([self.type]) + self.public)}"


class NoteLine(NamedTuple):
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> bytes:
        """The line with its end."""
        return f"\u2014 {self.name} {canonical.b64(self.key_id + self.signature)}\n".encode()

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it claims to be that key's."""
        return (self.name, self.key_id) == (key.name, key.id)


class Note(NamedTuple):
    """What was signed, to its last newline, and the signature lines."""

    text: bytes
    lines: list[NoteLine]


def parse_vkey(text: str, type_: int = ED25519) -> VerifierKey:
    """Read a ``name+id+key`` text; FormatError unless it is a key of that type whose id agrees."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]):  # noqa: PLR2004
        raise FormatError("checkpoint.vkey")
    data = canonical.unb64(parts[2], 33)
    key = VerifierKey(parts[0], data[1:], type_)
    if data[0] != type_ or parts[1] != key.id.hex():
        raise FormatError("checkpoint.vkey")
    return key


def line(key: VerifierKey, signature: bytes) -> bytes:
    """A signature line for a note."""
    return NoteLine(key.name, key.id, signature).encode()


def parse(data: bytes) -> Note:
    """Read a note strictly without judging its signatures. Control characters have no place in one."""
    if len(data) > MAX_NOTE:
        raise FormatError("checkpoint.size")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("checkpoint.form") from error
    signed, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise FormatError("checkpoint.form")
    return Note(signed.encode() + b"\n", parse_lines(tail))


def parse_lines(text: str) -> list[NoteLine]:
    """Read signature lines, each with its end."""
    rows = text.removesuffix("\n").split("\n")
    if len(rows) > _MAX_SIGNATURES:
        raise FormatError("checkpoint.size")
    return [_parse_line(row) for row in rows]


def check_ed25519(key: VerifierKey, signature: bytes, message: bytes) -> None:
    """SignatureFault ``checkpoint.signature`` unless it holds."""
    if len(signature) != 64:  # noqa: PLR2004
        raise SignatureFault("checkpoint.signature")
    try:
        verify_ed25519(key.public, signature, message)
    except SignatureFault as error:
        raise SignatureFault("checkpoint.signature") from error


def _parse_line(row: str) -> NoteLine:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not _NAME.match(parts[1]):  # noqa: PLR2004
        raise FormatError("checkpoint.form")
    data = canonical.unb64(parts[2])
    if len(data) <= _KEY_ID:
        raise FormatError("checkpoint.form")
    return NoteLine(parts[1], data[:_KEY_ID], data[_KEY_ID:])
