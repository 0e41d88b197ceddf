"""The paying key: where it may come from, what is said when it can't, and that nothing ever shows it."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import pytest
from eth_account import Account

from contracts import key
from contracts.errors import KeyMissing, KeyPassword, KeyUnreadable, WrongKey
from tools import anvil

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
SECRET = anvil.KEY.hex()


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(anvil.KEY, "open, sesame", kdf="pbkdf2", iterations=1000)))
    return path


def password(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "password"
    path.write_text(text)
    return path


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\nwritten down by Hanako\n"])
def test_a_keystore_opens_with_the_first_line_of_its_password_file(keystore: Path, tmp_path: Path, ending: str) -> None:
    assert key.from_keystore(keystore, password(tmp_path, "open, sesame" + ending), ADDRESS).address == ADDRESS


def test_a_wrong_password_is_told_from_a_damaged_keystore(keystore: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyPassword):
        key.from_keystore(keystore, password(tmp_path, "open, barley"))
    file = json.loads(keystore.read_text())
    crypto = file["crypto"]
    faults = (
        {"version": 9},
        {"crypto": 1},
        {"crypto": crypto | {"kdf": "rot13"}},
        {"crypto": crypto | {"ciphertext": "zz"}},
    )
    for damaged in ("", "{}", "[]", "null", "no JSON", *(json.dumps(file | fault) for fault in faults)):
        keystore.write_text(damaged)
        with pytest.raises(KeyUnreadable):
            key.from_keystore(keystore, password(tmp_path, "open, sesame"))


def test_files_that_are_not_there_are_named(tmp_path: Path, keystore: Path) -> None:
    with pytest.raises(KeyUnreadable, match="nowhere"):
        key.from_keystore(tmp_path / "nowhere", password(tmp_path, "x"))
    with pytest.raises(KeyUnreadable, match="elsewhere"):
        key.from_keystore(keystore, tmp_path / "elsewhere")


@pytest.mark.parametrize("text", [SECRET, "0x" + SECRET, f" {SECRET.upper()}\n"])
def test_the_environment_has_it_in_hex(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(key.VARIABLE, text)
    assert key.from_environment(ADDRESS).address == ADDRESS


def test_no_key_and_the_key_of_another_account_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(key.VARIABLE, raising=False)
    with pytest.raises(KeyMissing):
        key.from_environment()
    monkeypatch.setenv(key.VARIABLE, SECRET)
    with pytest.raises(WrongKey) as wrong:
        key.from_environment(OTHER)
    assert wrong.value.params == {"expected": OTHER, "found": ADDRESS}


@pytest.mark.parametrize("text", [SECRET[:-1], SECRET + "0", "g" + SECRET[1:], "0" * 64, "f" * 64])
def test_what_is_no_key_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(key.VARIABLE, text)
    with pytest.raises(KeyUnreadable) as raised:
        key.from_environment()
    assert text not in "".join(traceback.format_exception(raised.value))


def test_nothing_shows_the_key(keystore: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = key.from_keystore(keystore, password(tmp_path, "open, sesame"))
    assert ADDRESS in repr(signer)
    shown = [repr(signer), str(signer), f"{signer!r}", repr(vars(signer))]
    monkeypatch.setenv(key.VARIABLE, SECRET)
    with pytest.raises(WrongKey) as wrong:
        key.from_environment(OTHER)
    with pytest.raises(KeyPassword) as closed:
        key.from_keystore(keystore, keystore)
    shown += ["".join(traceback.format_exception(raised)) for raised in (wrong.value, closed.value)]
    assert not [text for text in shown if SECRET in text.lower() or repr(anvil.KEY) in text]


def test_the_same_transaction_is_signed_the_same_way() -> None:
    signer = key.Signer(anvil.KEY, "the test")
    fields = {"chainId": 1, "data": b"", "gas": 21000, "maxFeePerGas": 2, "maxPriorityFeePerGas": 1, "nonce": 0,
              "to": OTHER, "type": 2, "value": 0}  # fmt: skip
    assert signer.sign(fields) == signer.sign(fields)
    assert signer.sign(fields)[0] != signer.sign(fields | {"nonce": 1})[0]
