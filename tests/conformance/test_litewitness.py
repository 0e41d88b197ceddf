"""litewitness's own transcripts before our witness, and torchwood's cosignatures before ours and the reverse.

The transcripts are read out of the pinned module in Go's cache; nothing of them is kept here.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger import checkpoint, cosignature, signed_note, witness
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.signed_note import COSIGNATURE, VerifierKey, parse_vkey
from tests.conformance.outsiders import Outsiders, module
from tests.ledger.values import KEY, ORIGIN, OTHER_KEY

NAME = "example.com/witness"
WITNESS = cosignature.witness_key(NAME, OTHER_KEY)
SIGSUM = re.compile(r"^exec witnessctl add-sigsum-log -key=([0-9a-f]{64})$", re.MULTILINE)
ASKED = re.compile(
    r"^POST \S+/add-checkpoint\n```\n(.*?)```\nHTTP (\d{3})\n\[Asserts\]\nbody (==|contains) \"(.*?)\"\n",
    re.DOTALL | re.MULTILINE,
)


class Exchange(NamedTuple):
    """One request of a transcript, and what litewitness answers."""

    body: bytes
    status: int
    said: str


class Ours:
    """Our witness, with what it remembers in a dictionary."""

    def __init__(self, keys: dict[str, VerifierKey]) -> None:
        self._keys, self._last = keys, dict[str, Checkpoint]()

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer, as C2SP tlog-witness has them."""
        try:
            request = witness.parse(body)
            origin = request.head.origin
            if origin not in self._keys:
                return 404, b""
            head = witness.judge(request, [self._keys[origin]], self._last.get(origin))
        except witness.Conflict as conflict:
            return witness.status(conflict), f"{conflict.size}\n".encode()
        except LedgerError as error:
            return witness.status(error), error.code.encode()
        self._last[origin] = head
        return 200, cosignature.sign(request.note.text, NAME, OTHER_KEY, int(time.time()))


def exchanges(transcript: str) -> list[Exchange]:
    rows = ASKED.findall(transcript)
    # A size's answer is compared as a whole: hurl writes its line feed as two signs.
    return [Exchange(row[0].encode(), int(row[1]), row[3].replace("\\n", "\n")) for row in rows]


def logs(transcript: str) -> dict[str, VerifierKey]:
    """The log that the transcript's witness is told of; sigsum names its logs by the hash of their key."""
    (name,) = set(re.findall(r"^(sigsum\.org/v1/tree/[0-9a-f]{63}2)$", transcript, re.MULTILINE))
    (key,) = SIGSUM.findall(transcript)
    return {name: VerifierKey(name, bytes.fromhex(key))}


def transcript(name: str) -> str:
    return (module("filippo.io/torchwood") / "cmd/litewitness/testdata" / name).read_text()


def test_our_witness_answers_as_litewitness_does() -> None:
    text = transcript("litewitness.txt")
    ours, statuses = Ours(logs(text)), []
    for exchange in exchanges(text):
        status, body = ours.add_checkpoint(exchange.body)
        # C2SP has come to ask for 404 where the origin is unknown; litewitness still says 403 there, as for a wrong
        # signature. We keep to the specification.
        expected = 404 if exchange.said == "unknown log" else exchange.status
        assert status == expected, exchange
        if status == 409:
            assert body.decode() == exchange.said
        if status == 200:
            assert exchange.said in body.decode()
            note = witness.parse(exchange.body).note
            assert len(cosignature.verify_all(note.text, signed_note.parse_lines(body.decode()), [WITNESS])) == 1
        statuses.append(exchange.status)
    assert statuses == [200, 403, 403, 422, 422, 200, 409, 200, 409]


def note_file(folder: Path) -> tuple[Path, str, bytes]:
    """A note of ours in a file, the operator's key, and what was signed."""
    head = Checkpoint(ORIGIN, 1234, bytes(range(32)))
    file = folder / "note"
    file.write_bytes(checkpoint.sign(head, KEY))
    return file, VerifierKey(ORIGIN, bytes(KEY.verify_key)).text(), head.body()


def test_torchwood_accepts_our_cosignature(outsiders: Outsiders, tmp_path: Path) -> None:
    file, vkey, text = note_file(tmp_path)
    plain = file.read_bytes()
    file.write_bytes(plain + cosignature.sign(text, NAME, OTHER_KEY, 1_679_315_147))
    assert outsiders.accept("cosigned", file, vkey, WITNESS.text()) == "1679315147\n" * 2
    file.write_bytes(plain + cosignature.sign(text.replace(b"1234", b"1235"), NAME, OTHER_KEY, 1_679_315_147))
    assert "invalid signature" in outsiders.refuse("cosigned", file, vkey, WITNESS.text())


def test_we_accept_torchwoods_cosignature(outsiders: Outsiders, tmp_path: Path) -> None:
    file, vkey, text = note_file(tmp_path)
    key, _, note = outsiders.accept("cosign", file, vkey, NAME).partition("\n")
    signer = parse_vkey(key, COSIGNATURE)
    head, lines = checkpoint.parse(note.encode())
    assert (head.body(), key) == (text, signer.text())
    (cosigned,) = cosignature.verify_all(text, lines, [signer])
    assert 0 <= time.time() - cosigned.time < 60
    with pytest.raises(LedgerError):
        cosignature.verify_all(text.replace(b"1234", b"1235"), lines, [signer])
