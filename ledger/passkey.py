"""Reading a WebAuthn assertion over a statement (W3C WebAuthn Level 3, section 7.2).

The challenge is SHA-256 of the signed bytes. Type, challenge, ``crossOrigin`` and user presence are
settled here; origin, RP id and user verification are facts that the fold judges, because which
origins may speak for a co-op is part of its ledger. The signature itself is checked by ``keys.py``
over ``authenticatorData || SHA-256(clientDataJSON)``.

Authenticators give ECDSA signatures in DER with either s; the browser's half rewrites them as r||s
with low s before they are submitted, so here too a signature has one spelling.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final, NamedTuple

from ledger import canonical
from ledger.errors import FormatError, SignatureFault
from ledger.statement import Signature

_USER_PRESENT: Final = 0x01
_USER_VERIFIED: Final = 0x04
_MINIMUM_DATA: Final = 37  # RP id hash (32), flags (1), counter (4)


class Assertion(NamedTuple):
    """What an assertion claims besides the signature."""

    origin: str
    rp_id_hash: bytes
    user_verified: bool


def read(signature: Signature, message: bytes) -> tuple[Assertion, bytes]:
    """The assertion's facts and the bytes its signature covers; SignatureFault for any breach."""
    if signature.authenticator_data is None or signature.client_data is None:
        raise SignatureFault("passkey.form")
    try:
        data = canonical.unb64(signature.authenticator_data)
        client_bytes = canonical.unb64(signature.client_data)
    except FormatError as error:
        raise SignatureFault("passkey.form") from error
    client = _client(client_bytes)
    if client.get("type") != "webauthn.get":
        raise SignatureFault("passkey.type")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=").decode()
    if client.get("challenge") != challenge:
        raise SignatureFault("passkey.challenge")
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise SignatureFault("passkey.cross_origin")
    origin = client.get("origin")
    if not isinstance(origin, str) or len(data) < _MINIMUM_DATA:
        raise SignatureFault("passkey.form")
    flags = data[32]
    if not flags & _USER_PRESENT:
        raise SignatureFault("passkey.user_presence")
    assertion = Assertion(origin, data[:32], bool(flags & _USER_VERIFIED))
    return assertion, data + hashlib.sha256(client_bytes).digest()


def rp_id_hash(rp_id: str) -> bytes:
    """SHA-256 of a relying party id, as authenticators put it first in their data."""
    return hashlib.sha256(rp_id.encode()).digest()


def _client(data: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise SignatureFault("passkey.form")
        return result

    try:
        canonical.require_shallow(data)
        client = json.loads(data.decode(), object_pairs_hook=once)
    except (ValueError, RecursionError, FormatError) as error:
        raise SignatureFault("passkey.form") from error
    if not isinstance(client, dict):
        raise SignatureFault("passkey.form")
    return client
