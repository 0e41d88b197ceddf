"""Checkpoints: every byte of the operator's note counts, and nothing else is read as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical, checkpoint, keys, signed_note
from ledger.checkpoint import Checkpoint
from ledger.errors import FormatError, LedgerError, ProofError, SignatureFault
from ledger.signed_note import VerifierKey, parse_vkey
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY, flips

HEAD = Checkpoint(ORIGIN, 1234, bytes(range(32)))
VKEY = VerifierKey(ORIGIN, bytes(KEY.verify_key))
OTHER = VerifierKey("witness.example", bytes(OTHER_KEY.verify_key))
NOTE = checkpoint.sign(HEAD, KEY)


@given(st.integers(0, 10**15), st.binary(min_size=32, max_size=32))
def test_round_trip(size: int, root: bytes) -> None:
    head = Checkpoint(ORIGIN, size, root)
    assert checkpoint.verify(checkpoint.sign(head, KEY), VKEY) == head


def test_the_body_is_three_lines() -> None:
    assert HEAD.body() == b"coop.example/owase\n1234\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_every_flipped_bit_is_refused() -> None:
    for flipped in flips(NOTE):
        with pytest.raises(LedgerError):
            checkpoint.verify(flipped, VKEY)


def test_cosignatures_are_carried_and_not_judged() -> None:
    cosigned = NOTE + signed_note.line(OTHER, b"a timestamped cosignature of another type")
    assert checkpoint.verify(cosigned, VKEY) == HEAD
    assert [row.name for row in checkpoint.parse(cosigned)[1]] == [ORIGIN, "witness.example"]


def test_the_operators_signature_comes_first() -> None:
    body, own = NOTE.split(b"\n\n")
    cosigned = body + b"\n\n" + signed_note.line(OTHER, OTHER_KEY.sign(HEAD.body()).signature) + own
    with pytest.raises(ProofError, match=r"checkpoint\.key"):
        checkpoint.verify(cosigned, VKEY)


def test_another_key_under_the_same_name_is_refused() -> None:
    with pytest.raises(ProofError, match=r"checkpoint\.key"):
        checkpoint.verify(checkpoint.sign(HEAD, OTHER_KEY), VKEY)


def test_the_key_hash_alone_proves_nothing() -> None:
    forged = HEAD.body() + b"\n" + signed_note.line(VKEY, OTHER_KEY.sign(HEAD.body()).signature)
    with pytest.raises(SignatureFault, match=r"checkpoint\.signature"):
        checkpoint.verify(forged, VKEY)


@pytest.mark.parametrize("signature", [b"", b"short", bytes(63), bytes(65)])
def test_a_signature_has_one_length(signature: bytes) -> None:
    with pytest.raises(LedgerError):
        checkpoint.verify(HEAD.body() + b"\n" + signed_note.line(VKEY, signature), VKEY)


@pytest.mark.parametrize(
    "body",
    [
        b"coop.example/owase\n1234\n",
        b"coop.example/owase\n1234\n%s\nextension\n",
        b"coop.example/owase\n01234\n%s\n",
        b"coop.example/owase\n-1\n%s\n",
        b"coop.example/owase\n 1\n%s\n",
        b"coop.example/owase\n1\xd9\xa1\n%s\n",
        b"https://coop.example\n1\n%s\n",
        b"\n1\n%s\n",
        b"coop.example/owase\r\n1\n%s\n",
        b"coop.example/owase\n1\nAAAA\n",
        b"coop.example/owase\n1\n%s \n",
    ],
)
def test_other_bodies_are_refused(body: bytes) -> None:
    text = body.replace(b"%s", canonical.b64(bytes(32)).encode())
    with pytest.raises(FormatError):
        checkpoint.parse(text + b"\n" + signed_note.line(VKEY, KEY.sign(text).signature))


@pytest.mark.parametrize(
    "tail", [b"", b"\n", b"- name AAAAAAAA\n", "— name AAAAAAAA".encode(), "— name  AAAAAAAA\n".encode(), b"\xff\n"]
)
def test_other_signature_lines_are_refused(tail: bytes) -> None:
    with pytest.raises(FormatError):
        checkpoint.parse(HEAD.body() + b"\n" + tail)


def test_notes_are_bounded() -> None:
    with pytest.raises(FormatError, match=r"checkpoint\.size"):
        checkpoint.parse(NOTE + signed_note.line(OTHER, bytes(64)) * 64)
    with pytest.raises(FormatError, match=r"checkpoint\.size"):
        checkpoint.parse(NOTE + signed_note.line(OTHER, bytes(64_000)))


def test_vkey_reads_back() -> None:
    assert parse_vkey(VKEY.text()) == VKEY


def test_every_flipped_bit_of_a_vkey_is_refused_or_another_key() -> None:
    """The hash binds name and key: what still reads is not what was flipped."""
    for flipped in flips(VKEY.text().encode()):
        try:
            found = parse_vkey(flipped.decode())
        except (LedgerError, UnicodeDecodeError):
            continue
        pytest.fail(f"{found} was read from {flipped!r}")


def test_a_published_vkey_is_read_as_others_read_it() -> None:
    """The example of golang.org/x/mod/sumdb/note."""
    key = parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    message = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = canonical.unb64(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert signature[:4] == key.id
    keys.verify_ed25519(key.public, signature[4:], message)
