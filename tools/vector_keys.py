"""Deterministic keys and signatures of the test vectors. Nothing here may ever sign anything real."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final

from coincurve import PrivateKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.signing import SigningKey

from ledger import canonical, keys, passkey, wallet
from ledger.errors import SignatureFault
from ledger.statement import DOMAIN, Signature

LOG_KEY: Final = SigningKey(hashlib.sha256(b"vector log key").digest())
_ED25519: Final = SigningKey(hashlib.sha256(b"vector member key").digest())
_ES256: Final = ec.derive_private_key(
    int.from_bytes(hashlib.sha256(b"vector device key").digest(), "big") % keys.P256_ORDER, ec.SECP256R1()
)
ED25519_PUBLIC: Final = keys.ed25519_public(bytes(_ED25519.verify_key))
ES256_PUBLIC: Final = "es256:" + canonical.b64(
    _ES256.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
)
_WALLET: Final = PrivateKey(hashlib.sha256(b"vector wallet").digest())
RP_ID: Final = "coop.example"
WALLET_PUBLIC: Final = f"{wallet.SCHEME}:" + wallet.address_of(_WALLET.public_key.format(compressed=False))
Json = dict[str, Any]


def ed25519(message: bytes) -> Json:
    """An Ed25519 signature in JSON form."""
    return {"alg": "ed25519", "key": ED25519_PUBLIC, "sig": canonical.b64(_ED25519.sign(message).signature)}


def es256(message: bytes) -> Json:
    """A P-256 signature in JSON form, with low s."""
    return {"alg": "es256", "key": ES256_PUBLIC, "sig": canonical.b64(_raw(_der(message)))}


def eip712(message: bytes) -> Json:
    """A wallet's signature in JSON form, over a statement or a log-in."""
    if message.startswith(DOMAIN):
        digest = wallet.statement_digest(message[len(DOMAIN) :], hashlib.sha256(message).digest())
    else:
        digest = wallet.session_digest(message[len(keys.SESSION_DOMAIN) :], message)
    raw = _WALLET.sign_recoverable(digest, hasher=None)
    return {"alg": "eip712", "key": WALLET_PUBLIC, "sig": canonical.b64(raw[:64] + bytes([27 + raw[64]]))}


def webauthn(message: bytes, scheme: str, *, flags: int = 5, **client: Any) -> Json:
    """An assertion over ``message``; ``client`` overrides members of the client data."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).rstrip(b"=").decode()
    told = {"type": "webauthn.get", "challenge": challenge, "origin": f"https://{RP_ID}", "crossOrigin": False} | client
    client_data = json.dumps(told, separators=(",", ":")).encode()
    data = passkey.rp_id_hash(RP_ID) + bytes([flags]) + bytes(4)
    signed = (ed25519 if scheme == "ed25519" else es256)(data + hashlib.sha256(client_data).digest())
    return signed | {
        "alg": "webauthn",
        "authenticator_data": canonical.b64(data),
        "client_data": canonical.b64(client_data),
    }


def der_pairs(message: bytes) -> list[Json]:
    """DER signatures as authenticators give them, low and high s, with the one form that is submitted."""
    r, s = utils.decode_dss_signature(_der(message))
    pair = [utils.encode_dss_signature(r, value) for value in (s, keys.P256_ORDER - s)]
    return [{"der": der.hex(), "raw": _raw(der).hex()} for der in pair]


def faults(message: bytes, session: bytes) -> list[Json]:
    """Signatures that must be refused, with their codes."""
    good, point, assertion = ed25519(message), es256(message), webauthn(message, "es256")
    raw = canonical.unb64(point["sig"])
    wallets = eip712(message)
    typed = canonical.unb64(wallets["sig"])
    mirrored = (wallet.ORDER - int.from_bytes(typed[32:64], "big")).to_bytes(32, "big")
    high = raw[:32] + (keys.P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    wrong = [
        ed25519(session),
        es256(session),
        webauthn(session, "es256"),
        good | {"alg": "rsa"},
        good | {"alg": "es256"},
        good | {"key": ES256_PUBLIC},
        good | {"key": "ed25519:AA=="},
        good | {"key": "rsa:AA=="},
        good | {"sig": "AA=="},
        good | {"client_data": "AA=="},
        point | {"sig": canonical.b64(high)},
        point | {"key": "es256:" + canonical.b64(b"\x04" + canonical.unb64(ES256_PUBLIC[6:])[1:])},
        {key: value for key, value in assertion.items() if key != "client_data"},
        webauthn(message, "es256", type="webauthn.create"),
        webauthn(message, "es256", crossOrigin=True),
        webauthn(message, "es256", topOrigin="https://evil.example"),
        webauthn(message, "es256", challenge="AAAA"),
        webauthn(message, "es256", origin=7),
        webauthn(message, "es256", flags=4),
        assertion | {"key": ED25519_PUBLIC},
        eip712(session),
        wallets | {"key": WALLET_PUBLIC.lower()},
        wallets | {"key": f"eip712:0x{'0' * 40}"},
        wallets | {"key": ED25519_PUBLIC},
        wallets | {"sig": good["sig"]},
        wallets | {"sig": canonical.b64(typed[:32] + mirrored + bytes([55 - typed[64]]))},
        wallets | {"sig": canonical.b64(typed[:64] + bytes([typed[64] - 27]))},
        wallets | {"sig": canonical.b64(bytes(64) + typed[64:])},
        wallets | {"client_data": "AA=="},
    ]
    return [{"signature": signature, "code": _refused(signature, message)} for signature in wrong]


def _refused(signature: Json, message: bytes) -> str:
    try:
        keys.verify(Signature(**signature), message)
    except SignatureFault as fault:
        return fault.code
    raise AssertionError(f"accepted: {signature}")


def _der(message: bytes) -> bytes:
    return _ES256.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _raw(der: bytes) -> bytes:
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, keys.P256_ORDER - s).to_bytes(32, "big")
