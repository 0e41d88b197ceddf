"""What a witness remembers: one history, on disk before the answer, whatever comes at once or after."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from app import files
from app.errors import WitnessError
from app.witness.memory import Memory, digest
from app.witness.settings import PolicyFile
from ledger import cosignature, evidence, signed_note
from ledger import witness as rules
from ledger.errors import FormatError, LedgerError, ProofError
from tests.app.witness.log import ORIGIN, NumberLog

KEY = SigningKey(hashlib.sha256(b"witness").digest())
LOG = NumberLog()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "witness", "witness.example", KEY)


def cosign(memory: Memory, log: NumberLog, old: int, new: int, time: int = 1_000) -> bytes:
    return memory.cosign(rules.parse(log.request(old, new)), [log.vkey], time)


def size(memory: Memory) -> int:
    last = memory.last(ORIGIN)
    return 0 if last is None else last.head.size


def test_it_keeps_the_note_that_it_cosigned(memory: Memory) -> None:
    line = cosign(memory, LOG, 0, 3, 77)
    last = memory.last(ORIGIN)
    assert last is not None
    assert (last.head.size, last.time) == (3, 77)
    assert last.note == LOG.note(3) + line
    cosign(memory, LOG, 3, 3, 99)
    again = memory.last(ORIGIN)
    assert again is not None
    assert again.time == 99


def test_it_answers_only_what_is_kept(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    cosign(memory, LOG, 0, 3)

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "replace", full)
    with pytest.raises(WitnessError, match=r"witness\.unwritable"):
        cosign(memory, LOG, 3, 9)
    monkeypatch.undo()
    assert size(memory) == 3
    cosign(memory, LOG, 3, 9)


def test_of_two_histories_at_once_one_is_cosigned(memory: Memory) -> None:
    logs = [LOG if number % 2 else NumberLog(fork=1) for number in range(24)]

    def one(position: int) -> str | None:
        try:
            cosign(memory, logs[position], 0, 2 + position)
        except LedgerError:
            return None
        return "other" if logs[position] is not LOG else "true"

    with ThreadPoolExecutor(8) as pool:
        done = [answer for answer in pool.map(one, range(24)) if answer]
    assert len(done) == 1


def test_a_fork_is_refused_and_remembered(memory: Memory) -> None:
    cosign(memory, LOG, 0, 7)
    with pytest.raises(ProofError):
        cosign(memory, NumberLog(fork=5), 7, 12)
    found = memory.evidence(digest(ORIGIN))
    assert found is not None
    assert evidence.is_proven(evidence.parse(found))
    with pytest.raises(ProofError):
        cosign(memory, NumberLog(fork=2), 7, 7)
    assert memory.evidence(digest(ORIGIN)) == found
    cosign(memory, LOG, 7, 12)
    assert (size(memory), memory.evidence(digest(ORIGIN))) == (12, found)


def test_a_spoilt_proof_is_no_proof_of_anything_until_there_is_one(memory: Memory) -> None:
    cosign(memory, LOG, 0, 7)
    spoilt = rules.build(7, [bytes(32)] * 3, LOG.note(12))
    for _ in range(2):
        with pytest.raises(ProofError):
            memory.cosign(spoilt, [LOG.vkey], 1)
    assert (memory.evidence(digest(ORIGIN)) or {})["conclusive"] is False
    with pytest.raises(ProofError):
        cosign(memory, NumberLog(fork=5), 7, 7)
    assert (memory.evidence(digest(ORIGIN)) or {})["conclusive"] is True


def test_what_it_remembers_must_be_its_own(memory: Memory, tmp_path: Path) -> None:
    cosign(memory, LOG, 0, 7)
    path = tmp_path / "witness" / f"{digest(ORIGIN)}.note"
    note = path.read_bytes()
    for damaged in (
        b"",
        note[:-20],
        note.replace(b"\n7\n", b"\n8\n"),
        LOG.note(7),
        note.replace(b"witness.", b"other."),
    ):
        path.write_bytes(damaged)
        with pytest.raises(WitnessError, match=r"witness\.damaged"):
            cosign(memory, LOG, 7, 9)


def test_signatures_of_strangers_are_not_kept(memory: Memory) -> None:
    stranger = cosignature.sign(signed_note.parse(LOG.note(3)).text, "stranger.example", SigningKey(bytes(32)), 5)
    line = memory.cosign(rules.build(0, [], LOG.note(3) + stranger), [LOG.vkey], 9)
    last = memory.last(ORIGIN)
    assert last is not None
    assert last.note == LOG.note(3) + line


def test_a_policy_file_is_read_again_and_a_broken_one_is_not_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "witness.logs"
    with pytest.raises(OSError, match="No such"):
        PolicyFile(path)
    path.write_text("nonsense\n")
    with pytest.raises(FormatError):
        PolicyFile(path)
    path.write_text("quorum none\n")
    policy = PolicyFile(path)
    assert policy.current().logs == ()
    path.write_text(f"log {LOG.vkey.text()}\nquorum none\n")
    assert [party.key for party in policy.current().logs] == [LOG.vkey]
    path.write_text("log nonsense\n")
    assert [party.key for party in policy.current().logs] == [LOG.vkey]
    path.unlink()
    assert [party.key for party in policy.current().logs] == [LOG.vkey]
