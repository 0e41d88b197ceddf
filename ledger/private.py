r"""Bound private values: what the log commits to without saying it.

    commitment = SHA-256("yui/v1/private\n" || salt || JCS{author, ledger, nonce, path, value})

In a body a private value stands as ``{"commit": base64}``. Salt (32 random bytes) and value travel
beside the statement. Author, ledger, nonce and path are inside the hash, so a commitment copied into
another statement, or another place of this one, opens to nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ledger import canonical
from ledger.errors import FormatError
from ledger.statement import Statement

DOMAIN: Final = b"yui/v1/private\n"
SALT_SIZE: Final = 32
MAX_VALUE: Final = 262_144
"""Bytes of one private value in canonical form: room for a long proposal text."""


class Commit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A private value's place in a body."""

    commit: str


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What opens a commitment: ``path`` in the body (``lines/0/note``), base64 salt, and the value as typed."""

    path: str
    salt: str
    value: Any


def commitment(statement: Statement, path: str, salt: bytes, value: Any) -> str:
    """Base64 commitment to ``value`` at ``path`` of that statement's body."""
    return bind(statement.author, statement.ledger, statement.nonce, path, salt, value)


def bind(author: str, ledger: str, nonce: str, path: str, salt: bytes, value: Any) -> str:
    """The same, of what a statement binds a value to."""
    if len(salt) != SALT_SIZE:
        raise FormatError("private.salt", path=path)
    bound = {"author": author, "ledger": ledger, "nonce": nonce, "path": path, "value": value}
    return canonical.b64(hashlib.sha256(DOMAIN + salt + canonical.encode(bound)).digest())


def commitments(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, commitment) of every private value in a body, in canonical order."""
    if isinstance(body, dict):
        if set(body) == {"commit"} and isinstance(body["commit"], str):
            yield path, body["commit"]
            return
        for key in sorted(body):
            yield from commitments(body[key], f"{path}/{key}" if path else key)
    elif isinstance(body, list):
        for position, item in enumerate(body):
            yield from commitments(item, f"{path}/{position}" if path else str(position))


def check_openings(statement: Statement, openings: tuple[Opening, ...]) -> None:
    """On acceptance every commitment must be opened, once, and nothing else; FormatError names the path."""
    expected = dict(commitments(statement.body))
    given = {opening.path: opening for opening in openings}
    if len(given) != len(openings) or set(given) != set(expected):
        raise FormatError("private.openings", path=min(set(given) ^ set(expected), default=""))
    for path, commit in expected.items():
        check_opening(statement, given[path], commit)


def check_opening(statement: Statement, opening: Opening, commit: str) -> None:
    """FormatError ``private.commitment`` unless that opening opens that commitment at its place."""
    salt = canonical.unb64(opening.salt, SALT_SIZE)
    if len(canonical.encode(opening.value)) > MAX_VALUE:
        raise FormatError("private.size", path=opening.path, limit=MAX_VALUE)
    if commitment(statement, opening.path, salt, opening.value) != commit:
        raise FormatError("private.commitment", path=opening.path)
