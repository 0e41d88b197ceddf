"""Keys of every kind that a statement may be signed with, each from a seed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Final, NamedTuple

from nacl.signing import SigningKey

from ledger import canonical, keys, passkey, wallet
from ledger.compose import public_of, sign_ed25519
from ledger.keys import Facts
from ledger.statement import DOMAIN, Signature, statement_id

RP_ID: Final = "bench.example"
WEB: Final = "https://bench.example"


class Signer(NamedTuple):
    """A key of some kind, as its owner has it; ``sign`` gives its signature over a canonical statement."""

    alg: str
    public: str
    sign: Callable[[bytes], Signature]
    facts: Facts = keys.NO_FACTS
    """What the fold is told of such a signature."""


def signer(alg: str, seed: str) -> Signer:
    """The key of that kind which the seed gives."""
    secret = hashlib.sha256(seed.encode()).digest()
    return {"ed25519": _ed25519, "es256": _es256, "webauthn": _passkey, wallet.SCHEME: _wallet}[alg](secret)


def of_ed25519(key: SigningKey) -> Signer:
    """The signer that has that key."""
    return Signer("ed25519", public_of(key), lambda data: sign_ed25519(key, data))


def _ed25519(secret: bytes) -> Signer:
    return of_ed25519(SigningKey(secret))


def _p256(secret: bytes) -> tuple[str, Callable[[bytes], str]]:
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    key = ec.derive_private_key(int.from_bytes(secret, "big") % (keys.P256_ORDER - 1) + 1, ec.SECP256R1())
    form = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def sign(message: bytes) -> str:
        r, s = utils.decode_dss_signature(key.sign(message, algorithm))
        low = min(s, keys.P256_ORDER - s)
        return canonical.b64(r.to_bytes(32, "big") + low.to_bytes(32, "big"))

    return f"es256:{canonical.b64(key.public_key().public_bytes(*form))}", sign


def _es256(secret: bytes) -> Signer:
    public, sign = _p256(secret)
    return Signer("es256", public, lambda data: Signature("es256", public, sign(DOMAIN + data)))


def _passkey(secret: bytes) -> Signer:
    public, sign = _p256(secret)
    authenticator = passkey.rp_id_hash(RP_ID) + bytes([5, 0, 0, 0, 0])

    def assertion(data: bytes) -> Signature:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(DOMAIN + data).digest()).rstrip(b"=").decode()
        said = {"type": "webauthn.get", "challenge": challenge, "origin": WEB, "crossOrigin": False}
        client = json.dumps(said, separators=(",", ":")).encode()
        signature = sign(authenticator + hashlib.sha256(client).digest())
        return Signature("webauthn", public, signature, canonical.b64(authenticator), canonical.b64(client))

    found = passkey.Assertion(WEB, passkey.rp_id_hash(RP_ID), user_verified=True)
    return Signer("webauthn", public, assertion, Facts(found))


def _wallet(secret: bytes) -> Signer:
    from coincurve import PrivateKey  # noqa: PLC0415

    key = PrivateKey(secret)
    public = f"{wallet.SCHEME}:{wallet.address_of(key.public_key.format(compressed=False))}"

    def sign(data: bytes) -> Signature:
        found = key.sign_recoverable(wallet.statement_digest(data, statement_id(data)), hasher=None)
        return Signature(wallet.SCHEME, public, canonical.b64(found[:64] + bytes([27 + found[64]])))

    return Signer(wallet.SCHEME, public, sign)
