r"""Statements and entries: what a person signs, and what the log keeps of it.

    statement = canonical JSON, at most 32,768 bytes
    statement id = SHA-256("yui/v1/statement\n" || statement)
    entry (leaf) = canonical JSON {"received", "signatures", "statement", "v": 1}, at most 65,535 bytes

The list of those who must sign is part of what they sign: the author and every cosigner, one
signature each in that order, so a signature can be neither stripped nor added.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final, TypeVar

import msgspec

from ledger import canonical, ids
from ledger.errors import FormatError

DOMAIN: Final = b"yui/v1/statement\n"
MAX_STATEMENT: Final = 32_768
MAX_LEAF: Final = 65_535
MAX_SIGNATURES: Final = 64
VIAS: Final = ("paper", "assisted", "room")

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="sorted")
_TYPE = re.compile(r"[a-z]+(\.[a-z_]+)+/[1-9][0-9]*\Z")
_ORIGIN = re.compile(r"[a-z0-9]([a-z0-9.\-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9][a-z0-9.\-_]*)*\Z")


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last checkpoint that the author's device had verified."""

    root: str
    size: int


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A signed intention. Times are UTC text in milliseconds; ``nonce`` is base64 of a UUIDv7."""

    at: str
    author: str
    body: dict[str, Any]
    ledger: str
    nonce: str
    seen: Seen
    type: str
    v: int
    cosigners: tuple[str, ...] = ()
    for_: str | None = msgspec.field(default=None, name="for")
    replaces: str | None = None
    via: str | None = None

    @property
    def actor(self) -> str:
        """The member whose act this is: the one it was entered for, else the author."""
        return self.for_ or self.author

    @property
    def signers(self) -> tuple[str, ...]:
        """Who must sign, in order. The genesis is signed by the founders' keys alone."""
        return self.cosigners if self.author == ids.GENESIS else (self.author, *self.cosigners)


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One signature with the public key (text form) that made it; the last two fields belong to WebAuthn."""

    alg: str
    key: str
    sig: str
    authenticator_data: str | None = None
    client_data: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """A parsed leaf: the statement, its exact bytes and id, who signed, and when it was received (ms)."""

    statement: Statement
    statement_bytes: bytes
    id: bytes
    signatures: tuple[Signature, ...]
    received: int


def statement_id(data: bytes) -> bytes:
    """SHA-256 over the domain and the canonical statement, without signatures."""
    return hashlib.sha256(DOMAIN + data).digest()


def parse_statement(data: bytes) -> Statement:
    """The statement that ``data`` spells; FormatError where its form is not the one permitted."""
    if len(data) > MAX_STATEMENT:
        raise FormatError("format.statement_size", limit=MAX_STATEMENT)
    return _statement(canonical.decode(data))


def parse_signatures(value: list[Any], statement: Statement) -> tuple[Signature, ...]:
    """The signatures in JSON form, as many as the statement has signers."""
    signatures = _convert(value, tuple[Signature, ...], "signatures")
    if len(signatures) > MAX_SIGNATURES or len(signatures) != len(statement.signers):
        raise FormatError("format.signature_count", expected=len(statement.signers), found=len(signatures))
    return signatures


def build_leaf(statement: bytes, signatures: tuple[Signature, ...], received: int) -> bytes:
    """The entry's exact bytes. Canonical statements embed as they are, for their keys sort in place."""
    head = canonical.encode(
        {"received": canonical.format_time(received), "signatures": [msgspec.to_builtins(s) for s in signatures]}
    )
    leaf = head[:-1] + b',"statement":' + statement + b',"v":1}'
    if len(leaf) > MAX_LEAF:
        raise FormatError("format.leaf_size", limit=MAX_LEAF)
    return leaf


def parse_leaf(leaf: bytes) -> Entry:
    """Read an entry strictly: what does not come out byte for byte the same is refused."""
    if len(leaf) > MAX_LEAF:
        raise FormatError("format.leaf_size", limit=MAX_LEAF)
    value = canonical.decode(leaf)
    if not isinstance(value, dict) or set(value) != {"received", "signatures", "statement", "v"} or value["v"] != 1:
        raise FormatError("format.leaf")
    data = _encoder.encode(value["statement"])  # a part of what was just read canonically
    if len(data) > MAX_STATEMENT:
        raise FormatError("format.statement_size", limit=MAX_STATEMENT)
    statement = _statement(value["statement"])
    if not isinstance(value["received"], str):
        raise FormatError("format.time", path="received")
    signatures = parse_signatures(value["signatures"], statement)
    return Entry(statement, data, statement_id(data), signatures, canonical.parse_time(value["received"]))


def is_origin(text: str) -> bool:
    """Whether ``text`` may name a log: schema-less, lower case, at most 128 characters (C2SP tlog-checkpoint)."""
    return len(text) <= 128 and bool(_ORIGIN.match(text))  # noqa: PLR2004


def _statement(value: Any) -> Statement:
    statement = _convert(value, Statement, "statement")
    if statement.v != 1:
        raise FormatError("format.version", path="v")
    if not _TYPE.match(statement.type):
        raise FormatError("format.type", path="type")
    if not is_origin(statement.ledger):
        raise FormatError("format.origin", path="ledger")
    canonical.parse_time(statement.at)
    _check_parties(statement)
    _check_nonce(statement.nonce)
    canonical.unb64(statement.seen.root, 32)
    if statement.seen.size < 0:
        raise FormatError("format.seen", path="seen/size")
    if statement.replaces is not None:
        canonical.unb64(statement.replaces, 32)
    return statement


def _check_parties(statement: Statement) -> None:
    people = ("mem", "key")
    if statement.author not in (ids.GENESIS, ids.CLERK) and not any(ids.is_id(statement.author, p) for p in people):
        raise FormatError("format.id", path="author")
    for position, cosigner in enumerate(statement.cosigners):
        if not any(ids.is_id(cosigner, p) for p in people):
            raise FormatError("format.id", path=f"cosigners/{position}")
    if len(set(statement.signers)) != len(statement.signers):
        raise FormatError("format.signer_twice", path="cosigners")
    if (statement.for_ is None) != (statement.via is None):
        raise FormatError("format.via", path="via")
    if statement.for_ is not None and (not ids.is_id(statement.for_, "mem") or statement.via not in VIAS):
        raise FormatError("format.via", path="for")


def _check_nonce(text: str) -> None:
    nonce = canonical.unb64(text, 16)
    # RFC 9562: version 7 in the high half of octet 6, variant 10 in octet 8.
    if nonce[6] >> 4 != 7 or nonce[8] >> 6 != 2:  # noqa: PLR2004
        raise FormatError("format.nonce", path="nonce")


def _convert(value: Any, kind: type[T], path: str) -> T:
    try:
        found = msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise FormatError("format.shape", path=path, detail=str(error)) from error
    # Optional members are left out when empty: an empty one would be a second spelling of the same thing.
    if _encoder.encode(found) != _encoder.encode(value):
        raise FormatError("format.empty", path=path)
    return found
