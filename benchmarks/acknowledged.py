"""Every receipt that a co-op's service has given, and whether each of them still holds."""

from __future__ import annotations

import base64
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from app.audit.run import Options, audit
from benchmarks.load import Answer
from ledger import checkpoint, merkle
from ledger import receipt as receipts
from ledger.receipt import Receipt
from ledger.signed_note import parse_vkey
from ledger.tiles import decode_bundle, tiles_of

_FILE: Final = "receipts.json"
_CREATED: Final = 201
_FAULT: Final = 500


class _Kept(msgspec.Struct):
    slug: str
    before: int
    receipts: list[bytes]


class Acknowledged:
    """The receipts of one co-op; ``before``: entries that were there before the first."""

    def __init__(self, slug: str) -> None:
        self.slug, self.before, self.rounds = slug, 0, 0
        self.receipts: list[bytes] = []

    @classmethod
    def kept_in(cls, folder: Path) -> Self | None:
        """What an earlier run was given, if there was one."""
        if not (folder / _FILE).exists():
            return None
        kept = msgspec.json.decode((folder / _FILE).read_bytes(), type=_Kept)
        found = cls(kept.slug)
        found.before, found.receipts = kept.before, kept.receipts
        return found

    def keep(self, folder: Path) -> None:
        """For a later run."""
        new = folder / f"{_FILE}.new"
        new.write_bytes(msgspec.json.encode(_Kept(self.slug, self.before, self.receipts)))
        new.rename(folder / _FILE)

    def take(self, answer: Answer) -> bool:
        """Keep the receipt in an answer, if it is one. A statement is never refused because something was killed."""
        if answer.status != _CREATED:
            assert answer.status >= _FAULT, answer.body
            return False
        told: dict[str, Any] = msgspec.json.decode(answer.body)
        path = tuple(base64.b64decode(hash_) for hash_ in told["proof"])
        leaf, note = base64.b64decode(told["leaf"]), told["checkpoint"].encode()
        self.receipts.append(Receipt(leaf, told["index"], path, note).to_file())
        return True

    def check(self, address: str, *, others: bool = False) -> None:
        """Audit what is served there, and hold every receipt against it. ``others``: whether statements may be there
        whose receipts did not come.
        """
        with ExitStack() as stack:
            (audited,) = audit(address, Options(ledger=self.slug), stack, lambda _done, _size: None)
            report = audited.report
            assert report.exit_code == 0, report.findings
            assert report.checkpoint is not None
            assert report.vkey is not None
            size = report.checkpoint.size
            bundles = (tile for tile in tiles_of(size) if tile.level is None)
            leaves = [leaf for tile in bundles for leaf in decode_bundle(audited.copy.read(tile.path), tile.width)]
        vkey = parse_vkey(report.vkey)
        frontier, roots = merkle.Frontier(), [merkle.EMPTY_ROOT]
        for leaf in leaves:
            frontier.append(merkle.leaf_hash(leaf))
            roots.append(frontier.root())
        places = set()
        for file in self.receipts:
            one = receipts.parse(file)
            receipts.verify(one, vkey)
            shown = checkpoint.parse(one.note)[0]
            assert leaves[one.position] == one.leaf, "what was acknowledged is not there"
            assert roots[shown.size] == shown.root, "what was shown is another history"
            places.add(one.position)
        assert len(places) == len(self.receipts), "two statements were given one place"
        expected = len(self.receipts) + self.before
        assert size == expected or (others and size > expected), "something is in the log twice, or was lost"
