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
_TYPE: Final = canonical.Remembered(re.compile(r"[a-z]+(\.[a-z_]+)+/[1-9][0-9]*\Z"))
_ORIGIN: Final = canonical.Remembered(
    re.compile(r"[a-z0-9]([a-z0-9.\-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9][a-z0-9.\-_]*)*\Z")
)


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


class _Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry as it is spelled, its statement not read yet."""

    received: str
    signatures: tuple[Signature, ...]
    statement: msgspec.Raw
    v: int


_leaves = msgspec.json.Decoder(_Leaf)
_statements = msgspec.json.Decoder(Statement)


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
    canonical.require_shallow(data)
    statement = _read_statement(data, depth=0)
    if statement is None:
        return _statement(canonical.decode(data))
    _check(statement)
    return statement


def parse_signatures(value: list[Any], statement: Statement) -> tuple[Signature, ...]:
    """The signatures in JSON form, as many as the statement has signers."""
    signatures = _convert(value, tuple[Signature, ...], "signatures")
    _check_count(signatures, statement)
    return signatures


def _check_count(signatures: tuple[Signature, ...], statement: Statement) -> None:
    if len(signatures) > MAX_SIGNATURES or len(signatures) != len(statement.signers):
        raise FormatError("format.signature_count", expected=len(statement.signers), found=len(signatures))


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
    canonical.require_shallow(leaf)
    return _parse_quickly(leaf) or _parse_step_by_step(leaf)


def reread_leaf(leaf: bytes, id_: bytes) -> Entry:
    """The entry of a leaf that ``parse_leaf`` has accepted, perhaps in another process; ``id_``: its statement's."""
    found = _leaves.decode(leaf)
    data = bytes(found.statement)
    return Entry(_statements.decode(data), data, id_, found.signatures, canonical.parse_time(found.received))


def _parse_quickly(leaf: bytes) -> Entry | None:
    """The entry, where its shape and spelling are in order; None where they have to be looked at more closely."""
    try:
        found = _leaves.decode(leaf)
        # One member, the statement, is copied as it stands: its own spelling is compared below.
        if found.v != 1 or _encoder.encode(found) != leaf:
            return None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    data = bytes(found.statement)
    if len(data) > MAX_STATEMENT:
        return None
    statement = _read_statement(data, depth=1)
    if statement is None:
        return None
    _check(statement)
    _check_count(found.signatures, statement)
    return Entry(statement, data, statement_id(data), found.signatures, canonical.parse_time(found.received))


def _parse_step_by_step(leaf: bytes) -> Entry:
    """The same by way of plain values, so that the first fault is named with its place."""
    value = canonical.decode(leaf)
    if not isinstance(value, dict) or set(value) != {"received", "signatures", "statement", "v"}:
        raise FormatError("format.leaf")
    if type(value["v"]) is not int or value["v"] != 1:
        raise FormatError("format.leaf")
    data = _encoder.encode(value["statement"])  # a part of what was just read canonically
    if len(data) > MAX_STATEMENT:
        raise FormatError("format.statement_size", limit=MAX_STATEMENT)
    statement = _statement(value["statement"])
    if not isinstance(value["received"], str):
        raise FormatError("format.time", path="received")
    signatures = parse_signatures(value["signatures"], statement)
    return Entry(statement, data, statement_id(data), signatures, canonical.parse_time(value["received"]))


def _read_statement(data: bytes, depth: int) -> Statement | None:
    """What ``data`` spells, ``depth`` levels deep in something else; None unless shape and spelling are in order."""
    try:
        statement = _statements.decode(data)
        if _encoder.encode(statement) != data:
            return None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if statement.seen.size > canonical.MAX_INTEGER or not canonical.is_plain(statement.body, depth + 1):
        return None
    return statement


def is_origin(text: str) -> bool:
    """Whether ``text`` may name a log: schema-less, lower case, at most 128 characters (C2SP tlog-checkpoint)."""
    return len(text) <= 128 and (text in _ORIGIN.texts or _ORIGIN.matches(text))  # noqa: PLR2004


def _statement(value: Any) -> Statement:
    statement = _convert(value, Statement, "statement")
    _check(statement)
    return statement


def _check(statement: Statement) -> None:
    """What the shape alone does not say."""
    if statement.v != 1:
        raise FormatError("format.version", path="v")
    if statement.type not in _TYPE.texts and not _TYPE.matches(statement.type):
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


def _check_parties(statement: Statement) -> None:
    if not _is_person(statement.author) and statement.author not in (ids.GENESIS, ids.CLERK):
        raise FormatError("format.id", path="author")
    if statement.cosigners:
        for position, cosigner in enumerate(statement.cosigners):
            if not _is_person(cosigner):
                raise FormatError("format.id", path=f"cosigners/{position}")
        if len(set(statement.signers)) != len(statement.signers):
            raise FormatError("format.signer_twice", path="cosigners")
    if (statement.for_ is None) != (statement.via is None):
        raise FormatError("format.via", path="via")
    if statement.for_ is not None and (not ids.is_id(statement.for_, "mem") or statement.via not in VIAS):
        raise FormatError("format.via", path="for")


def _is_person(id_: str) -> bool:
    return ids.is_id(id_, "mem") or ids.is_id(id_, "key")


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
