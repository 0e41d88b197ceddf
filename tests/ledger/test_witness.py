"""A witness cosigns a log as it grows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint, merkle, signed_note, witness
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, SignatureFault
from ledger.merkle import Frontier
from ledger.signed_note import VerifierKey
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY

VKEY = VerifierKey(ORIGIN, bytes(KEY.verify_key))
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]


def _whole(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    return merkle.node_hash(_whole(level - 1, 2 * index), _whole(level - 1, 2 * index + 1))


def head(size: int) -> Checkpoint:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    return Checkpoint(ORIGIN, size, frontier.root())


def proof(old: int, new: int) -> list[bytes]:
    return merkle.prove_consistency(_whole, old, new) if 0 < old < new else []


def request(old: int, new: int, **changes: Any) -> witness.Request:
    body = witness.build(
        old, changes.get("proof", proof(old, new)), checkpoint.sign(head(new), changes.get("key", KEY))
    )
    return witness.parse(body.encode())


@given(st.integers(0, 40), st.integers(0, 40))
def test_it_follows_a_log_that_grows(old: int, new: int) -> None:
    if old > new:
        old, new = new, old
    assert witness.judge(request(old, new), [VKEY], head(old) if old else None) == head(new)


def code(*args: Any) -> tuple[str, int]:
    with pytest.raises(LedgerError) as caught:
        witness.judge(*args)
    return caught.value.code, witness.status(caught.value)


def test_another_size_is_answered_with_the_one_known() -> None:
    with pytest.raises(witness.Conflict) as caught:
        witness.judge(request(3, 9), [VKEY], head(5))
    assert (caught.value.size, witness.status(caught.value)) == (5, 409)
    with pytest.raises(witness.Conflict):
        witness.judge(request(0, 9), [VKEY], head(5))


def test_a_tree_that_did_not_grow_out_of_the_last_is_refused() -> None:
    forked = Checkpoint(ORIGIN, 5, bytes(32))
    assert code(request(5, 9), [VKEY], forked) == ("proof.consistency", 422)
    assert code(request(5, 5), [VKEY], forked) == ("proof.consistency", 422)
    assert code(request(5, 9, proof=[]), [VKEY], head(5)) == ("proof.length", 422)
    assert code(request(0, 9, proof=[bytes(32)]), [VKEY], None) == ("proof.length", 422)
    assert code(request(9, 5, proof=[]), [VKEY], head(9)) == ("witness.size", 400)


def test_an_empty_tree_has_one_root() -> None:
    empty = checkpoint.sign(Checkpoint(ORIGIN, 0, bytes(32)), KEY)
    assert code(witness.build(0, [], empty), [VKEY], None) == ("proof.consistency", 422)


def test_only_the_logs_own_key_counts() -> None:
    assert code(request(0, 9, key=OTHER_KEY), [VKEY], None) == ("witness.unsigned", 403)
    assert code(request(0, 9), [], None) == ("witness.unsigned", 403)
    assert code(request(0, 9), [VerifierKey("other.example", VKEY.public)], None) == ("witness.unsigned", 403)
    good = request(0, 9)
    line = good.note.lines[0]._replace(signature=bytes(64))
    forged = good._replace(note=good.note._replace(lines=[line]))
    with pytest.raises(SignatureFault) as caught:
        witness.judge(forged, [VKEY], None)
    assert witness.status(caught.value) == 403


def test_other_logs_may_add_lines_to_their_checkpoints() -> None:
    text = head(9).body() + b"an extension\n"
    note = text + b"\n" + signed_note.line(VKEY, KEY.sign(text).signature)
    assert witness.judge(witness.build(0, [], note), [VKEY], None) == head(9)


BODY = request(5, 9).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        BODY.replace(b"old 5", b"old 05"),
        BODY.replace(b"old 5", b"old -5"),
        BODY.replace(b"old 5", b"new 5"),
        BODY.replace(b"old 5", b"old  5"),
        BODY.replace(b"old 5", b"old 99999999999999999"),
        BODY.replace(b"\n\n", b"\n", 1),
        BODY.replace(b"old 5\n", b"old 5\nAAAA\n"),
        b"old 5\n" + b"A" * 43 + b"=\n" * 64 + BODY.partition(b"\n")[2],
        BODY[:-1],
        BODY + b"x" * witness.MAX_REQUEST,
        BODY.replace(b"\n9\n", b"\n\n"),
    ],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(LedgerError) as caught:
        witness.parse(body)
    assert witness.status(caught.value) == 400


def test_a_signature_with_stray_bits_does_not_hold() -> None:
    assert BODY.endswith(b"=\n")
    bent = BODY[:-3] + bytes([BODY[-3] + 1]) + b"=\n"
    with pytest.raises(SignatureFault) as caught:
        witness.parse(bent)
    assert witness.status(caught.value) == 403
