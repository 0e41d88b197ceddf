"""Witnesses in an audit: whose cosignatures count, what they are held against, and what their times bound."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from app.cli.main import main
from ledger import canonical, checkpoint, cosignature, merkle, witness_policy
from ledger.checkpoint import Checkpoint
from ledger.receipt import Receipt
from ledger.statement import parse_leaf
from ledger.tiles import TileReader
from ledger.verify import Report, Witnesses
from tests.audit.sample import FilesCopy, audit, vkey
from tests.audit.test_evidence import note
from tests.simulator import Village

HOUR = 3_600_000
KEYS = {name: SigningKey(hashlib.sha256(name.encode()).digest()) for name in ("north", "south", "stranger")}


def policy_text(rule: str) -> str:
    vkeys = {name: cosignature.witness_key(f"{name}.example/witness", KEYS[name]).text() for name in ("north", "south")}
    return "".join(f"witness {name} {text}\n" for name, text in vkeys.items()) + (
        f"group enough {rule} north south\nquorum enough\n"
    )


def trust(rule: str = "all", **changes: Any) -> Witnesses:
    return Witnesses(witness_policy.parse(policy_text(rule).encode()), **({"grace": HOUR, "live": False} | changes))


def received(village: Village, index: int) -> int:
    return parse_leaf(village.leaves[index]).received


def cosigned(village: Village, size: int, *names: str, later: int = 60_000) -> bytes:
    """The checkpoint of that size with cosignatures made a while after its last entry."""
    signed = note(village, village.leaves[:size])
    text = signed.partition(b"\n\n")[0] + b"\n"
    time = (received(village, size - 1) + later) // 1000
    return signed + b"".join(cosignature.sign(text, f"{name}.example/witness", KEYS[name], time) for name in names)


def judged(copy: FilesCopy, witnesses: Witnesses | None, **more: Any) -> Report:
    return audit(copy, witnesses=witnesses, **more)


def notes(report: Report, number: int) -> list[str]:
    return [one.code for one in report.step(number).notes]


def test_without_a_policy_it_says_so(copy: FilesCopy) -> None:
    report = judged(copy, None)
    assert report.exit_code == 0
    assert "checkpoint.no_witnesses" in notes(report, 1)


def test_without_a_policy_the_older_one_is_still_the_logs_own_and_of_this_tree(
    copy: FilesCopy, village: Village
) -> None:
    size = village.size - 2
    good = cosigned(village, size, "north")
    copy.files["cosigned"] = good
    report = judged(copy, None)
    assert (report.exit_code, "checkpoint.no_witnesses" in notes(report, 1)) == (0, True)
    text, _, lines = good.partition(b"\n\n")
    other = checkpoint.sign(Checkpoint(village.origin, size, merkle.leaf_hash(b"another")), village.log_key)
    first, *_ = lines.splitlines(keepends=True)
    faults = {
        "witness.other_tree": other,
        "checkpoint.signature": good.replace(str(size).encode(), str(size - 1).encode(), 1),
        "checkpoint.key": text + b"\n\n" + lines.removeprefix(first),
        "checkpoint.form": b"nothing\n",
    }
    for code, shown in faults.items():
        copy.files["cosigned"] = shown
        report = judged(copy, None)
        assert ([one.code for one in report.findings], report.exit_code) == ([code], 1), code


def test_a_quorum_on_the_newest_checkpoint_bounds_every_time(copy: FilesCopy, village: Village) -> None:
    copy.files["checkpoint"] = cosigned(village, village.size, "north", "stranger", "south")
    report = judged(copy, trust())
    assert report.exit_code == 0
    assert notes(report, 1).count("witness.cosigned") == 2
    assert "time.unwitnessed" not in notes(report, 7)
    assert "time.unwitnessed" in notes(judged(FilesCopy(copy.files | {"checkpoint": village.note()}), None), 7)


@pytest.mark.parametrize("names", [(), ("north",), ("stranger", "north")])
def test_too_few_are_not_enough(copy: FilesCopy, village: Village, names: tuple[str, ...]) -> None:
    copy.files["checkpoint"] = cosigned(village, village.size, *names)
    assert [one.code for one in judged(copy, trust()).findings] == ["witness.no_quorum"]
    assert judged(copy, trust("any")).exit_code == (0 if names else 1)


def test_an_older_one_is_enough_within_the_grace(copy: FilesCopy, village: Village) -> None:
    size = village.size - 2
    copy.files["cosigned"] = cosigned(village, size, "north", "south")
    age = received(village, village.size - 1) - received(village, size)
    assert judged(copy, trust(grace=age)).exit_code == 0
    (finding,) = judged(copy, trust(grace=age - 1)).findings
    assert (finding.code, finding.entry) == ("witness.no_quorum", size)
    now = received(village, size) + HOUR
    assert judged(copy, trust(live=True, grace=HOUR), now=now).exit_code == 0
    assert judged(copy, trust(live=True, grace=HOUR), now=now + 1).exit_code == 1


def test_a_cosigned_checkpoint_must_be_of_this_tree(copy: FilesCopy, village: Village) -> None:
    other = Checkpoint(village.origin, 20, merkle.leaf_hash(b"another"))
    signed = checkpoint.sign(other, village.log_key)
    lines = [cosignature.sign(other.body(), f"{name}.example/witness", KEYS[name], 1) for name in ("north", "south")]
    copy.files["cosigned"] = signed + b"".join(lines)
    report = judged(copy, trust())
    assert {"witness.other_tree", "witness.no_quorum"} == {one.code for one in report.findings}


def test_a_false_line_of_a_known_witness_spoils_the_note(copy: FilesCopy, village: Village) -> None:
    good = cosigned(village, village.size, "north", "south")
    stale = cosigned(village, village.size - 1, "north").rpartition("— north".encode())
    copy.files["checkpoint"] = good + stale[1] + stale[2]
    assert "checkpoint.signature" in [one.code for one in judged(copy, trust()).findings]


def test_an_entry_can_not_be_received_after_a_witness_has_seen_it(copy: FilesCopy, village: Village) -> None:
    copy.files["checkpoint"] = cosigned(village, village.size, "north", "south", later=-HOUR)
    report = judged(copy, trust())
    assert {(one.step, one.code, one.entry) for one in report.findings} == {(7, "time.after_witness", village.size - 1)}


def test_the_command(folder: Path, village: Village, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy"
    policy.write_text(policy_text("all"))
    arguments = ["verify", str(folder), "--witness-policy", str(policy), "--lang", "en"]
    assert main(arguments) == 1
    assert main([*arguments, "--witness-grace", "100d"]) == 0
    assert "wait for cosignatures" in capsys.readouterr().out
    policy.write_text("quorum enough\n")
    assert main(arguments) == 2
    assert main(["verify", str(folder), "--witness-policy", str(tmp_path / "nowhere")]) == 2


def test_a_receipt_with_cosignatures(
    folder: Path, village: Village, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = TileReader(lambda tile: (folder / tile.path).read_bytes(), village.size)
    proof = tuple(merkle.prove_inclusion(reader.node, 7, village.size))
    file, policy = tmp_path / "mine.tlog-proof", tmp_path / "policy"
    policy.write_text(policy_text("all"))
    arguments = ["verify-receipt", str(file), "--vkey", vkey(village).text(), "--lang", "en"]
    for names, code in ((("north", "south"), 0), (("north",), 1)):
        file.write_bytes(Receipt(village.leaves[7], 7, proof, cosigned(village, village.size, *names)).to_file())
        assert main(arguments) == 0
        assert main([*arguments, "--witness-policy", str(policy)]) == code
    moment = canonical.format_time((received(village, village.size - 1) + 60_000) // 1000 * 1000)
    assert f"witness north.example/witness cosigned {village.size} entries at {moment}" in capsys.readouterr().out
