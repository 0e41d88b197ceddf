"""Batches, and proofs as files: everything that is checked without a chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import batch, proof
from contracts.errors import BatchFault
from contracts.proof import AnchorProof, Site
from ledger import canonical, merkle
from ledger.errors import FormatError, LedgerError, ProofError, SignatureFault
from tests.contracts.stations import note, vkey

SITE = Site(
    1,
    "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x" + "ab" * 32,
)


def origin(number: int) -> str:
    return f"coop.example/v{number}"


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_the_root_of_three_is_what_anyone_computes_with_sha256() -> None:
    notes = [note(origin(number), number + 1) for number in range(3)]
    one, two, three = (sha256(b"\x00" + sha256(text)) for text in notes)
    expected = sha256(b"\x01" + sha256(b"\x01" + one + two) + three)
    assert batch.make(notes).root == expected


def test_one_ledger_is_a_batch_of_its_own_leaf() -> None:
    alone = batch.make([note()])
    assert alone.root == sha256(b"\x00" + sha256(note()))
    assert alone.path("coop.example/owase") == (0, [])


def test_the_order_in_which_ledgers_come_changes_nothing() -> None:
    notes = [note(name) for name in ("b.example/x", "a.example/x", "a.example/x-y", "b.example/a")]
    assert batch.make(notes) == batch.make(notes[::-1])
    assert batch.make(notes).origins == ("a.example/x", "a.example/x-y", "b.example/a", "b.example/x")


def test_none_at_all_and_two_of_one_ledger_are_refused() -> None:
    with pytest.raises(BatchFault) as none:
        batch.make([])
    with pytest.raises(BatchFault) as twice:
        batch.make([note(size=1), note(size=2)])
    assert (none.value.params, twice.value.params) == ({"origin": None}, {"origin": "coop.example/owase"})


def test_what_is_no_checkpoint_is_not_anchored() -> None:
    with pytest.raises(FormatError):
        batch.make([note(), b"hello\n"])


def test_a_ledger_that_is_not_in_the_batch_has_no_path() -> None:
    with pytest.raises(BatchFault):
        batch.make([note()]).path("coop.example/other")


@given(st.integers(1, 40), st.data())
def test_every_ledger_has_a_proof_and_no_other_s_fits_it(size: int, data: st.DataObject) -> None:
    made = batch.make(note(origin(number), number + 1) for number in range(size))
    chosen = origin(data.draw(st.integers(0, size - 1)))
    shown = proof.make(made, chosen, SITE)
    assert proof.parse(shown.to_file()) == shown
    assert proof.check(shown, vkey(chosen)).origin == chosen
    other = note(chosen, 99)
    with pytest.raises(ProofError):
        proof.check(shown._replace(note=other), vkey(chosen))


@pytest.fixture
def shown() -> AnchorProof:
    return proof.make(batch.make(note(origin(number), number + 1) for number in range(5)), origin(2), SITE)


def test_the_file_is_one_line_of_canonical_json(shown: AnchorProof) -> None:
    file = shown.to_file()
    assert canonical.encode(canonical.decode(file)) == file
    assert set(json.loads(file)) == {
        "chain_id", "checkpoint", "contract", "index", "path", "root", "sender", "size", "transaction", "v",
    }  # fmt: skip


def test_a_bit_changed_anywhere_in_path_root_or_checkpoint_is_found(shown: AnchorProof) -> None:
    for at, value in enumerate(shown.path):
        path = (*shown.path[:at], bytes([value[0] ^ 1]) + value[1:], *shown.path[at + 1 :])
        with pytest.raises(ProofError, match="inclusion"):
            proof.check(shown._replace(path=path), vkey(origin(2)))
    with pytest.raises(ProofError, match="inclusion"):
        proof.check(shown._replace(root=sha256(shown.root)), vkey(origin(2)))
    for at in range(len(shown.note)):
        changed = shown.note[:at] + bytes([shown.note[at] ^ 1]) + shown.note[at + 1 :]
        with pytest.raises(LedgerError):
            proof.check(shown._replace(note=changed), vkey(origin(2)))


def test_the_place_in_the_batch_is_part_of_what_is_shown(shown: AnchorProof) -> None:
    for wrong in ({"position": 3}, {"size": 4}, {"size": 9}, {"path": shown.path[:-1]}, {"position": -1}):
        with pytest.raises(ProofError):
            proof.check(shown._replace(**wrong), vkey(origin(2)))


def test_a_checkpoint_under_another_key_or_name_is_refused(shown: AnchorProof) -> None:
    with pytest.raises(ProofError, match="checkpoint"):
        proof.check(shown, vkey(origin(2))._replace(public=bytes(32)))
    with pytest.raises(ProofError, match="checkpoint"):
        proof.check(shown, vkey(origin(1)))
    forged = shown.note.replace(b"\n3\n", b"\n4\n")
    alone = proof.make(batch.make([forged]), origin(2), SITE)
    with pytest.raises(SignatureFault):
        proof.check(alone, vkey(origin(2)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 2}, {"chain_id": 0}, {"chain_id": "1"}, {"transaction": "0xAB" + "ab" * 31}, {"transaction": "ab" * 32},
        {"sender": "0xF39fd6e51aad88f6f4ce6ab8827279cfffb92266"}, {"contract": "0x" + "0" * 40}, {"contract": "me"},
        {"path": [""]}, {"path": ["AAAA"]}, {"path": "none"}, {"path": [canonical.b64(bytes(32))] * 64},
        {"root": canonical.b64(bytes(31))}, {"index": "0"}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_files_are_read_strictly(shown: AnchorProof, wrong: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        proof.parse(canonical.encode(json.loads(shown.to_file()) | wrong))


def test_other_spellings_and_monstrous_files_are_refused(shown: AnchorProof) -> None:
    for data in (shown.to_file() + b"\n", b"[]", b"{}", b"\xff", b'"' + b"a" * proof.MAX_FILE + b'"'):
        with pytest.raises(FormatError):
            proof.parse(data)


def test_a_path_is_checked_by_the_code_that_checks_ledgers(shown: AnchorProof) -> None:
    merkle.check_inclusion(batch.leaf(shown.note), 2, 5, list(shown.path), shown.root)
