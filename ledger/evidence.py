"""Evidence of a split view: two signed checkpoints of one log that can't both be true.

    {"origin": "…", "vkey": "name+id+key", "kept": "a signed note", "shown": "a signed note", "proof": ["base64", …],
     "changes": [{"leaf": "base64"}, …]}

Where the log's key has changed between the two, ``changes`` are the entries in which one key names the next
(``key_changes.py``), and each note may bear the signature of any key that they lead to from ``vkey``.

Two notes prove it when both bear the log key's signature and either name different roots for the same size, or the
proof leads to the newer root and on the way to another older root than the one that was signed: a tree has one prefix
of each size. A proof that leads nowhere proves nothing, for anyone can spoil one. It is an RFC 9162 consistency proof;
where the older size is a power of two, such proofs leave its root out, and only one with the true root before it tells.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ledger import canonical, checkpoint, key_changes, merkle, signed_note
from ledger.checkpoint import Checkpoint
from ledger.errors import FormatError, ProofError
from ledger.key_changes import lineage
from ledger.signed_note import VerifierKey, parse_vkey

_MAX_PROOF = 64


class Evidence(NamedTuple):
    """What was kept and what was shown, each a signed note, and what lies between them."""

    key: VerifierKey
    kept: bytes
    shown: bytes
    proof: tuple[bytes, ...] = ()
    changes: tuple[bytes, ...] = ()
    """Exact bytes of entries in which keys of the log change."""

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The key, and those that the changes lead to from it."""
        return lineage(self.key, self.changes)

    @property
    def succeeded(self) -> tuple[VerifierKey, ...]:
        """Keys under a note that have named their successors: whoever got hold of one later can sign with it, and
        whether it still counted at that size, only the ledger tells.
        """
        old = {change.old for leaf in self.changes if (change := key_changes.read(leaf)) is not None}
        lines = [line for note in (self.kept, self.shown) for line in signed_note.parse(note).lines]
        return tuple(key for key in self.keys if key in old and any(line.is_by(key) for line in lines))

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "conclusive": is_proven(self),
            "kept": self.kept.decode(),
            "origin": self.key.name,
            "proof": [canonical.b64(hash_) for hash_ in self.proof],
            "shown": self.shown.decode(),
            "vkey": self.key.text(),
        } | ({"changes": [{"leaf": canonical.b64(leaf)} for leaf in self.changes]} if self.changes else {})


def parse(document: Any) -> Evidence:
    """Read a document; FormatError ``evidence.form``. What else it says (``conclusive``) is nobody's to claim."""
    try:
        key = parse_vkey(document["vkey"])
        kept, shown = document["kept"].encode(), document["shown"].encode()
        proof = tuple(canonical.unb64(row, merkle.HASH_SIZE) for row in document.get("proof", ()))
        changes = tuple(canonical.unb64(change["leaf"]) for change in document.get("changes", ()))
    except (AttributeError, KeyError, TypeError, UnicodeEncodeError) as error:
        raise FormatError("evidence.form") from error
    if document.get("origin", key.name) != key.name or max(len(proof), len(changes)) > _MAX_PROOF:
        raise FormatError("evidence.form")
    return Evidence(key, kept, shown, proof, changes)


def prove(evidence: Evidence) -> tuple[Checkpoint, Checkpoint]:
    """The two checkpoints, older first, once it is shown that they can't both be true.

    ProofError ``evidence.unsigned``, ``evidence.same`` or ``evidence.unproven``, SignatureFault or FormatError else.
    """
    keys = evidence.keys
    heads = [_signed(note, keys) for note in (evidence.kept, evidence.shown)]
    old, new = sorted(heads, key=lambda head: head.size)
    if old == new:
        raise ProofError("evidence.same")
    if old.size != new.size and not _contradicts(old, new, list(evidence.proof)):
        raise ProofError("evidence.unproven", old=old.size, new=new.size)
    return old, new


def is_proven(evidence: Evidence) -> bool:
    """Whether it proves what it says."""
    try:
        prove(evidence)
    except ProofError:
        return False
    return True


def path_between(node: merkle.Reader, old: int, new: int) -> tuple[bytes, ...]:
    """What proves, of the tree of ``new`` leaves, which root its first ``old`` leaves have (0 < old <= new)."""
    path = merkle.prove_consistency(node, old, new)
    return tuple(path if old & (old - 1) else [merkle.range_root(node, 0, old), *path])


def _contradicts(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> bool:
    if old.size == 0:
        return old.root != merkle.EMPTY_ROOT
    if not path:
        return False
    try:
        left, right = merkle.roots_of_consistency(old.size, new.size, path)
    except ProofError:
        return False
    return right == new.root and left != old.root


def _signed(note: bytes, keys: tuple[VerifierKey, ...]) -> Checkpoint:
    parsed = signed_note.parse(note)
    head = checkpoint.read(parsed.text)
    found = [(line, key) for line in parsed.lines for key in keys if line.is_by(key) and key.name == head.origin]
    if not found:
        raise ProofError("evidence.unsigned", origin=keys[0].name)
    for line, key in found:
        signed_note.check_ed25519(key, line.signature, parsed.text)
    return head
