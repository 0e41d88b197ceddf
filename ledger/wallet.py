r"""Ethereum wallets: EIP-712 signatures over a statement or a log-in.

    domain    = {name: "Yui", version: "1", salt: SHA-256(origin)}
    statement = Statement(string ledger,string type,bytes32 digest)      digest: the statement's id
    log-in    = Session(string ledger,string expires,bytes32 digest)     digest: SHA-256 of the message
    signed    = keccak256(0x19 0x01 || hash of the domain || hash of the struct)

A wallet shows these members, so its owner reads which ledger it is for and what kind of statement; the pages say the
rest. The public key's text form is ``eip712:`` and the address in EIP-55 spelling; the signature is r || s || v
with s in the lower half and v 27 or 28, so it has one spelling. Contract wallets have no place here: what they accept
can change, and a ledger must verify for ever.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from ledger import canonical
from ledger.errors import SignatureFault

SCHEME: Final = "eip712"
ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the group of secp256k1."""

DOMAIN_FIELDS: Final = (("name", "string"), ("version", "string"), ("salt", "bytes32"))
STATEMENT_FIELDS: Final = (("ledger", "string"), ("type", "string"), ("digest", "bytes32"))
SESSION_FIELDS: Final = (("ledger", "string"), ("expires", "string"), ("digest", "bytes32"))
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_SIGNATURE: Final = 65
_RECOVERY: Final = 27
_REMEMBERED: Final = 16
"""Statements whose digest is remembered: one may bear many signatures, and reading it for each would cost a stranger
who posts such statements little, and the service much.
"""


@lru_cache(_REMEMBERED)
def statement_digest(statement: bytes, id_: bytes) -> bytes:
    """What a wallet signs for a canonical statement with that id."""
    said = canonical.decode(statement)
    values = {"ledger": said["ledger"], "type": said["type"], "digest": id_}
    return _digest(said["ledger"], "Statement", STATEMENT_FIELDS, values)


def session_digest(challenge: bytes, message: bytes) -> bytes:
    """What a wallet signs for a canonical log-in challenge; ``message`` is that with its domain."""
    asked = canonical.decode(challenge)
    values = {"ledger": asked["origin"], "expires": asked["expires"], "digest": hashlib.sha256(message).digest()}
    return _digest(asked["origin"], "Session", SESSION_FIELDS, values)


def parse_address(text: str) -> bytes:
    """The 20 bytes of an address in EIP-55 spelling; SignatureFault ``key.form``, or ``key.weak`` for zero."""
    if not _ADDRESS.match(text):
        raise SignatureFault("key.form")
    raw = bytes.fromhex(text[2:])
    if spell_address(raw) != text:
        raise SignatureFault("key.form")
    if not any(raw):
        raise SignatureFault("key.weak")
    return raw


def spell_address(raw: bytes) -> str:
    """EIP-55: the case of each letter is a digit of the hash of the lower-case address."""
    plain = raw.hex()
    digits = _keccak(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(d, 16) > 7 else c for c, d in zip(plain, digits, strict=False))  # noqa: PLR2004


def address_of(point: bytes) -> str:
    """The address of an uncompressed point of 65 bytes."""
    return spell_address(_address(point))


def verify(address: bytes, sig: bytes, digest: bytes) -> None:
    """SignatureFault ``signature.form``, ``high_s``, ``recovery`` or ``invalid`` unless that key has signed."""
    # Imported here: only some ledgers hold such keys, and the library takes its time to load.
    from coincurve import PublicKey  # noqa: PLC0415

    if len(sig) != _SIGNATURE:
        raise SignatureFault("signature.form")
    if int.from_bytes(sig[32:64], "big") > ORDER // 2:
        raise SignatureFault("signature.high_s")
    if sig[64] not in {_RECOVERY, _RECOVERY + 1}:
        raise SignatureFault("signature.recovery")
    try:
        key = PublicKey.from_signature_and_message(sig[:64] + bytes([sig[64] - _RECOVERY]), digest, hasher=None)
    except Exception as error:  # the library raises Exception itself where no point belongs to r
        raise SignatureFault("signature.invalid") from error
    if _address(key.format(compressed=False)) != address:
        raise SignatureFault("signature.invalid")


def _address(point: bytes) -> bytes:
    return _keccak(point[1:])[12:]


def _digest(origin: str, name: str, fields: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> bytes:
    domain = {"name": "Yui", "version": "1", "salt": hashlib.sha256(origin.encode()).digest()}
    parts = (_struct("EIP712Domain", DOMAIN_FIELDS, domain), _struct(name, fields, values))
    return _keccak(b"\x19\x01" + b"".join(parts))


def _struct(name: str, fields: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> bytes:
    """``hashStruct`` of EIP-712 for members that are strings or 32 bytes."""
    kind = f"{name}({','.join(f'{type_} {field}' for field, type_ in fields)})"
    members = (_keccak(values[field].encode()) if type_ == "string" else values[field] for field, type_ in fields)
    return _keccak(_keccak(kind.encode()) + b"".join(members))


def _keccak(data: bytes) -> bytes:
    from eth_hash.auto import keccak  # noqa: PLC0415 - see above

    return keccak(data)
