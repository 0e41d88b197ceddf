"""EIP-712 against ethers' typed data (shared/vectors): all 130 digests.

Our own structs have two kinds of members only, so what is held against the vectors is the oracle that
``tests/ledger/test_wallet.py`` holds ours against, and our check of every signature that they bring.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_typed_data

from ledger import wallet

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "eip712" / "ethers_typed-data.json.gz"
DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
    "salt": "bytes32",
}

pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="../shared/vectors is not beside this checkout")


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gzip.decompress(VECTORS.read_bytes()))
    return found


def digest(case: dict[str, Any]) -> bytes:
    fields = [{"name": name, "type": kind} for name, kind in DOMAIN.items() if name in case["domain"]]
    document = {
        "types": {**case["types"], "EIP712Domain": fields},
        "domain": case["domain"],
        "primaryType": case["primaryType"],
        "message": case["data"],
    }
    return bytes(_hash_eip191_message(encode_typed_data(full_message=document)))


def test_the_oracle_gives_every_digest() -> None:
    wrong = [case["name"] for case in cases() if "0x" + digest(case).hex() != case["digest"]]
    assert wrong == []
    assert len(cases()) == 130


def test_every_signature_holds() -> None:
    signed = [case for case in cases() if case.get("signature")]
    assert signed
    for case in signed:
        address = bytes.fromhex(Account.from_key(case["privateKey"]).address[2:])
        wallet.verify(address, bytes.fromhex(case["signature"][2:]), bytes.fromhex(case["digest"][2:]))
