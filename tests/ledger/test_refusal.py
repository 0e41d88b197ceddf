"""Signed refusals, here and as the browser checks them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from nacl.signing import SigningKey

from ledger import canonical, refusal
from ledger.errors import FormatError, SignatureFault
from ledger.signed_note import parse_vkey
from ledger.statement import statement_id

VECTORS = Path(__file__).parents[1] / "vectors" / "refusals.json"
KEY = SigningKey(bytes(range(32)))
SIGNED = refusal.build(bytes(32), "token.insufficient", (7, bytes(32)), 1_700_000_000_123, KEY)


def test_what_was_signed_verifies_and_survives_the_wire() -> None:
    read = refusal.parse(canonical.encode(msgspec.to_builtins(SIGNED)))
    assert read == SIGNED
    refusal.verify(read, bytes(KEY.verify_key))
    assert read.time == "2023-11-14T22:13:20.123Z"


@pytest.mark.parametrize(
    "change",
    [{"code": "ballot.closed"}, {"size": 8}, {"time": "2023-11-14T22:13:20.124Z"}, {"root": canonical.b64(b"x" * 32)}],
)
def test_no_fact_can_be_changed(change: dict[str, object]) -> None:
    with pytest.raises(SignatureFault):
        refusal.verify(msgspec.structs.replace(SIGNED, **change), bytes(KEY.verify_key))


@pytest.mark.parametrize(
    "change", [{"size": "7"}, {"time": "yesterday"}, {"root": "AA=="}, {"statement": "x"}, {"more": 1}]
)
def test_malformed(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        refusal.parse(canonical.encode(msgspec.to_builtins(SIGNED) | change))


def test_the_vector_that_the_browser_is_held_against() -> None:
    vector = json.loads(VECTORS.read_text("utf-8"))
    signed = refusal.parse(canonical.encode(vector["refusal"]))
    refusal.verify(signed, parse_vkey(vector["vkey"]).public)
    assert canonical.unb64(signed.statement) == statement_id(vector["statement"].encode())
