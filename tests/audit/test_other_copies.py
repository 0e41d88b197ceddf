"""Step 12: what other people hold, against what is shown; two histories become a file of evidence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from app.audit.export import export
from app.cli.main import main
from ledger import checkpoint, merkle
from ledger.checkpoint import Checkpoint
from ledger.receipt import Receipt
from ledger.tiles import TileReader
from ledger.verify import Report
from ledger.verify.others import Other
from tests.audit.acts import Shown
from tests.audit.sample import FilesCopy, audit, export_village, vkey
from tests.audit.test_evidence import fork, note
from tests.simulator import DAY, Village

STEP = 12


def judged(copy: FilesCopy, *others: Other) -> Report:
    return audit(copy, others=others)


def codes(report: Report) -> list[str]:
    step = report.step(STEP)
    said = [one.code for one in step.findings] + [one.code for one in step.notes]
    return said + ([] if step.reason is None else [step.reason.code])


@pytest.fixture
def small(small_folder: Path) -> FilesCopy:
    return FilesCopy.of(small_folder)


def test_without_any_it_says_so(small: FilesCopy) -> None:
    report = judged(small)
    assert (report.exit_code, codes(report)) == (0, ["copies.none_given"])


def test_older_ones_of_this_history(small: FilesCopy, small_village: Village) -> None:
    notes = [note(small_village, small_village.leaves[:size]) for size in (0, 1, 7, small_village.size)]
    report = judged(small, *(Other(f"copy {number}", one) for number, one in enumerate(notes)))
    assert (report.exit_code, report.step(STEP).status, codes(report)) == (0, "ok", ["copies.same"] * 4)


def test_another_history_is_found(small: FilesCopy, small_village: Village) -> None:
    report = judged(small, Other("neighbour", note(small_village, fork(small_village))))
    assert (report.exit_code, codes(report)) == (1, ["copies.contradiction"])


def test_a_longer_one_is_compared_where_it_shows_its_tiles(
    small: FilesCopy, small_village: Village, tmp_path: Path
) -> None:
    leaves = small_village.leaves
    for name, more, code, exit_code in (
        ("true", [*leaves, *leaves[-2:]], "copies.same", 0),
        ("false", [*fork(small_village), *leaves[-2:]], "copies.contradiction", 1),
    ):
        export(Shown(small_village, more), tmp_path / name)
        longer = FilesCopy.of(tmp_path / name)
        signed = longer.files["checkpoint"]
        assert codes(judged(small, Other("bare", signed))) == ["copies.not_compared"]
        report = judged(small, Other("with tiles", signed, longer))
        assert (report.exit_code, codes(report)) == (exit_code, [code])
        # Tiles that are not those of the checkpoint beside them prove nothing against the operator.
        longer.files["tile/0/000.p/" + str(len(more))] = bytes(32) * len(more)
        assert codes(judged(small, Other("false tiles", signed, longer))) == ["copies.not_compared"]


def test_what_nobody_has_signed_accuses_nobody(small: FilesCopy, small_village: Village) -> None:
    head = Checkpoint(small_village.origin, 7, merkle.leaf_hash(b"another"))
    forged = checkpoint.sign(head, SigningKey(bytes(32)))
    for other, code in (
        (Other("forged", forged), "copies.unsigned"),
        (Other("rubbish", b"rubbish"), "copies.unreadable"),
        (Other("away", fault="source.no_connection"), "copies.unreadable"),
    ):
        report = judged(small, other)
        assert (report.exit_code, codes(report)) == (2, [code])
    elsewhere = checkpoint.sign(head._replace(origin="other.example/yui"), SigningKey(bytes(32)))
    report = judged(small, Other("elsewhere", elsewhere))
    assert (report.exit_code, codes(report)) == (0, ["copies.other_ledgers"])


def test_each_is_read_under_the_key_of_its_size(tmp_path: Path) -> None:
    village = Village("Hanako")
    village.wait(DAY)
    before = village.note()
    village.rotate("log key", "next log key", village.time + DAY)
    village.wait(2 * DAY)
    copy = FilesCopy.of(export_village(village, tmp_path / "copy"))
    late = note(village, village.leaves)  # by the old key, which no longer counts
    assert codes(judged(copy, Other("before", before))) == ["copies.same"]
    assert codes(judged(copy, Other("late", late))) == ["copies.unsigned"]


def test_the_command_writes_evidence_that_anyone_checks(
    small_folder: Path, small_village: Village, tmp_path: Path
) -> None:
    """From a note, a receipt, an export and an archive; shorter and longer than what is shown."""
    leaves = fork(small_village)
    export(Shown(small_village, [*leaves, *leaves[-3:]]), tmp_path / "longer")
    shorter = tmp_path / "checkpoint.txt"
    shorter.write_bytes(note(small_village, leaves[:12]))
    export(Shown(small_village, leaves), tmp_path / "receipts")
    reader = TileReader(lambda tile: (tmp_path / "receipts" / tile.path).read_bytes(), len(leaves))
    path = tuple(merkle.prove_inclusion(reader.node, 11, len(leaves)))
    receipt = tmp_path / "mine.tlog-proof"
    receipt.write_bytes(Receipt(leaves[11], 11, path, note(small_village, leaves)).to_file())
    for source in (shorter, receipt, tmp_path / "longer"):
        evidence = tmp_path / "evidence.json"
        told = ["verify", str(small_folder), "--copy", str(source), "--evidence", str(evidence), "--json"]
        assert main(told) == 1, source
        assert main(["verify-evidence", str(evidence), "--vkey", vkey(small_village).text()]) == 0, source
        assert json.loads(evidence.read_text())[0]["contradictions"]
        evidence.unlink()
    assert main(["verify", str(small_folder), "--copy", str(small_folder), "--json"]) == 0
    assert main(["verify", str(small_folder), "--copy", str(tmp_path / "nowhere"), "--json"]) == 2


def test_where_the_entries_are_not_shown_the_tiles_tell(small: FilesCopy, small_village: Village) -> None:
    """An auditor who may only see the tiles accuses nobody for that."""
    for path in [path for path in small.files if path.startswith(("tile/entries/", "private/", "records"))]:
        del small.files[path]
    pinned, older = vkey(small_village), note(small_village, small_village.leaves[:7])
    report = audit(small, others=(Other("older", older),), vkey=pinned)
    assert [one.code for one in report.step(STEP).findings + report.step(STEP).notes] == ["copies.same"]
    other = note(small_village, fork(small_village)[:-1])
    report = audit(small, others=(Other("another", other),), vkey=pinned)
    assert [one.code for one in report.step(STEP).findings] == ["copies.contradiction"]
    # Tiles that do not fit each other say nothing about a copy of another size.
    tile = next(path for path in small.files if path.startswith("tile/0/"))
    small.files[tile] = small.files[tile][:-32] + bytes(32)
    report = audit(small, others=(Other("older", older),), vkey=pinned)
    assert [one.code for one in report.step(STEP).findings + report.step(STEP).notes] == ["copies.not_compared"]


def test_a_copy_that_was_broken_on_its_way_accuses_nobody(small: FilesCopy, small_village: Village) -> None:
    bundle = next(path for path in small.files if path.startswith("tile/entries/"))
    small.files[bundle] = small.files[bundle][:-2] + b"2}"
    report = judged(small, Other("older", note(small_village, small_village.leaves[:7])))
    assert [one.code for one in report.step(STEP).findings + report.step(STEP).notes] == ["copies.not_compared"]
    assert "tree.root" in {finding.code for finding in report.findings}
