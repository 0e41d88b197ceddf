"""Making statements: the writer's half of ``statement.py`` for the clerk, the demo, the tests and the terminal.

Private values are given as ``Private(value)`` inside the body; composing replaces each by its commitment
and returns the openings that travel beside the statement. Nonce, time and salts come in as arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from nacl.signing import SigningKey

from ledger import canonical, keys, private
from ledger.statement import DOMAIN, Seen, Signature, Statement


class Private(NamedTuple):
    """A value that is committed to, not written, in the log."""

    value: Any


class Draft(NamedTuple):
    """A statement ready to sign: its canonical bytes and what opens its commitments."""

    data: bytes
    openings: tuple[private.Opening, ...]


def compose(statement: Statement, salt: Callable[[], bytes]) -> Draft:
    """Bytes and openings of ``statement``, whose body may hold ``Private`` values; ``salt`` gives 32 bytes each."""
    openings: list[private.Opening] = []

    def place(value: Any, path: str) -> Any:
        if isinstance(value, Private):
            grain = salt()
            openings.append(private.Opening(path, canonical.b64(grain), value.value))
            return {"commit": private.commitment(statement, path, grain, value.value)}
        if isinstance(value, dict):
            return {key: place(item, f"{path}/{key}" if path else key) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [place(item, f"{path}/{n}" if path else str(n)) for n, item in enumerate(value)]
        return value

    body = place(statement.body, "")
    data = canonical.encode(msgspec.to_builtins(msgspec.structs.replace(statement, body=body)))
    return Draft(data, tuple(openings))


def sign_ed25519(key: SigningKey, data: bytes) -> Signature:
    """An Ed25519 signature over a canonical statement."""
    return Signature("ed25519", public_of(key), canonical.b64(key.sign(DOMAIN + data).signature))


def public_of(key: SigningKey) -> str:
    """The public key's text form."""
    return keys.ed25519_public(bytes(key.verify_key))


def nonce(milliseconds: int, random: bytes) -> str:
    """Base64 of a UUIDv7 (RFC 9562) from a time and ten random bytes."""
    head = milliseconds.to_bytes(6, "big")
    tail = bytes([0x70 | random[0] & 0x0F, random[1], 0x80 | random[2] & 0x3F, *random[3:10]])
    return canonical.b64(head + tail)


def seen(size: int, root: bytes) -> Seen:
    """The checkpoint that the author's device has verified."""
    return Seen(canonical.b64(root), size)


def envelope(draft: Draft, signatures: tuple[Signature, ...]) -> dict[str, Any]:
    """What is posted to a co-op's ledger: statement, signatures, openings."""
    return {
        "private": [msgspec.to_builtins(opening) for opening in draft.openings],
        "signatures": [msgspec.to_builtins(signature) for signature in signatures],
        "statement": canonical.decode(draft.data),
    }
