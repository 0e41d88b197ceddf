"""The tamper matrix: each act of ``acts.py`` in both flavours, and what finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from app.audit.export import export
from ledger import canonical, checkpoint, fold
from ledger.compose import Private, nonce, sign_ed25519
from ledger.signed_note import VerifierKey
from ledger.statement import build_leaf, parse_leaf
from tests.audit.acts import (
    ACTS,
    Shown,
    bytes_only,
    changed,
    found,
    is_refused_falsely,
    of_type,
    private_line,
    rebuilt,
    shown,
    with_evidence,
)
from tests.audit.sample import EVERYTHING, FilesCopy, audit, sample_village
from tests.simulator import Village
from tools import tamper_table

TABLE = Path(__file__).parents[2] / "docs" / "tamper.md"
NAMED = {act.title: act for act in ACTS}


@pytest.mark.parametrize("title", NAMED)
def test_bytes_only(title: str, village: Village, copy: FilesCopy) -> None:
    act = NAMED[title]
    report = bytes_only(act, village, copy)
    assert report.exit_code == 1
    assert act.bytes_ in found(report)


@pytest.mark.parametrize("title", [act.title for act in ACTS if act.entries])
def test_rebuilt_and_signed(title: str, village: Village, tmp_path: Path) -> None:
    act = NAMED[title]
    assert bool(act.signed) != bool(act.kept)
    report = rebuilt(act, village, tmp_path / "shown")
    assert report is not None
    if act.signed is None:
        assert report.exit_code == 0
        return
    assert act.signed in found(report)
    if act.at(village) is not None:
        assert (*act.signed, act.at(village)) in {(f.step, f.code, f.entry) for f in report.findings}


@pytest.mark.parametrize("title", [act.title for act in ACTS if act.kept])
def test_what_somebody_has_kept_reveals_it(title: str, village: Village, tmp_path: Path) -> None:
    act = NAMED[title]
    report = with_evidence(act, village, tmp_path / "shown")
    assert report is not None
    assert found(report) == {act.reveals}


def test_a_false_refusal_is_shown_by_folding(village: Village) -> None:
    assert is_refused_falsely(village)


def test_the_table_in_the_docs_is_that_of_this_run(village: Village, folder: Path, tmp_path: Path) -> None:
    assert TABLE.read_text(encoding="utf-8") == tamper_table.table(village, folder, tmp_path)


def test_contradicting_checkpoints_are_both_the_operators(village: Village, tmp_path: Path) -> None:
    report = with_evidence(NAMED["show two histories"], village, tmp_path / "shown")
    assert report is not None
    (finding,) = report.findings
    for note in (finding.params["earlier"], finding.params["now"]):
        checkpoint.verify(note.encode(), VerifierKey(village.origin, bytes(village.log_key.verify_key)))


def test_an_entry_that_does_not_count_accuses_no_other(tmp_path: Path) -> None:
    """Taro acts as the administrator that he was made; when his appointment is tampered with, he is not to blame."""
    village = Village("Hana")
    village.join("Taro")
    before = village.size
    village.appoint("Taro", "administrator")
    appointed = of_type(village, "role.give/1")
    for name in ("Jiro", "Saburo"):
        body = {"cls": "member", "profile": {"name": Private(name)}, "type": "person"}
        village.say("Taro", "member.enter/1", body, seen_size=before)
    leaves = list(village.leaves)
    broken = canonical.b64(bytes(64))
    leaves[appointed] = changed(leaves[appointed], lambda leaf: leaf["signatures"][0].update(sig=broken))
    export(Shown(village, leaves), tmp_path / "shown", EVERYTHING)
    report = audit(FilesCopy.of(tmp_path / "shown"))
    assert [(f.step, f.code, f.entry) for f in report.findings] == [(5, "signature.invalid", appointed)]
    for step in (report.step(number) for number in (8, 9, 10)):
        assert step.status == "not_checked"
        assert step.reason == ("fold.left_out", {"index": appointed})
    assert report.step(8).notes == [("fold.astray", {"first": appointed + 1, "count": 2})]


def test_a_swapped_confidential_ballot_does_not_open(village: Village, copy: FilesCopy) -> None:
    path, line, index = private_line(copy, b'"path":"choice"')
    copy.files[path] = copy.files[path].replace(line, line.replace(b'"value":"no"', b'"value":"yes"'))
    assert (9, "private.commitment", index) in {(f.step, f.code, f.entry) for f in audit(copy).findings}


def test_a_withheld_private_value_is_missed(copy: FilesCopy) -> None:
    path, line, index = private_line(copy, b'"path":"note"')
    copy.files[path] = copy.files[path].replace(line + b"\n", b"")
    assert [(f.step, f.code, f.entry) for f in audit(copy).findings] == [(9, "private.missing", index)]


def test_records_that_leave_out_a_transition_differ(village: Village, copy: FilesCopy) -> None:
    """The operator publishes the decided vote as one that was never concluded."""
    line = next(row for row in copy.files["records.jsonl"].splitlines() if b'"kind":"proposal"' in row)
    record = canonical.decode(line)
    record["record"] |= {"outcome": None, "tally": None}
    copy.files["records.jsonl"] = copy.files["records.jsonl"].replace(line, canonical.encode(record))
    (finding,) = audit(copy).findings
    assert (finding.step, finding.code, finding.entry) == (10, "records.differs", record["record"]["index"])
    assert finding.params == {"id": record["id"], "kind": "proposal"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.pop(3), "records.missing"),
        (lambda rows: rows.insert(4, rows[3].replace(b'","kind"', b'a","kind"', 1)), "records.without_ground"),
        (lambda rows: rows.insert(3, rows[3]), "records.order"),
        (lambda rows: rows.insert(3, b"{}"), "records.form"),
        (lambda rows: rows.insert(3, b'{"kind":' + b"[" * 100_000), "records.form"),
    ],
)
def test_records_without_ground_are_named(change: Callable[[list[bytes]], None], code: str, copy: FilesCopy) -> None:
    rows = copy.files["records.jsonl"].splitlines()
    change(rows)
    copy.files["records.jsonl"] = b"".join(row + b"\n" for row in rows)
    assert (10, code) in found(audit(copy))


def test_a_stale_checkpoint_is_refused_by_age(copy: FilesCopy, village: Village) -> None:
    last = parse_leaf(village.leaves[-1]).received
    report = audit(copy, max_age=1000)
    assert report.exit_code == 0  # the audit's clock stands at the founding
    report = audit(copy, max_age=1000, now=last + 2000)
    assert found(report) == {(1, "checkpoint.stale")}


def test_a_pinned_key_is_held_to(copy: FilesCopy, village: Village) -> None:
    pinned = VerifierKey(village.origin, bytes(SigningKey(bytes(32)).verify_key))
    assert (1, "checkpoint.not_pinned") in found(audit(copy, vkey=pinned))


def test_an_entry_from_another_ledger_is_refused(village: Village, tmp_path: Path) -> None:
    other = sample_village(("Taro", "Jiro", "Aiko"), works=1)
    leaves = [*village.leaves, changed(other.leaves[-1], lambda leaf: leaf["statement"].update(ledger="other.example"))]
    assert (4, "form.origin", village.size) in {
        (f.step, f.code, f.entry) for f in audit(shown(village, leaves, tmp_path / "shown")).findings
    }


def test_the_same_statement_twice_is_refused(village: Village, tmp_path: Path) -> None:
    leaves = [*village.leaves, changed(village.leaves[-1], lambda _leaf: None)]
    findings = audit(shown(village, leaves, tmp_path / "shown")).findings
    assert [(f.step, f.code, f.entry) for f in findings] == [(4, "form.nonce_twice", village.size)]


def test_an_unknown_type_ends_undecided(village: Village, tmp_path: Path) -> None:
    """A newer ledger is no finding: this program is too old for it."""
    said = canonical.decode(parse_leaf(village.leaves[of_type(village, fold.TICK)]).statement_bytes)
    said |= {"nonce": nonce(village.time, bytes(10)), "type": "ledger.tick/2"}
    data = canonical.encode(said)
    leaf = build_leaf(data, (sign_ed25519(village.clerk_key, data),), parse_leaf(village.leaves[-1]).received)
    report = audit(shown(village, [*village.leaves, leaf], tmp_path / "shown"))
    assert report.exit_code == 2
    assert [step.number for step in report.steps if step.blocked] == [8, 10]
