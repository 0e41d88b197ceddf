"""Receipts: C2SP tlog-proof files that show one entry in one signed tree, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger import canonical, checkpoint, merkle, receipt
from ledger.checkpoint import Checkpoint
from ledger.compose import nonce
from ledger.errors import FormatError, LedgerError, ProofError
from ledger.receipt import Receipt
from ledger.signed_note import VerifierKey, parse_vkey
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY, TIME, flips, leaf

LEAVES = [leaf(nonce=nonce(TIME, b"%010d" % n)) for n in range(11)]
HASHES = [merkle.leaf_hash(data) for data in LEAVES]
VKEY = VerifierKey(ORIGIN, bytes(KEY.verify_key))


def node(level: int, index: int) -> bytes:
    if level == 0:
        return HASHES[index]
    return merkle.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))


def note(origin: str = ORIGIN) -> bytes:
    return checkpoint.sign(Checkpoint(origin, len(LEAVES), merkle.range_root(node, 0, len(LEAVES))), KEY)


def make(index: int) -> Receipt:
    return Receipt(LEAVES[index], index, tuple(merkle.prove_inclusion(node, index, len(LEAVES))), note())


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_round_trip(index: int) -> None:
    made = make(index)
    assert receipt.parse(made.to_file()) == made
    head, entry = receipt.verify(made, VKEY)
    assert (head.size, entry.statement_bytes) == (
        len(LEAVES),
        canonical.encode(canonical.decode(LEAVES[index])["statement"]),
    )


def test_the_first_entry_of_a_log_of_one() -> None:
    head = Checkpoint(ORIGIN, 1, HASHES[0])
    made = Receipt(LEAVES[0], 0, (), checkpoint.sign(head, KEY))
    assert receipt.verify(receipt.parse(made.to_file()), VKEY)[0] == head


def test_every_flipped_bit_is_refused() -> None:
    for flipped in flips(make(6).to_file()):
        with pytest.raises(LedgerError):
            receipt.verify(receipt.parse(flipped), VKEY)


def test_the_browsers_file_is_read() -> None:
    path = Path(__file__).parent.parent / "vectors" / "receipts.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    found = receipt.parse(case["file"].encode())
    assert found.to_file() == case["file"].encode()
    _, entry = receipt.verify(found, parse_vkey(case["vkey"]))
    assert entry.statement_bytes == case["statement"].encode()


def test_another_key_is_refused() -> None:
    with pytest.raises(ProofError, match=r"checkpoint\.key"):
        receipt.verify(make(3), VerifierKey(ORIGIN, bytes(OTHER_KEY.verify_key)))


def test_an_entry_of_another_ledger_is_refused() -> None:
    made = make(3)._replace(note=note("other.example"))
    with pytest.raises(ProofError, match=r"receipt\.ledger"):
        receipt.verify(made, VerifierKey("other.example", bytes(KEY.verify_key)))


def test_what_nobody_signed_is_no_entry() -> None:
    value = canonical.decode(LEAVES[0])
    value["statement"]["body"]["amount"] = 9
    forged = canonical.encode(value)
    head = Checkpoint(ORIGIN, 1, merkle.leaf_hash(forged))
    with pytest.raises(LedgerError, match=r"signature\.invalid"):
        receipt.verify(Receipt(forged, 0, (), checkpoint.sign(head, KEY)), VKEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1", b"@v2"),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3", b"index 3\nindex 3"),
        (b"extra ", b"Extra "),
        (b"\n\n", b"\n"),
        (b"\nindex", b"\r\nindex"),
        (b"\n\n", b"\nAAAA\n\n"),
        (b"c2sp", b"\xff2sp"),
    ],
)
def test_other_files_are_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(FormatError):
        receipt.parse(make(3).to_file().replace(old, new, 1))
