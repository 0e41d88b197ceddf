"""Step 12: other copies of the checkpoint, held against this tree. Two histories signed by one operator are evidence.

A copy is a signed checkpoint, and perhaps the tiles of its tree: somebody's receipt, a witness's memory, a mirror, an
export of last year. Each is read under the keys that the ledger names for its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ledger import canonical, checkpoint
from ledger.checkpoint import Checkpoint, LogKeys
from ledger.errors import LedgerError
from ledger.evidence import path_between
from ledger.signed_note import parse_vkey
from ledger.tiles import TileReader
from ledger.verify import report, resume
from ledger.verify.names import Before, Lost
from ledger.verify.report import Report
from ledger.verify.tree import Copy


class Other(NamedTuple):
    """Another copy: what the auditor calls it, its signed checkpoint, and its files where there are more.

    ``fault``: why it could not be read at all.
    """

    name: str
    note: bytes = b""
    copy: Copy | None = None
    fault: str | None = None


class OtherCopies:
    """What other copies come to, once the whole tree of this one is known."""

    def __init__(
        self,
        head: Checkpoint,
        note: bytes,
        root_at: Callable[[int], bytes | None],
        outcome: Report,
        keys_at: Callable[[int], tuple[str, ...]],
        befores: Iterable[Before] = (),
    ) -> None:
        self._head, self._note, self._root_at, self._keys_at = head, note, root_at, keys_at
        self._befores = {before.origin: before for before in befores}
        self._step = outcome.step(report.COPIES)

    def run(self, others: Iterable[Other]) -> None:
        """Judge each of them."""
        given = tuple(others)
        if not given:
            self._step.skip("copies.none_given")
            return
        if not sum([self._is_ours(other) for other in given]) and self._step.reason is None:
            self._step.skip("copies.other_ledgers", count=len(given))

    def _is_ours(self, other: Other) -> bool:
        """Whether it is of this ledger; then it is judged."""
        if other.fault is not None:
            self._step.skip("copies.unreadable", blocked=True, name=other.name, code=other.fault)
            return True
        try:
            found = checkpoint.parse(other.note)[0]
        except LedgerError as error:
            self._step.skip("copies.unreadable", blocked=True, name=other.name, code=error.code)
            return True
        # Where it succeeds another ledger, the earlier part of the tree has that one's name.
        if found.origin not in (self._head.origin, *self._befores):
            return False
        self._judge(other, found)
        return True

    def _judge(self, other: Other, found: Checkpoint) -> None:
        vkey = self._signer(other, found)
        if vkey is None:
            # Anybody can write one that nobody has signed: it accuses no operator, and shows nothing.
            self._step.skip("copies.unsigned", blocked=True, name=other.name, size=found.size)
            return
        before = self._befores.get(found.origin)
        lost = None if before is None else before.judge(found)
        if before is not None and lost is not None:
            self._judge_lost(other, found, before, lost)
            return
        size = self._head.size
        ahead = found.size > size
        mine = self._head.root if ahead else self._root_at(found.size)
        theirs = _root_there(other, found, size) if ahead else found.root
        if mine is None or theirs is None:
            self._step.note("copies.not_compared", name=other.name, size=found.size)
        elif mine == theirs:
            self._step.note("copies.same", name=other.name, size=found.size)
        else:
            notes = {"earlier": other.note.decode(), "now": self._note.decode()}
            proof = _path_there(other, size, found.size) if ahead else {}
            self._step.find("copies.contradiction", name=other.name, size=found.size, vkey=vkey, **notes, **proof)

    def _judge_lost(self, other: Other, found: Checkpoint, before: Before, lost: Lost) -> None:
        if lost is Lost.NOT_AS_TOLD:
            self._step.find("copies.not_as_told", name=other.name, size=found.size, told=before.size)
        else:
            code = "copies.same" if lost is Lost.AS_TOLD else "copies.not_compared"
            self._step.note(code, name=other.name, size=found.size)

    def _signer(self, other: Other, found: Checkpoint) -> str | None:
        before = self._befores.get(found.origin)
        size = found.size if before is None else min(found.size, before.entries)  # whose keys count for what is lost
        for vkey in self._keys_at(max(size, 1)):  # before the genesis no key can be named
            try:
                checkpoint.verify(other.note, LogKeys(found.origin, (parse_vkey(vkey),)))
            except LedgerError:
                continue
            return vkey
        return None


def _root_there(other: Other, found: Checkpoint, size: int) -> bytes | None:
    """The root of the first ``size`` entries by the tiles of the other copy, if they are those of its checkpoint."""
    if other.copy is None or resume.root_shown(other.copy, found.size, found.size) != found.root:
        return None
    return resume.root_shown(other.copy, size, found.size)


def _path_there(other: Other, size: int, of: int) -> dict[str, list[str]]:
    """What proves of the other copy's tree which root its first ``size`` entries have."""
    assert other.copy is not None  # noqa: S101 - its tiles were compared
    node = TileReader(lambda tile: other.copy.read(tile.path), of).node  # type: ignore[union-attr]
    return {"proof": [canonical.b64(hash_) for hash_ in path_between(node, size, of)]}
