r"""Witnessing: C2SP ``tlog-witness`` ``add-checkpoint``, both sides of it, without a word of HTTP or storage.

    request  = "old " size "\n" (base64(hash) "\n")* "\n" checkpoint
    answer   = 200 and signature lines, or 409 and the size that the witness last cosigned, or a refusal

A witness cosigns a log's checkpoint only when it grew out of the one that it cosigned before. ``judge`` says what
follows from a request and what is remembered; whoever calls it takes both as one step and keeps the new state before
it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger import canonical, checkpoint, merkle, signed_note
from ledger.checkpoint import Checkpoint
from ledger.errors import FormatError, LedgerError, ProofError, SignatureFault
from ledger.signed_note import Note, VerifierKey

MAX_REQUEST: Final = signed_note.MAX_NOTE + 64 * 45
SIZE_TYPE: Final = "text/x.tlog.size"
_MAX_PROOF: Final = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,15})\Z")


class Request(NamedTuple):
    """A log's wish: cosign ``note``, whose tree grew from ``old`` entries, as ``proof`` shows."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    head: Checkpoint

    def encode(self) -> bytes:
        """The body to post."""
        head = [f"old {self.old}", *map(canonical.b64, self.proof), "", ""]
        lines = b"".join(line.encode() for line in self.note.lines)
        return "\n".join(head).encode() + self.note.text + b"\n" + lines


class Conflict(LedgerError):
    """The witness has cosigned another size than the log believes; ``size`` is that size."""

    def __init__(self, size: int) -> None:
        super().__init__("witness.conflict", size=size)
        self.size = size


def parse(data: bytes) -> Request:
    """Read a request strictly; FormatError ``witness.form`` or that of the note, and what ``build`` raises."""
    if len(data) > MAX_REQUEST:
        raise FormatError("witness.form")
    head, separator, note = data.partition(b"\n\n")
    try:
        old, *proof = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError("witness.form") from error
    size = _OLD.match(old)
    if not separator or size is None or len(proof) > _MAX_PROOF:
        raise FormatError("witness.form")
    hashes = tuple(canonical.unb64(row, merkle.HASH_SIZE) for row in proof)
    return build(int(size[1]), hashes, note)


def build(old: int, proof: Iterable[bytes], note: bytes) -> Request:
    """A request for that signed note. SignatureFault where one of its signatures is not even spelled as one."""
    try:
        parsed = signed_note.parse(note)
    except FormatError as error:
        # Others read base64 with stray bits and find that the signature does not hold: to the log it is the same 403.
        raise SignatureFault("checkpoint.signature") if error.code == "format.base64" else error from error
    return Request(old, tuple(proof), parsed, checkpoint.read(parsed.text))


def judge(request: Request, keys: Iterable[VerifierKey], last: Checkpoint | None) -> Checkpoint:
    """The checkpoint to remember and to cosign. ``keys``: the log's, which this witness trusts for the origin.

    ProofError ``witness.unsigned`` (no trusted key has signed), SignatureFault (one has, falsely), FormatError
    ``witness.size`` (the old size is beyond the new), Conflict, ProofError (the tree did not grow out of ``last``).
    """
    head = request.head
    _check_signed(request.note, head.origin, keys)
    if request.old > head.size:
        raise FormatError("witness.size", old=request.old, size=head.size)
    known = 0 if last is None else last.size
    if request.old != known:
        raise Conflict(known)
    if head.size == 0 and head.root != merkle.EMPTY_ROOT:
        raise ProofError("proof.consistency", old=0, new=0)
    if last is not None and last.size > 0:
        merkle.check_consistency(last.size, head.size, list(request.proof), last.root, head.root)
    elif request.proof:
        raise ProofError("proof.length")  # every tree grows out of the empty one, and nothing shows it
    return head


def _check_signed(note: Note, origin: str, keys: Iterable[VerifierKey]) -> None:
    known = {(key.name, key.id): key for key in keys if key.name == origin}
    signed = False
    for line in note.lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            signed_note.check_ed25519(key, line.signature, note.text)
            signed = True
    if not signed:
        raise ProofError("witness.unsigned", origin=origin)


def status(error: LedgerError) -> int:
    """The HTTP status that C2SP gives to a refusal (an unknown origin is the caller's 404)."""
    match error:
        case Conflict():
            return 409
        case SignatureFault() | ProofError(code="witness.unsigned"):
            return 403
        case ProofError():
            return 422
        case _:
            return 400
