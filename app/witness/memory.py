"""What a witness remembers of each log: the note that it cosigned last, in a file outside the database.

How far that was is also in the database (``watermarks.py``): a file that is missing, or put back, is noticed.

    witness/<sha-256 of the origin>.note             the log's checkpoint, its signatures and our cosignature
    witness/<sha-256 of the origin>.evidence.json    what the log signed besides (``ledger/evidence.py``), if it did

Checking a request against the note and replacing it are one step under the file's lock, so no two requests can make a
witness cosign two histories; the answer comes after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from nacl.signing import SigningKey

from app import files
from app.errors import WitnessError
from ledger import checkpoint, cosignature, signed_note
from ledger import witness as rules
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, ProofError
from ledger.evidence import Evidence, is_proven
from ledger.signed_note import VerifierKey
from ledger.witness import Request


class Remembered(NamedTuple):
    """The last note that was cosigned: what it says, its bytes, and when (seconds since 1970)."""

    head: Checkpoint
    note: bytes
    time: int


class Memory:
    """A folder with a note for each log."""

    def __init__(self, folder: Path, name: str, key: SigningKey) -> None:
        self._folder, self._name, self._key = folder, name, key
        self.public = cosignature.witness_key(name, key)

    def last(self, origin: str) -> Remembered | None:
        """What was cosigned last. WitnessError ``witness.damaged`` where it can't be read."""
        return self.by_hash(digest(origin))

    def by_hash(self, origin_hash: str) -> Remembered | None:
        """The same of the log whose origin has that hash."""
        path = self._path(origin_hash, "note")
        found = self._read(path)
        if found is not None and digest(found.head.origin) != origin_hash:
            raise WitnessError("witness.damaged", file=path.name)  # another log's, saved here by hand
        return found

    def evidence(self, origin_hash: str) -> dict[str, object] | None:
        """What a log has shown beside the history that was cosigned."""
        try:
            return msgspec.json.decode(self._path(origin_hash, "evidence.json").read_bytes(), type=dict[str, object])
        except FileNotFoundError:
            return None

    def cosign(self, request: Request, keys: Iterable[VerifierKey], time: int, mark: int = 0) -> bytes:
        """Our signature line, once it is kept for good. What ``ledger.witness.judge`` raises, or WitnessError:
        ``witness.lost`` where less is remembered than ``mark``, the size up to which the log has been cosigned.

        A log that is caught with another history is remembered, and its own goes on being cosigned.
        """
        origin, known = request.head.origin, tuple(keys)
        try:
            with files.locked(self._path(digest(origin), "lock")):
                last = self.last(origin)
                if size_of(last) < mark:  # it would be taken for another log than it is, and cosigned once more
                    raise WitnessError("witness.lost", origin=origin, size=mark)
                try:
                    rules.judge(request, known, None if last is None else last.head)
                except ProofError as error:
                    if last is not None and rules.status(error) == 422:  # noqa: PLR2004
                        self._keep_evidence(request, known, last)
                    raise
                line = cosignature.sign(request.note.text, self._name, self._key, time)
                signed = [one.encode() for one in request.note.lines if any(one.is_by(key) for key in known)]
                note = b"".join([request.note.text, b"\n", *signed, line])
                files.replace(self._path(digest(origin), "note"), note)
        except OSError as error:
            raise WitnessError("witness.unwritable", reason=error.strerror or "") from error
        return line

    def _keep_evidence(self, request: Request, keys: tuple[VerifierKey, ...], last: Remembered) -> None:
        """Proof is kept for ever. What proves nothing (anyone can spoil a proof) is kept once, until there is proof."""
        key = next(key for key in keys if any(line.is_by(key) for line in request.note.lines))
        shown = b"".join([request.note.text, b"\n", *(line.encode() for line in request.note.lines)])
        found = Evidence(key, last.note, shown, request.proof)
        before = self.evidence(digest(request.head.origin)) or {}
        if not before or (is_proven(found) and not before["conclusive"]):
            document = msgspec.json.encode(found.to_json())
            files.replace(self._path(digest(request.head.origin), "evidence.json"), document)

    def _read(self, path: Path) -> Remembered | None:
        try:
            note = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WitnessError("witness.damaged", file=path.name) from error
        try:
            parsed = signed_note.parse(note)
            found = cosignature.verify_all(parsed.text, parsed.lines, [self.public])
            return Remembered(checkpoint.read(parsed.text), note, found[0].time)
        except (LedgerError, IndexError) as error:
            raise WitnessError("witness.damaged", file=path.name) from error

    def _path(self, origin_hash: str, ending: str) -> Path:
        return self._folder / f"{origin_hash}.{ending}"


def size_of(last: Remembered | None) -> int:
    """Up to which size that is; 0 for nothing."""
    return 0 if last is None else last.head.size


def digest(origin: str) -> str:
    """The origin hash of C2SP tlog-witness: SHA-256 in hex."""
    return hashlib.sha256(origin.encode()).hexdigest()
