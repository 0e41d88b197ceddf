"""Under which key of a log a signed note stands, as far as the reader can know: pinned, remembered, or followed."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from app.audit import rotations
from app.audit.seen import LastSeen
from ledger import checkpoint, key_changes
from ledger.errors import LedgerError, ProofError
from ledger.signed_note import VerifierKey, parse_vkey


class Signed(NamedTuple):
    """By which key. ``followed``: another than the reader named, to which the ledger's own entries lead.

    ``late``: that key had already named its successor, and whether it still counted is not known from here.
    """

    key: VerifierKey
    followed: bool = False
    late: bool = False


def signed(note: bytes, vkey: str | None, state: Path | None, source: str | None) -> Signed | None:
    """The key whose signature the note bears; None where the reader has named none and remembers none.

    ``state``: what an audit remembers says exactly which key counts for which tree; ProofError ``receipt.key_ended``
    for one that no longer did, ``checkpoint.key`` for one that nothing leads to.
    """
    head = checkpoint.parse(note)[0]
    with LastSeen(state) as seen:
        spans, remembered = seen.keys(head.origin), seen.vkey(head.origin)
    text = vkey or remembered
    if text is None:
        return None
    pinned = parse_vkey(text)
    if spans and (vkey is None or vkey in {span.vkey for span in spans}):
        holding = [span for span in spans if _holds(note, parse_vkey(span.vkey))]
        counting = [span for span in holding if span.covers(head.size)]
        if holding and not counting:
            raise ProofError("receipt.key_ended", vkey=holding[0].vkey, size=head.size)
        if counting:
            keys = [parse_vkey(span.vkey) for span in counting]
            return Signed(pinned if pinned in keys else keys[0], followed=pinned not in keys)
    if source is None or _holds(note, pinned):
        return Signed(pinned)
    return _followed(note, head.size, pinned, source)


def _followed(note: bytes, size: int, pinned: VerifierKey, source: str) -> Signed:
    with ExitStack() as stack:
        leaves = rotations.of(source, pinned.name, stack)
    key = next((key for key in key_changes.lineage(pinned, leaves.values()) if _holds(note, key)), None)
    if key is None:
        return Signed(pinned)
    changes = {change.old: index for index, leaf in leaves.items() if (change := key_changes.read(leaf)) is not None}
    return Signed(key, followed=True, late=key in changes and size > changes[key])


def _holds(note: bytes, key: VerifierKey) -> bool:
    try:
        checkpoint.verify(note, key)
    except LedgerError:
        return False
    return True
