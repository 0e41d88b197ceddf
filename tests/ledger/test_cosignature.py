"""Cosignatures: what is signed, by whom, when; and nothing else is read as one."""

from __future__ import annotations

import pytest
from nacl.signing import SigningKey

from ledger import checkpoint, cosignature, signed_note
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, SignatureFault
from ledger.signed_note import COSIGNATURE, VerifierKey, parse_vkey
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY, flips

HEAD = Checkpoint(ORIGIN, 1234, bytes(range(32)))
TEXT = HEAD.body()
NAME = "witness.example/w1"
WITNESS = cosignature.witness_key(NAME, OTHER_KEY)
LINE = cosignature.sign(TEXT, NAME, OTHER_KEY, 1_679_315_147)


def read(line: bytes) -> signed_note.NoteLine:
    (found,) = signed_note.parse_lines(line.decode())
    return found


def test_what_is_signed_is_what_the_specification_shows() -> None:
    """The message of c2sp.org/tlog-cosignature, spelled out."""
    said = b"cosignature/v1\ntime 1679315147\n" + TEXT
    signature = read(LINE).signature
    assert signature[:8] == (1_679_315_147).to_bytes(8, "big")
    OTHER_KEY.verify_key.verify(said, signature[8:])


def test_it_says_when() -> None:
    assert cosignature.verify(TEXT, read(LINE), WITNESS) == (WITNESS, 1_679_315_147)


def test_every_flipped_bit_is_refused() -> None:
    for flipped in flips(LINE):
        with pytest.raises((LedgerError, ValueError)):
            cosignature.verify(TEXT, read(flipped), WITNESS)
    for flipped in flips(TEXT):
        with pytest.raises(SignatureFault):
            cosignature.verify(flipped, read(LINE), WITNESS)


def test_a_plain_signature_is_no_cosignature_nor_the_reverse() -> None:
    plain = VerifierKey(NAME, bytes(OTHER_KEY.verify_key))
    with pytest.raises(SignatureFault):
        cosignature.verify(TEXT, read(signed_note.line(plain, OTHER_KEY.sign(TEXT).signature)), WITNESS)
    posing = signed_note.line(VerifierKey(ORIGIN, bytes(KEY.verify_key)), read(LINE).signature)
    with pytest.raises(LedgerError):
        checkpoint.verify(TEXT + b"\n" + posing, VerifierKey(ORIGIN, bytes(KEY.verify_key)))


@pytest.mark.parametrize("time", [0, 2**63])
def test_a_time_there_cannot_be_is_refused(time: int) -> None:
    line = read(cosignature.sign(TEXT, NAME, OTHER_KEY, time))
    with pytest.raises(SignatureFault):
        cosignature.verify(TEXT, line, WITNESS)


def test_each_witness_is_counted_once_and_strangers_not_at_all() -> None:
    later = cosignature.sign(TEXT, NAME, OTHER_KEY, 1_679_315_999)
    stranger = cosignature.sign(TEXT, "stranger.example", SigningKey(bytes(32)), 1_679_315_147)
    lines = [read(line) for line in (LINE, later, stranger)]
    assert cosignature.verify_all(TEXT, lines, [WITNESS]) == [(WITNESS, 1_679_315_999)]


def test_one_false_line_of_a_known_witness_spoils_the_note() -> None:
    false = cosignature.sign(TEXT + b"x\n", NAME, OTHER_KEY, 1)
    with pytest.raises(SignatureFault):
        cosignature.verify_all(TEXT, [read(LINE), read(false)], [WITNESS])


def test_the_key_has_a_type_of_its_own() -> None:
    assert parse_vkey(WITNESS.text(), COSIGNATURE) == WITNESS
    with pytest.raises(LedgerError):
        parse_vkey(WITNESS.text())
    assert WITNESS.id != VerifierKey(NAME, WITNESS.public).id
