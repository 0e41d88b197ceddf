"""Passkeys: an assertion over exactly these bytes, made by a person who was there, on a page that says where it is."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ledger import canonical, keys, passkey
from ledger.errors import SignatureFault
from ledger.statement import DOMAIN, Signature
from tests.ledger.values import KEY, flips

MESSAGE = DOMAIN + b"{}"
RP_ID = "village.example"
P256 = ec.derive_private_key(7, ec.SECP256R1())


def client(**changes: Any) -> bytes:
    fields = {
        "type": "webauthn.get",
        "challenge": base64.urlsafe_b64encode(hashlib.sha256(MESSAGE).digest()).rstrip(b"=").decode(),
        "origin": "https://village.example",
        "crossOrigin": False,
    }
    return json.dumps({key: value for key, value in (fields | changes).items() if value is not None}).encode()


def authenticator(flags: int = 0x05) -> bytes:
    return passkey.rp_id_hash(RP_ID) + bytes([flags]) + bytes(4)


def assertion(client_data: bytes, data: bytes, *, es256: bool = True) -> Signature:
    signed = data + hashlib.sha256(client_data).digest()
    public, raw = _sign_es256(signed) if es256 else (keys.ed25519_public(bytes(KEY.verify_key)), _sign_ed25519(signed))
    return Signature("webauthn", public, canonical.b64(raw), canonical.b64(data), canonical.b64(client_data))


def _sign_ed25519(signed: bytes) -> bytes:
    return bytes(KEY.sign(signed).signature)


def _sign_es256(signed: bytes) -> tuple[str, bytes]:
    point = P256.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    r, s = utils.decode_dss_signature(P256.sign(signed, ec.ECDSA(hashes.SHA256())))
    low = min(s, keys.P256_ORDER - s)
    return f"es256:{canonical.b64(point)}", r.to_bytes(32, "big") + low.to_bytes(32, "big")


@pytest.mark.parametrize("es256", [True, False])
@pytest.mark.parametrize(("flags", "verified"), [(0x01, False), (0x05, True), (0x1D, True)])
def test_facts_for_the_fold(flags: int, verified: bool, es256: bool) -> None:  # noqa: FBT001
    facts = keys.verify(assertion(client(), authenticator(flags), es256=es256), MESSAGE)
    assert facts.passkey == passkey.Assertion("https://village.example", passkey.rp_id_hash(RP_ID), verified)


def test_cross_origin_may_be_left_out() -> None:
    keys.verify(assertion(client(crossOrigin=None), authenticator()), MESSAGE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "webauthn.create"}, "passkey.type"),
        ({"type": None}, "passkey.type"),
        ({"challenge": "AAAA"}, "passkey.challenge"),
        ({"challenge": None}, "passkey.challenge"),
        ({"crossOrigin": True}, "passkey.cross_origin"),
        ({"crossOrigin": "false"}, "passkey.cross_origin"),
        ({"crossOrigin": 0}, "passkey.cross_origin"),
        ({"topOrigin": "https://elsewhere.example"}, "passkey.cross_origin"),
        ({"origin": None}, "passkey.form"),
        ({"origin": ["https://village.example"]}, "passkey.form"),
    ],
)
def test_other_client_data_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(SignatureFault) as error:
        keys.verify(assertion(client(**changes), authenticator()), MESSAGE)
    assert error.value.code == code


def test_a_challenge_for_a_session_signs_no_statement() -> None:
    session = keys.SESSION_DOMAIN + b"{}"
    with pytest.raises(SignatureFault, match=r"passkey\.challenge"):
        keys.verify(assertion(client(), authenticator()), session)


@pytest.mark.parametrize("client_data", [b"", b"[]", b"{", b"\xff", client()[:-1] + b',"origin":"https://x.example"}'])
def test_malformed_client_data_is_refused(client_data: bytes) -> None:
    with pytest.raises(SignatureFault, match=r"passkey\.form"):
        keys.verify(assertion(client_data, authenticator()), MESSAGE)


@pytest.mark.parametrize("data", [b"", authenticator()[:36]])
def test_short_authenticator_data_is_refused(data: bytes) -> None:
    with pytest.raises(SignatureFault, match=r"passkey\.form"):
        keys.verify(assertion(client(), data), MESSAGE)


@pytest.mark.parametrize("flags", [0x00, 0x04])
def test_nobody_there_is_refused(flags: int) -> None:
    with pytest.raises(SignatureFault, match=r"passkey\.user_presence"):
        keys.verify(assertion(client(), authenticator(flags)), MESSAGE)


@pytest.mark.parametrize("es256", [True, False])
def test_every_flipped_bit_is_refused(es256: bool) -> None:  # noqa: FBT001
    good = assertion(client(), authenticator(), es256=es256)
    for data in flips(authenticator()):
        with pytest.raises(SignatureFault):
            keys.verify(Signature("webauthn", good.key, good.sig, canonical.b64(data), good.client_data), MESSAGE)
    for data in flips(client()):
        with pytest.raises(SignatureFault):
            keys.verify(
                Signature("webauthn", good.key, good.sig, good.authenticator_data, canonical.b64(data)), MESSAGE
            )


@pytest.mark.parametrize("missing", ["authenticator_data", "client_data"])
def test_both_halves_are_needed(missing: str) -> None:
    good = assertion(client(), authenticator())
    halves = {"authenticator_data": good.authenticator_data, "client_data": good.client_data} | {missing: None}
    with pytest.raises(SignatureFault, match=r"passkey\.form"):
        keys.verify(Signature("webauthn", good.key, good.sig, **halves), MESSAGE)
