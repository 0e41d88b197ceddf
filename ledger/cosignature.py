r"""Cosignatures: C2SP ``tlog-cosignature`` v1, by which a witness says what it has seen of a log, and when.

    message   = "cosignature/v1\n" "time " seconds "\n" the checkpoint's text
    signature = seconds (u64, big-endian) || Ed25519 signature of the message; type 0x04

It states that at that time this was the largest tree that the witness had seen of the log, consistent with all before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from nacl.signing import SigningKey

from ledger import signed_note
from ledger.errors import SignatureFault
from ledger.signed_note import COSIGNATURE, NoteLine, VerifierKey

_TIME: Final = 8
_MAX_TIME: Final = 2**63 - 1


class Cosigned(NamedTuple):
    """That a witness has cosigned, at ``time`` (seconds since 1970, by its own clock)."""

    witness: VerifierKey
    time: int


def witness_key(name: str, key: SigningKey) -> VerifierKey:
    """The public half of a witness's key."""
    return VerifierKey(name, bytes(key.verify_key), COSIGNATURE)


def sign(text: bytes, name: str, key: SigningKey, time: int) -> bytes:
    """The signature line of a witness for a checkpoint's text, at ``time`` (seconds)."""
    signature = time.to_bytes(_TIME, "big") + key.sign(_message(text, time)).signature
    return signed_note.line(witness_key(name, key), signature)


def verify(text: bytes, line: NoteLine, witness: VerifierKey) -> Cosigned:
    """When that witness cosigned; SignatureFault ``checkpoint.signature`` where the line does not hold."""
    time = int.from_bytes(line.signature[:_TIME], "big")
    if not line.is_by(witness) or not 0 < time <= _MAX_TIME:
        raise SignatureFault("checkpoint.signature")
    signed_note.check_ed25519(witness, line.signature[_TIME:], _message(text, time))
    return Cosigned(witness, time)


def verify_all(text: bytes, lines: Iterable[NoteLine], witnesses: Iterable[VerifierKey]) -> list[Cosigned]:
    """Who of the witnesses has cosigned, each once with its latest time. One known key's false line spoils the note."""
    known = {(witness.name, witness.id): witness for witness in witnesses}
    latest: dict[VerifierKey, Cosigned] = {}
    for line in lines:
        witness = known.get((line.name, line.key_id))
        if witness is None:
            continue  # a key we don't know says nothing to us
        cosigned = verify(text, line, witness)
        if witness not in latest or latest[witness].time < cosigned.time:
            latest[witness] = cosigned
    return list(latest.values())


def _message(text: bytes, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n".encode() + text
