"""The key that pays for anchors: from an encrypted keystore file with its password in another file, or the environment.

It is an account of its own, with little in it, used by one installation and nothing else. No message, representation
or traceback of this module carries it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from contracts.errors import KeyMissing, KeyPassword, KeyUnreadable, WrongKey

VARIABLE: Final = "YUI_ANCHOR_KEY"
_SECRET: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{64}\Z")


class Signer:
    """An account that can sign. Its representation is its address."""

    def __init__(self, secret: bytes, place: str) -> None:
        """``place``: where the key came from, for KeyUnreadable where it is outside the curve's group."""
        try:
            self._account: LocalAccount = Account.from_key(secret)
        except Exception:  # noqa: BLE001 - whatever is thrown may quote the key, so nothing of it goes on
            raise KeyUnreadable(place=place) from None
        self.address: Final[str] = self._account.address

    def __repr__(self) -> str:
        return f"Signer({self.address})"

    def sign(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """A transaction's hash and its signed bytes, 0x and hex; the same for the same fields (RFC 6979)."""
        signed = self._account.sign_transaction(dict(fields))
        return "0x" + signed.hash.hex().removeprefix("0x"), "0x" + signed.raw_transaction.hex().removeprefix("0x")


def from_environment(expected: str | None = None) -> Signer:
    """The key in ``YUI_ANCHOR_KEY`` (64 hex digits); KeyMissing, KeyUnreadable, or WrongKey if not ``expected``'s."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        raise KeyMissing
    if not _SECRET.match(text):
        raise KeyUnreadable(place=VARIABLE)
    return _expected(Signer(bytes.fromhex(text.removeprefix("0x")), VARIABLE), expected)


def from_keystore(keystore: Path, password: Path, expected: str | None = None) -> Signer:
    """The key in a keystore file (version 3 JSON, as Ethereum's tools write it), opened with a file's first line.

    KeyUnreadable, KeyPassword, or WrongKey if it is not the key of ``expected``.
    """
    words = _read(password).partition("\n")[0].removesuffix("\r")
    text = _read(keystore)
    try:
        secret = bytes(Account.decrypt(text, words))
    except ValueError as error:
        if "MAC mismatch" in str(error):
            raise KeyPassword(place=str(keystore)) from None
        raise KeyUnreadable(place=str(keystore)) from None
    except (KeyError, TypeError, NotImplementedError, AttributeError):
        raise KeyUnreadable(place=str(keystore)) from None
    return _expected(Signer(secret, str(keystore)), expected)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise KeyUnreadable(place=str(path)) from None


def _expected(signer: Signer, address: str | None) -> Signer:
    if address is not None and signer.address != address:
        raise WrongKey(expected=address, found=signer.address)
    return signer
