"""The ledger that audits are measured with is one that they accept, with signatures of every kind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from app.audit.copies import FolderCopy
from app.audit.export import export
from app.audit.house import HOUSE
from benchmarks.mixed import START, Mixed
from ledger.keys import ALGORITHMS
from ledger.statement import parse_leaf
from ledger.verify import Trust, verify
from ledger.verify.desk import MemoryDesk
from ledger.verify.private import Scope

SIZE = 1200


def test_the_mixed_ledger_verifies(tmp_path: Path) -> None:
    ledger = Mixed(SIZE, MemoryDesk(), tmp_path)
    ledger.make(lambda _size: None)
    entries = [parse_leaf(leaf) for leaf in ledger.leaves()]
    assert {signature.alg for entry in entries for signature in entry.signatures} == set(ALGORITHMS)
    types = Counter(entry.statement.type for entry in entries)
    assert {"booking.settle/1", "contribution.attest/1", "member.apply/1", "token.gift/1"} <= set(types)
    export(ledger, tmp_path / "copy", Scope(all=True, subjects=()))
    report = verify(FolderCopy(tmp_path / "copy"), HOUSE, lambda _size: MemoryDesk(), Trust(now=START))
    assert report.findings == []
    assert report.exit_code == 0
