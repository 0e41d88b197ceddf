"""Two signed checkpoints prove a split view where they can't both be true, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import checkpoint, evidence, merkle
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.evidence import Evidence
from ledger.signed_note import VerifierKey
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY

VKEY = VerifierKey(ORIGIN, bytes(KEY.verify_key))
SIZE = 40


def leaves(fork: int) -> list[bytes]:
    """A history that parts from the others at entry ``fork``."""
    return [merkle.leaf_hash(bytes([number, number >= fork])) for number in range(SIZE)]


def reader(hashes: list[bytes]) -> merkle.Reader:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return hashes[index]
        return merkle.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def note(hashes: list[bytes], size: int, key: Any = KEY) -> bytes:
    return checkpoint.sign(Checkpoint(ORIGIN, size, merkle.range_root(reader(hashes), 0, size)), key)


TRUE = leaves(SIZE)


@settings(deadline=None)
@given(st.integers(1, SIZE), st.integers(1, SIZE), st.integers(0, SIZE - 1))
def test_it_is_proven_exactly_where_the_histories_part(old: int, new: int, fork: int) -> None:
    old, new = min(old, new), max(old, new)
    other = leaves(fork)
    proof = evidence.path_between(reader(other), old, new)
    shown = Evidence(VKEY, note(TRUE, old), note(other, new), proof)
    assert evidence.is_proven(shown) == (fork < old)
    turned = shown._replace(kept=shown.shown, shown=shown.kept)
    assert evidence.is_proven(turned) == (fork < old)
    assert evidence.parse(shown.to_json()) == shown


def code(document: Evidence) -> str:
    with pytest.raises(LedgerError) as caught:
        evidence.prove(document)
    return caught.value.code


def test_what_proves_nothing() -> None:
    other = leaves(0)
    apart = Evidence(VKEY, note(TRUE, 7), note(other, 12), evidence.path_between(reader(other), 7, 12))
    assert code(apart._replace(shown=apart.kept)) == "evidence.same"
    assert code(apart._replace(proof=())) == "evidence.unproven"
    for position in range(len(apart.proof)):
        spoilt = list(apart.proof)
        spoilt[position] = bytes(32)
        assert code(apart._replace(proof=tuple(spoilt))) == "evidence.unproven"
    honest = Evidence(VKEY, note(TRUE, 7), note(TRUE, 12), evidence.path_between(reader(other), 7, 12))
    assert code(honest) == "evidence.unproven"


def test_both_must_be_signed_by_that_key() -> None:
    other = leaves(0)
    apart = Evidence(VKEY, note(TRUE, 7), note(other, 7))
    assert evidence.is_proven(apart)
    assert code(apart._replace(shown=note(other, 7, OTHER_KEY))) == "evidence.unsigned"
    forged = apart.shown.replace(b"\n7\n", b"\n9\n")
    assert code(apart._replace(shown=forged)) == "checkpoint.signature"
    key = VerifierKey("coop.example/other", VKEY.public)
    assert code(apart._replace(key=key)) == "evidence.unsigned"


@pytest.mark.parametrize("document", [None, [], "x", {}, {"vkey": 1}, {"vkey": VKEY.text(), "kept": "", "shown": 3}])
def test_what_is_no_evidence(document: Any) -> None:
    with pytest.raises(LedgerError) as caught:
        evidence.parse(document)
    assert caught.value.code == "evidence.form"
