"""Step 11: what is said to be anchored, by its proofs alone, on a chain that is asked, and on a real one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.audit.chains import NotAsked, Shown, parse
from app.cli.main import main
from contracts import batch, proof
from contracts.errors import Shrunk
from contracts.proof import AnchorProof, Site
from ledger import canonical
from ledger.books import anchors as book
from ledger.errors import LedgerError
from ledger.statement import parse_leaf
from ledger.verify import Report
from ledger.verify.anchored import Anchors, Proof, Standing
from tests.audit.sample import FilesCopy, audit, export_village
from tests.audit.test_evidence import note
from tests.contracts.stations import Station, stationed
from tests.golden.story import CONTRACT, SENDER
from tests.simulator import DAY, Village
from tools import anvil

HOUR = 3_600_000
SITE = Site(31337, CONTRACT, SENDER, "0x" + "5a" * 32)


class Chain:
    """Whoever is asked, and what is said."""

    def __init__(self, answer: Standing | LedgerError | None, growth: LedgerError | None = None) -> None:
        self.answer, self.growth = answer, growth

    def find(self, proof: Proof) -> Standing | None:
        assert isinstance(proof, Shown)
        if isinstance(self.answer, LedgerError):
            raise self.answer
        return self.answer

    def check_growth(self) -> None:
        if self.growth is not None:
            raise self.growth


def proof_of(signed: bytes, site: Site = SITE) -> AnchorProof:
    """In a batch with a neighbour's checkpoint."""
    other = signed.replace(b"village.example", b"a.example", 1)
    return proof.make(batch.make([other, signed]), "village.example/yui", site)


class Anchored:
    """A village that says of a checkpoint of three entries that it is anchored, and its copy with the proof."""

    def __init__(self, tmp_path: Path, site: Site = SITE, time: int | None = None, block: int = 20) -> None:
        self.village = village = Village("Hanako")
        village.wait(DAY)
        village.wait(HOUR)
        self.signed = village.note()
        self.size, self.time = village.size, village.time + 60_000 if time is None else time
        self.proof = proof_of(self.signed, site)
        village.wait(HOUR)
        digest = canonical.b64(hashlib.sha256(self.signed).digest())
        said = {"block": block, "checkpoint": digest, "size": self.size, "time": canonical.format_time(self.time)}
        self.claim = village.size
        village.say("clerk", book.RECORD, said | site._asdict())
        village.wait(HOUR)
        self.folder = export_village(village, tmp_path / "copy")
        self.write(self.proof.to_file())

    def write(self, data: bytes) -> None:
        (self.folder / "anchors").mkdir(exist_ok=True)
        (self.folder / "anchors" / f"{self.size}.json").write_bytes(data)

    def received(self, index: int) -> int:
        return parse_leaf(self.village.leaves[index]).received

    def judged(self, answer: Any = None, *given: tuple[str, bytes], ask: bool = True, growth: Any = None) -> Report:
        chain = Chain(answer, growth) if ask else None
        return audit(FilesCopy.of(self.folder), anchors=Anchors(parse, given, chain))


@pytest.fixture
def station() -> Iterator[Station]:
    if anvil.program() is None:
        pytest.skip("no anvil for this machine: package-lock.json pins the one for Linux on x86_64")
    with stationed() as found:
        yield found


@pytest.fixture
def anchored(tmp_path: Path) -> Anchored:
    return Anchored(tmp_path)


def found(report: Report) -> list[tuple[int, str, int | None]]:
    return [(one.step, one.code, one.entry) for one in report.findings]


def notes(report: Report, step: int = 11) -> list[str]:
    return [one.code for one in report.step(step).notes]


def test_without_an_rpc_the_proofs_are_checked_and_counted(anchored: Anchored) -> None:
    report = anchored.judged(ask=False)
    step = report.step(11)
    assert (report.exit_code, step.status, step.reason) == (0, "not_checked", ("anchors.no_rpc", {"count": 1}))


def test_final_on_its_chain_it_bounds_the_times_below(anchored: Anchored) -> None:
    report = anchored.judged(Standing(final=True, block=20, time=anchored.time))
    assert (report.exit_code, report.step(11).status, notes(report)) == (0, "ok", ["anchor.final"])
    before = anchored.judged(ask=False).step(7).notes
    (unwitnessed,) = report.step(7).notes
    assert unwitnessed.params["first"] >= anchored.size > before[0].params["first"]


def test_young_it_shows_no_time(anchored: Anchored) -> None:
    report = anchored.judged(Standing(final=False, block=20, time=anchored.time - DAY))
    assert (report.exit_code, notes(report)) == (0, ["anchor.young"])
    assert report.step(7).notes == anchored.judged(ask=False).step(7).notes


def test_what_is_not_there_was_a_lie(anchored: Anchored) -> None:
    assert found(anchored.judged(None)) == [(11, "anchor.not_on_chain", anchored.claim)]


def test_a_block_that_is_not_as_said(anchored: Anchored) -> None:
    true = Standing(final=True, block=20, time=anchored.time)
    for standing in (true._replace(block=21), true._replace(time=anchored.time - 1000)):
        assert found(anchored.judged(standing)) == [(11, "anchor.not_as_said", anchored.claim)]


def test_received_after_it_was_anchored(anchored: Anchored, tmp_path: Path) -> None:
    """Forward-dating: the entries were there earlier than they say."""
    time = anchored.received(anchored.size - 1) - HOUR
    early = Anchored(tmp_path / "early", time=time)
    assert found(early.judged(Standing(final=True, block=20, time=time))) == [(7, "time.after_anchor", early.size - 1)]


def test_received_before_the_block_that_it_names(anchored: Anchored) -> None:
    """Backdating: the entry that names a block, and all after it, can't be older than the block."""
    time = anchored.received(anchored.claim) + HOUR
    assert found(anchored.judged(Standing(final=True, block=20, time=time))) == [
        (7, "time.before_anchor", anchored.claim),
        (11, "anchor.not_as_said", anchored.claim),
    ]


def test_a_proof_that_is_not_what_was_said(anchored: Anchored) -> None:
    standing = Standing(final=True, block=20, time=anchored.time)
    anchored.write(proof_of(anchored.signed, SITE._replace(sender=CONTRACT)).to_file())
    assert found(anchored.judged(standing)) == [(11, "anchor.not_as_said", anchored.claim)]
    for spoilt in (
        anchored.proof._replace(root=bytes(32)),
        anchored.proof._replace(note=anchored.signed.replace(b"\n3\n", b"\n2\n")),
    ):
        anchored.write(spoilt.to_file())
        report = anchored.judged(standing)
        assert [code for _, code, _ in found(report)] == ["anchor.proof"]
    anchored.write(b"{}")
    assert found(anchored.judged(standing)) == [(11, "anchor.proof", anchored.claim)]


def test_a_missing_proof_is_told(anchored: Anchored) -> None:
    (anchored.folder / "anchors" / "3.json").unlink()
    report = anchored.judged(None)
    assert (report.exit_code, notes(report)) == (0, ["anchors.no_proof"])
    assert report.step(11).reason == ("anchors.none", {"count": 0})


def test_another_tree_that_was_anchored_is_evidence(anchored: Anchored) -> None:
    """Whoever keeps the proof of a history that the operator no longer shows."""
    other = note(anchored.village, [anchored.village.leaves[0]] * 3)
    report = anchored.judged(None, ("kept", proof_of(other).to_file()), ask=False)
    assert found(report) == [(11, "anchor.other_tree", None)]
    assert report.findings[0].params["earlier"] == other.decode()


def test_proofs_of_other_ledgers_and_of_later_trees_are_told(anchored: Anchored) -> None:
    tree = batch.make([anchored.signed.replace(b"village.example", b"a.example", 1), anchored.signed])
    elsewhere = proof.make(tree, "a.example/yui", SITE).to_file()
    later = proof_of(note(anchored.village, [*anchored.village.leaves, anchored.village.leaves[0]])).to_file()
    report = anchored.judged(None, ("elsewhere", elsewhere), ("later", later), ask=False)
    assert (report.exit_code, notes(report)) == (0, ["anchor.other_ledger", "anchor.beyond"])


def test_who_can_not_be_asked_leaves_the_audit_open(anchored: Anchored) -> None:
    report = anchored.judged(NotAsked("anchors.no_chain", chain_id=1))
    assert (report.exit_code, report.step(11).status) == (2, "not_checked")


def test_anchors_that_shrink_are_found(anchored: Anchored) -> None:
    standing = Standing(final=True, block=20, time=anchored.time)
    growth = Shrunk(origin="village.example/yui", sender=SENDER, size=2, before=3)
    assert found(anchored.judged(standing, growth=growth)) == [(11, "anchor.shrunk", None)]


def test_on_a_real_chain_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], station: Station) -> None:
    """Final, then put back by a reorganisation; a second opinion that knows nothing of it."""
    village = Village("Hanako")
    village.wait(DAY)
    station.anchorer.submit([village.note()])
    station.finish()
    folder = export_village(village, tmp_path / "copy")
    file = tmp_path / "proof.json"
    anchor = station.store.last()
    assert anchor is not None
    file.write_bytes(anchor.proofs()[village.origin].to_file())
    told = ["verify", str(folder), "--anchor", str(file), "--lang", "en"]
    asked = [*told, "--rpc", station.chain.url, "--confirmations", "4"]
    assert main(told) == 0
    assert "1 proof was checked without asking a chain" in capsys.readouterr().out
    # The village's clock stands in spring, the chain's does not: so all that it says bounds nothing wrongly.
    assert main(asked) == 0
    assert "final on its chain: the checkpoint of 2 entries" in capsys.readouterr().out
    assert main([*asked, "--rpc", "http://127.0.0.1:9"]) == 2
    with anvil.running() as other:
        assert main([*asked, "--rpc", other.url]) == 2  # the same chain id, and no such contract there
        capsys.readouterr()
    station.chain.ask("anvil_reorg", 5, [])
    assert main(asked) == 1
    assert "is not on its chain" in capsys.readouterr().out
