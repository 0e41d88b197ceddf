"""Keys and the arithmetic of their signatures: Ed25519, ES256, passkeys (``passkey.py``), wallets (``wallet.py``).

A public key in text form is ``scheme:base64``: ``ed25519:`` and 32 bytes, or ``es256:`` and a 33-byte
compressed P-256 point; or ``eip712:`` and an Ethereum address. A signature carries the text form of its key, so its
arithmetic can be checked anywhere, in any order, before any state is known. Whether that key may speak for that signer
*at that index* is the fold's question, and only the fold's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from nacl.bindings import crypto_core_ed25519_add, crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError, CryptoError

from ledger import canonical, passkey, wallet
from ledger.errors import FormatError, LedgerError, SignatureFault
from ledger.statement import DOMAIN, Signature

SESSION_DOMAIN: Final = b"yui/v1/session\n"
"""What a log-in challenge is signed under; never a statement's domain, so neither can pass for the other."""

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ES256_SIGNATURE: Final = 64
_FIELD: Final = 2**255 - 19
_BASE: Final = bytes.fromhex("58" + 31 * "66")
"""RFC 8032's base point."""
_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(point)
    for point in (
        "01" + 31 * "00",
        "ec" + 30 * "ff" + "7f",
        32 * "00",
        31 * "00" + "80",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)
"""The eight points whose order divides the cofactor."""
_NEGATIVE_ZERO: Final = frozenset(bytes.fromhex(point) for point in ("01" + 30 * "00" + "80", "ec" + 31 * "ff"))
"""Two of them with a sign for a coordinate of zero, which has none."""
_REMEMBERED: Final = 8192
"""Public keys whose raw form is remembered: a few keys make most signatures."""


class Facts(NamedTuple):
    """What a verified signature leaves to be judged against the ledger's state."""

    passkey: passkey.Assertion | None = None


NO_FACTS: Final = Facts()


def verify(signature: Signature, message: bytes) -> Facts:
    """Check one signature over ``message`` (domain included). SignatureFault says why it does not hold."""
    algorithm = ALGORITHMS.get(signature.alg)
    if algorithm is None:
        raise SignatureFault("signature.algorithm", alg=signature.alg)
    if signature.alg != "webauthn" and (signature.authenticator_data is not None or signature.client_data is not None):
        raise SignatureFault("signature.form")
    try:
        return algorithm(signature, message)
    except SignatureFault as fault:
        if fault.code == "signature.invalid" and _holds_elsewhere(algorithm, signature, message):
            raise SignatureFault("signature.domain") from fault
        raise


def _holds_elsewhere(algorithm: Verifier, signature: Signature, message: bytes) -> bool:
    """Whether it was made for the same words in the other domain: a log-in offered as a statement, or the reverse.

    A passkey says so by its challenge, and a wallet signs no words but a structure of another kind.
    """
    if signature.alg not in {"ed25519", "es256"}:
        return False
    own, other = (DOMAIN, SESSION_DOMAIN) if message.startswith(DOMAIN) else (SESSION_DOMAIN, DOMAIN)
    try:
        algorithm(signature, other + message.removeprefix(own))
    except LedgerError:
        return False
    return True


def verify_statement(signature: Signature, statement: bytes) -> Facts:
    """Check one signature over a canonical statement, in the statements' own domain."""
    return verify(signature, DOMAIN + statement)


def check_public(alg: str, public: str) -> None:
    """Refuse a key that must never be enrolled: malformed, off the curve, of small or mixed order."""
    if alg not in ALGORITHMS:
        raise SignatureFault("key.algorithm", alg=alg)
    scheme, data = split_public(public)
    if alg != scheme and (alg != "webauthn" or scheme == wallet.SCHEME):
        raise SignatureFault("key.algorithm", alg=alg)
    if scheme == "ed25519":
        _require_sound(data)
    elif scheme == "es256":
        _p256(data)


def _require_sound(point: bytes) -> None:
    """SignatureFault unless it is a point of the prime-order group: else one signature could hold for many keys."""
    if crypto_core_ed25519_is_valid_point(point):
        return
    if point in _SMALL_ORDER:
        raise SignatureFault("key.small_order")
    if int.from_bytes(point, "little") % 2**255 >= _FIELD or point in _NEGATIVE_ZERO:
        raise SignatureFault("key.form")  # another spelling of a coordinate
    try:
        crypto_core_ed25519_add(point, _BASE)  # which takes any point of the curve
    except (CryptoError, ValueError, TypeError) as error:
        raise SignatureFault("key.form") from error
    raise SignatureFault("key.mixed_order")


@lru_cache(_REMEMBERED)
def split_public(public: str) -> tuple[str, bytes]:
    """Scheme and raw bytes of a public key in text form."""
    scheme, separator, text = public.partition(":")
    if scheme == wallet.SCHEME and separator:
        return scheme, wallet.parse_address(text)
    length = {"ed25519": 32, "es256": 33}.get(scheme)
    if not separator or length is None:
        raise SignatureFault("key.form")
    try:
        return scheme, canonical.unb64(text, length)
    except FormatError as error:
        raise SignatureFault("key.form") from error


def ed25519_public(raw: bytes) -> str:
    """Text form of a raw 32-byte Ed25519 public key."""
    return f"ed25519:{canonical.b64(raw)}"


def verify_ed25519(raw: bytes, sig: bytes, message: bytes) -> None:
    """RFC 8032 by libsodium's rules (canonical S, no small-order keys or R); SignatureFault when it does not hold."""
    try:
        crypto_sign_open(sig + message, raw)
    except (BadSignatureError, CryptoError, ValueError, TypeError) as error:
        raise SignatureFault("signature.invalid") from error


def verify_es256(point: bytes, sig: bytes, message: bytes) -> None:
    """P-256 ECDSA with SHA-256 over ``message``; ``sig`` is r||s with s in the lower half, so it has one spelling."""
    if len(sig) != _ES256_SIGNATURE:
        raise SignatureFault("signature.form")
    r, s = int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big")
    if s > P256_ORDER // 2:
        raise SignatureFault("signature.high_s")
    _p256(point)(r, s, message)


@lru_cache(_REMEMBERED)
def _p256(point: bytes) -> Callable[[int, int, bytes], None]:
    """What checks (r, s) over a message under that key; SignatureFault ``key.form`` where it is no point."""
    # Imported here: only some ledgers hold such keys, and the library takes its time to load.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise SignatureFault("key.form") from error
    algorithm = ec.ECDSA(hashes.SHA256())

    def check(r: int, s: int, message: bytes) -> None:
        try:
            key.verify(utils.encode_dss_signature(r, s), message, algorithm)
        except InvalidSignature as error:
            raise SignatureFault("signature.invalid") from error

    return check


def _raw_signature(signature: Signature, length: int = 64) -> bytes:
    try:
        return canonical.unb64(signature.sig, length)
    except FormatError as error:
        raise SignatureFault("signature.form") from error


def _key_of(signature: Signature, scheme: str) -> bytes:
    found, raw = split_public(signature.key)
    if found != scheme:
        raise SignatureFault("key.algorithm", alg=signature.alg)
    return raw


def _ed25519(signature: Signature, message: bytes) -> Facts:
    verify_ed25519(_key_of(signature, "ed25519"), _raw_signature(signature), message)
    return NO_FACTS


def _es256(signature: Signature, message: bytes) -> Facts:
    verify_es256(_key_of(signature, "es256"), _raw_signature(signature), message)
    return NO_FACTS


def _webauthn(signature: Signature, message: bytes) -> Facts:
    assertion, signed = passkey.read(signature, message)
    scheme, raw = split_public(signature.key)
    if scheme == wallet.SCHEME:
        raise SignatureFault("key.algorithm", alg=signature.alg)
    check = verify_ed25519 if scheme == "ed25519" else verify_es256
    check(raw, _raw_signature(signature), signed)
    return Facts(passkey=assertion)


def _eip712(signature: Signature, message: bytes) -> Facts:
    address, sig = _key_of(signature, wallet.SCHEME), _raw_signature(signature, 65)
    if message.startswith(DOMAIN):
        digest = wallet.statement_digest(message[len(DOMAIN) :], hashlib.sha256(message).digest())
    elif message.startswith(SESSION_DOMAIN):
        digest = wallet.session_digest(message[len(SESSION_DOMAIN) :], message)
    else:
        raise SignatureFault("signature.form")
    wallet.verify(address, sig, digest)
    return NO_FACTS


Verifier = Callable[[Signature, bytes], Facts]

ALGORITHMS: Final[dict[str, Verifier]] = {
    "ed25519": _ed25519,
    "es256": _es256,
    "webauthn": _webauthn,
    wallet.SCHEME: _eip712,
}
"""Every kind of signature a statement may carry. A new kind is one function and one line here."""
