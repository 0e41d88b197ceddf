"""Receipts and evidence from both sides of a change of the log's key: followed as far as the reader can know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.audit.export import export
from app.cli.main import main
from ledger import checkpoint, key_changes, merkle
from ledger.checkpoint import Checkpoint
from ledger.evidence import Evidence
from ledger.receipt import Receipt
from ledger.signed_note import parse_vkey
from tests.audit.acts import Shown
from tests.audit.sample import export_village
from tests.simulator import DAY, Village

OLD, NEW, THIRD = "log key", "next log key", "third log key"


def receipt(village: Village, index: int) -> bytes:
    hashes = [merkle.leaf_hash(leaf) for leaf in village.leaves]

    def node(level: int, number: int) -> bytes:
        if level == 0:
            return hashes[number]
        return merkle.node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))

    path = tuple(merkle.prove_inclusion(node, index, village.size))
    return Receipt(village.leaves[index], index, path, village.note()).to_file()


class Story:
    """A ledger that has had three keys, with a receipt and a copy from each time."""

    def __init__(self, folder: Path) -> None:
        self.village, self.folder = Village("Hanako"), folder
        self.receipts: dict[str, Path] = {}
        village = self.village
        village.wait(DAY)
        self._keep(OLD)
        for old, new in ((OLD, NEW), (NEW, THIRD)):
            village.rotate(old, new, village.time + DAY)
            village.wait(2 * DAY)
            self._keep(new)
        self.copy = str(export_village(village, folder / "copy"))

    def _keep(self, key: str) -> None:
        path = self.folder / f"{key}.tlog-proof"
        path.write_bytes(receipt(self.village, self.village.size - 1))
        self.receipts[key] = path

    def check(self, under: str, pinned: str, *more: str) -> int:
        return main(
            ["verify-receipt", str(self.receipts[under]), "--vkey", self.village.vkey(pinned), "--lang", "en", *more]
        )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


def test_a_receipt_alone_does_not_tell(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    for under in (OLD, NEW, THIRD):
        for pinned in (OLD, NEW, THIRD):
            assert story.check(under, pinned) == (0 if under == pinned else 1)
            assert ("can't be known from the receipt alone" in capsys.readouterr().out) is (under != pinned)


def test_it_is_followed_through_a_copy(story: Story, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Forward and back, over two changes; also where no discovery document says which entries to look at."""
    bare = tmp_path / "bare"
    export(Shown(story.village, story.village.leaves), bare, None)
    (bare / "yui.json").unlink()
    for source in (story.copy, str(bare)):
        for under, pinned in ((THIRD, OLD), (OLD, THIRD), (NEW, OLD)):
            assert story.check(under, pinned, "--source", source) == 0
            assert f"It bears the key {story.village.vkey(under)}" in capsys.readouterr().out


def test_an_audit_remembers_which_key_counted_when(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "state")
    assert main(["verify", story.copy, "--state", state, "--json"]) == 0
    for file in story.receipts.values():
        assert main(["verify-receipt", str(file), "--state", state]) == 0
    # Whoever has stolen the old key signs a tree of today with it.
    village, late = story.village, tmp_path / "late.tlog-proof"
    own = receipt(village, 1)
    head = checkpoint.parse(village.note())[0]
    late.write_bytes(own.partition(b"\n\n")[0] + b"\n\n" + checkpoint.sign(head, village.key(OLD)))
    capsys.readouterr()
    assert main(["verify-receipt", str(late), "--state", state, "--lang", "en"]) == 1
    assert "did not count for a tree" in capsys.readouterr().out
    told = ["verify-receipt", str(late), "--vkey", village.vkey(THIRD), "--source", story.copy, "--lang", "en"]
    assert main(told) == 0
    assert "Whether it still counted can't be known from here" in capsys.readouterr().out


def test_a_copy_that_can_not_be_read_leaves_it_open(story: Story, tmp_path: Path) -> None:
    assert story.check(THIRD, OLD, "--source", str(tmp_path / "nowhere")) == 2


def test_only_a_change_that_both_keys_have_signed_leads_anywhere(story: Story) -> None:
    village = story.village
    changes = [leaf for leaf in village.leaves if key_changes.read(leaf) is not None]
    assert len(changes) == 2
    keys = [parse_vkey(village.vkey(name)) for name in (OLD, NEW, THIRD)]
    for key in keys:
        assert set(key_changes.lineage(key, changes)) == set(keys)
    assert key_changes.lineage(keys[0], changes[1:]) == (keys[0],)
    for leaf in changes:
        for position in range(0, len(leaf), 11):
            spoilt = leaf[:position] + bytes([leaf[position] ^ 1]) + leaf[position + 1 :]
            # What the log keeps beside what was signed, the time of receipt, is not the keys' to vouch for.
            assert key_changes.read(spoilt) in (None, key_changes.read(leaf))


def test_evidence_across_a_change(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    village = story.village
    kept = checkpoint.sign(Checkpoint(village.origin, 2, merkle.leaf_hash(b"another")), village.key(OLD))
    file = tmp_path / "kept"
    file.write_bytes(kept)
    evidence = tmp_path / "evidence.json"
    told = ["verify", story.copy, "--copy", str(file), "--evidence", str(evidence), "--json"]
    assert main(told) == 1
    assert main(["verify-evidence", str(evidence)]) == 0
    for name in (OLD, NEW, THIRD):
        assert main(["verify-evidence", str(evidence), "--vkey", village.vkey(name)]) == 0
    assert main(["verify-evidence", str(evidence), "--vkey", village.vkey("somebody's key")]) == 1
    # Evidence that brings no changes along is followed through a copy, and else says what is missing.
    (one,) = json.loads(evidence.read_text())[0]["contradictions"]
    del one["changes"]
    evidence.write_text(json.dumps(one))
    capsys.readouterr()
    assert main(["verify-evidence", str(evidence), "--vkey", village.vkey(THIRD), "--lang", "en"]) == 1
    assert "--source" in capsys.readouterr().out
    assert main(["verify-evidence", str(evidence), "--vkey", village.vkey(THIRD), "--source", story.copy]) == 0


def test_changes_do_not_make_another_s_signature_the_operator_s(story: Story) -> None:
    village = story.village
    heads = [Checkpoint(village.origin, 2, merkle.leaf_hash(text)) for text in (b"one", b"other")]
    notes = [checkpoint.sign(head, village.key("somebody's key")) for head in heads]
    evidence = Evidence(parse_vkey(village.vkey(OLD)), notes[0], notes[1], (), tuple(village.leaves))
    assert not evidence.to_json()["conclusive"]


def test_evidence_under_a_key_that_was_succeeded_says_so(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever holds a key that has ended can sign with it, and nothing in the evidence tells that it has."""
    village, file = story.village, tmp_path / "evidence.json"
    changes = tuple(leaf for leaf in village.leaves if key_changes.read(leaf) is not None)
    for signer, more in ((OLD, True), (THIRD, False)):
        head = Checkpoint(village.origin, village.size, bytes(32))
        forged = checkpoint.sign(head, village.key(signer))
        evidence = Evidence(parse_vkey(village.vkey(THIRD)), forged, village.note(), (), changes)
        file.write_text(json.dumps(evidence.to_json()))
        assert main(["verify-evidence", str(file), "--vkey", village.vkey(THIRD), "--lang", "en"]) == 0
        assert ("has named its successor" in capsys.readouterr().out) == more
