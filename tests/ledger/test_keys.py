"""Signatures: one spelling each, under keys that could have been made honestly."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ledger import canonical, keys
from ledger.compose import public_of, sign_ed25519
from ledger.errors import SignatureFault
from ledger.statement import DOMAIN, Signature
from tests.ledger.values import KEY, OTHER_KEY, flips

DATA = b'{"a":1}'
P256 = ec.derive_private_key(11, ec.SECP256R1())
POINT = P256.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)

SMALL_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)
"""Points of order 1, 2, 4 and 8, as RFC 7748 and the CCTV vectors list them."""


def es256(data: bytes, *, high: bool = False) -> Signature:
    r, s = utils.decode_dss_signature(P256.sign(DOMAIN + data, ec.ECDSA(hashes.SHA256())))
    low = min(s, keys.P256_ORDER - s)
    raw = r.to_bytes(32, "big") + (keys.P256_ORDER - low if high else low).to_bytes(32, "big")
    return Signature("es256", f"es256:{canonical.b64(POINT)}", canonical.b64(raw))


def changed(good: Signature, **changes: str) -> Signature:
    fields = {"alg": good.alg, "key": good.key, "sig": good.sig} | changes
    return Signature(**fields)


@pytest.mark.parametrize("good", [sign_ed25519(KEY, DATA), es256(DATA)], ids=["ed25519", "es256"])
def test_every_flipped_bit_is_refused(good: Signature) -> None:
    assert keys.verify_statement(good, DATA) == keys.Facts()
    for sig in flips(canonical.unb64(good.sig)):
        with pytest.raises(SignatureFault):
            keys.verify_statement(changed(good, sig=canonical.b64(sig)), DATA)
    scheme, public = keys.split_public(good.key)
    for key in flips(public):
        with pytest.raises(SignatureFault):
            keys.verify_statement(changed(good, key=f"{scheme}:{canonical.b64(key)}"), DATA)
    for data in flips(DATA):
        with pytest.raises(SignatureFault):
            keys.verify_statement(good, data)


def test_domains_are_apart() -> None:
    for made, code in ((keys.SESSION_DOMAIN + DATA, r"signature\.domain"), (DATA, r"signature\.invalid")):
        sig = canonical.b64(KEY.sign(made).signature)
        with pytest.raises(SignatureFault, match=code):
            keys.verify_statement(Signature("ed25519", public_of(KEY), sig), DATA)


def test_an_es256_signature_has_one_spelling() -> None:
    with pytest.raises(SignatureFault, match=r"signature\.high_s"):
        keys.verify_statement(es256(DATA, high=True), DATA)


def test_an_ed25519_signature_with_s_beyond_the_order_is_refused() -> None:
    """RFC 8032 section 5.1.7: S must be below L, or everyone could spell a signature twice."""
    order = 2**252 + 27742317777372353535851937790883648493
    raw = canonical.unb64(sign_ed25519(KEY, DATA).sig)
    shifted = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    with pytest.raises(SignatureFault, match=r"signature\.invalid"):
        keys.verify_statement(Signature("ed25519", public_of(KEY), canonical.b64(shifted)), DATA)


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_keys_of_small_order_are_neither_enrolled_nor_believed(public: str) -> None:
    raw = bytes.fromhex(public)
    with pytest.raises(SignatureFault, match=r"key\.small_order"):
        keys.check_public("ed25519", keys.ed25519_public(raw))
    # With the identity as key and as R, S = 0 satisfies the bare equation for every message.
    for sig in (bytes(64), bytes([1, *bytes(63)]), raw + bytes(32)):
        with pytest.raises(SignatureFault, match=r"signature\.invalid"):
            keys.verify_ed25519(raw, sig, DATA)


@pytest.mark.parametrize(
    ("alg", "public", "code"),
    [
        ("rsa", public_of(KEY), "key.algorithm"),
        ("es256", public_of(KEY), "key.algorithm"),
        ("ed25519", f"es256:{canonical.b64(POINT)}", "key.algorithm"),
        ("ed25519", "ed25519:" + canonical.b64(bytes(31)), "key.form"),
        ("ed25519", canonical.b64(bytes(32)), "key.form"),
        ("ed25519", "ed25519", "key.form"),
        ("ed25519", "Ed25519:" + canonical.b64(bytes(32)), "key.form"),
        ("es256", "es256:" + canonical.b64(b"\x05" + POINT[1:]), "key.form"),
        ("es256", "es256:" + canonical.b64(b"\x02" + b"\xff" * 32), "key.form"),
    ],
)
def test_other_keys_are_refused(alg: str, public: str, code: str) -> None:
    with pytest.raises(SignatureFault) as error:
        keys.check_public(alg, public)
    assert error.value.code == code


@pytest.mark.parametrize("alg", ["ed25519", "webauthn"])
def test_honest_keys_are_accepted(alg: str) -> None:
    keys.check_public(alg, public_of(OTHER_KEY))
    keys.check_public(alg.replace("ed25519", "es256"), f"es256:{canonical.b64(POINT)}")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"alg": "none"}, "signature.algorithm"),
        ({"alg": ""}, "signature.algorithm"),
        ({"alg": "es256"}, "key.algorithm"),
        ({"sig": ""}, "signature.form"),
        ({"sig": canonical.b64(bytes(63))}, "signature.form"),
        ({"sig": canonical.b64(bytes(65))}, "signature.form"),
        ({"sig": "?"}, "signature.form"),
        ({"key": "ed25519:?"}, "key.form"),
        ({"key": public_of(OTHER_KEY)}, "signature.invalid"),
    ],
)
def test_other_signatures_are_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(SignatureFault) as error:
        keys.verify_statement(changed(sign_ed25519(KEY, DATA), **changes), DATA)
    assert error.value.code == code


def test_a_plain_signature_carries_nothing_else() -> None:
    good = sign_ed25519(KEY, DATA)
    with pytest.raises(SignatureFault, match=r"signature\.form"):
        keys.verify_statement(Signature(good.alg, good.key, good.sig, client_data="AA=="), DATA)


def test_the_published_example_of_rfc_8032() -> None:
    """Section 7.1, test 3."""
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    keys.verify_ed25519(public, signature, bytes.fromhex("af82"))
