"""Wallets: what they sign, in one spelling, and nothing that they signed elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import canonical, keys, wallet
from ledger.errors import LedgerError, SignatureFault
from ledger.keys import Facts
from ledger.statement import Signature
from tests.ledger.values import flips
from tests.ledger.wallets import public, sign_session, sign_statement
from tests.ledger.wallets import wallet as make_wallet

HANA = make_wallet("Hana")
STATEMENT = b'{"ledger":"coop.example/owase","type":"token.gift/1"}'
CHALLENGE = b'{"challenge":"AAAA","expires":"2026-04-01T09:00:00.000Z","origin":"coop.example/owase"}'
GOOD = sign_statement(HANA, STATEMENT)
RAW = canonical.unb64(GOOD.sig)


def refused(code: str, signature: Signature, statement: bytes = STATEMENT) -> None:
    with pytest.raises(SignatureFault) as caught:
        keys.verify_statement(signature, statement)
    assert caught.value.code == code


def spelled(raw: bytes, key: str = GOOD.key) -> Signature:
    return Signature("eip712", key, canonical.b64(raw))


def test_what_a_wallet_signs_holds() -> None:
    assert keys.verify_statement(GOOD, STATEMENT) == Facts()


@settings(max_examples=40, deadline=None)  # the first one loads the libraries
@given(st.sampled_from("abcdefgh"), st.from_regex(r"[a-z]{1,20}\.[a-z]{2,8}(/[a-z]{1,20})?", fullmatch=True))
def test_it_is_what_another_program_calls_typed_data(seed: str, origin: str) -> None:
    account = make_wallet(seed)
    statement = canonical.encode({"ledger": origin, "type": "ballot.cast/1", "body": {"choice": "賛成"}})
    keys.verify_statement(sign_statement(account, statement), statement)


def test_every_flipped_bit_is_refused() -> None:
    for raw in flips(RAW):
        with pytest.raises(SignatureFault):
            keys.verify_statement(spelled(raw), STATEMENT)
    for statement in flips(STATEMENT):
        with pytest.raises((LedgerError, KeyError)):
            keys.verify_statement(GOOD, statement)
    for address in flips(GOOD.key.encode()):
        with pytest.raises((SignatureFault, UnicodeDecodeError)):
            keys.verify_statement(spelled(RAW, address.decode()), STATEMENT)


def test_the_other_half_of_s_is_refused() -> None:
    s = wallet.ORDER - int.from_bytes(RAW[32:64], "big")
    refused("signature.high_s", spelled(RAW[:32] + s.to_bytes(32, "big") + bytes([55 - RAW[64]])))


@pytest.mark.parametrize("v", [0, 1, 26, 29, 35, 37, 255])
def test_an_odd_v_is_refused(v: int) -> None:
    refused("signature.recovery", spelled(RAW[:64] + bytes([v])))


@pytest.mark.parametrize("raw", [b"", RAW[:64], RAW + b"\x00"])
def test_a_signature_has_one_length(raw: bytes) -> None:
    refused("signature.form", spelled(raw))


@pytest.mark.parametrize("raw", [bytes(64) + b"\x1b", b"\xff" * 32 + bytes(31) + b"\x01\x1b"])
def test_numbers_off_the_curve_are_refused(raw: bytes) -> None:
    refused("signature.invalid", spelled(raw))


def test_a_log_in_is_no_statement_nor_the_reverse() -> None:
    login = sign_session(HANA, CHALLENGE)
    assert keys.verify(login, keys.SESSION_DOMAIN + CHALLENGE) == Facts()
    refused("signature.invalid", login)
    with pytest.raises(SignatureFault):
        keys.verify(GOOD, keys.SESSION_DOMAIN + CHALLENGE)
    with pytest.raises(SignatureFault, match=r"signature\.form"):
        keys.verify(GOOD, b"another domain\n" + STATEMENT)


def test_an_address_has_one_spelling() -> None:
    address = HANA.address
    for text in (address.lower(), address.upper().replace("0X", "0x"), address[2:], address + "0", "0x" + "0" * 40):
        with pytest.raises(SignatureFault, match=r"key\.(form|weak)"):
            keys.check_public("eip712", f"eip712:{text}")
    keys.check_public("eip712", public(HANA))


def test_a_wallets_key_is_for_wallets() -> None:
    for alg in ("webauthn", "ed25519", "es256"):
        with pytest.raises(SignatureFault, match=r"key\.algorithm"):
            keys.check_public(alg, public(HANA))
    refused("key.algorithm", Signature("ed25519", public(HANA), canonical.b64(RAW[:64])))
    refused("key.algorithm", Signature("eip712", keys.ed25519_public(bytes(32)), GOOD.sig))


EIP55 = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
)


@pytest.mark.parametrize("address", EIP55)
def test_addresses_are_spelled_as_eip_55_has_them(address: str) -> None:
    assert wallet.spell_address(bytes.fromhex(address[2:])) == address


def test_a_statement_is_read_once_for_all_its_wallets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stranger posts may bear sixty-four signatures over 32 KB."""
    statement = canonical.encode({"ledger": "coop.example/owase", "type": "token.gift/1", "body": {"once": "only"}})
    signed = [sign_statement(make_wallet(seed), statement) for seed in "abcdefgh"]
    read: list[bytes] = []
    decode = canonical.decode

    def reading(data: bytes) -> object:
        read.append(data)
        return decode(data)

    monkeypatch.setattr(canonical, "decode", reading)
    for signature in signed:
        keys.verify_statement(signature, statement)
    assert read == [statement]
