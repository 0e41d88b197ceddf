"""A ledger that lost entries for good goes on under another name: on the same entries, with the same keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from ledger import canonical, checkpoint, ids, merkle
from ledger.books import coop
from ledger.books.coop import LogKey, Predecessor
from ledger.books.tokens import Account
from ledger.receipt import Receipt
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.state import Due
from ledger.verify.others import Other
from tests.audit.sample import FilesCopy, audit, export_village
from tests.audit.test_evidence import note
from tests.simulator import DAY, Village, refused

NEW = "village.example/yui-2"


@pytest.fixture
def whole() -> Village:
    """Eleven entries, of which a backup has eight."""
    village = Village("Hanako")
    village.join("Jiro")
    village.join("Taro")
    village.appoint("Jiro", "facilitator")
    for day in range(5):
        village.wait(DAY + day)
    return village


@pytest.fixture
def backup(whole: Village) -> Village:
    return whole.back_to(whole.size - 3)


def succeed(backup: Village, whole: Village, **changes: Any) -> None:
    backup.succeed(whole.note(), NEW, "Hanako", "Jiro", **changes)


def test_the_successor_goes_on_on_the_same_entries(whole: Village, backup: Village) -> None:
    restored, before = backup.size, backup.roots[-1]
    succeed(backup, whole)
    record = coop.get(backup.state)
    entry = backup._entries[next(reversed(backup._entries))]
    assert record.origin == entry.statement.ledger == NEW
    assert record.predecessors == (
        Predecessor(
            origin=whole.origin,
            cause="entries",
            entries=restored,
            size=restored + 3,
            root=canonical.b64(whole.roots[-1]),
            at=entry.received,
            statement=canonical.b64(entry.id),
        ),
    )
    assert record.predecessors[0].lost == 3
    # The tree up to there is the old one's tree; from there on it is another's, by another key.
    assert backup.roots[restored] == whole.roots[restored] == before
    assert coop.keys_in_force(record) == (backup.vkey(f"log key of {NEW}"),)
    head = checkpoint.verify(backup.note(), parse_vkey(record.log_key))
    assert (head.origin, head.size) == (NEW, restored + 1)
    old = VerifierKey(whole.origin, bytes(whole.log_key.verify_key)).text()
    assert coop.log_keys(record)[1] == LogKey(old, 1, restored)


def test_members_go_on_with_their_keys(whole: Village, backup: Village) -> None:
    succeed(backup, whole)
    backup.wait(1000)
    invited = backup.join("Saburo")
    assert invited.startswith("mem_")
    backup.say("Jiro", "role.end/1", {"member": backup.id("Jiro"), "role": "facilitator"})
    with refused("statement.ledger"):
        backup.origin = whole.origin
        backup.say("Taro", "member.leave/1", {})


def test_nothing_is_said_under_the_old_name_any_more(whole: Village, backup: Village) -> None:
    lost = whole.say("Hanako", "role.give/1", {"member": whole.id("Taro"), "role": "steward"}, seen_size=6)
    succeed(backup, whole)
    with refused("statement.ledger"):
        backup.submit(lost.statement_bytes, lost.signatures)


def test_a_successor_may_be_succeeded(whole: Village, backup: Village) -> None:
    succeed(backup, whole)
    for day in range(3):
        backup.wait(DAY + day)
    again = backup.back_to(backup.size - 1)
    with refused("succession.origin"):
        again.succeed(backup.note(), whole.origin, "Hanako", "Jiro")
    again.succeed(backup.note(), "village.example/yui-3", "Hanako", "Jiro")
    assert [before.origin for before in coop.get(again.state).predecessors] == [whole.origin, NEW]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("genesis.log_key", {"log_key": VerifierKey("elsewhere.example/yui", bytes(31) + b"\x09").text()}),
        ("key.small_order", {"clerk_key": f"ed25519:{canonical.b64(bytes(32))}"}),
        ("format.body", {"cause": "whim"}),
        ("succession.position", {"entries": 9}),
    ],
)
def test_what_it_says_must_be_possible(whole: Village, backup: Village, code: str, changes: dict[str, Any]) -> None:
    with refused(code):
        succeed(backup, whole, **changes)


def test_its_keys_are_nobodys_yet(whole: Village, backup: Village) -> None:
    taken = canonical.b64(bytes(backup.key("Taro").verify_key))
    with refused("operator.same_key"):
        succeed(backup, whole, clerk_key=f"ed25519:{taken}")
    own = canonical.b64(bytes(backup.key(f"log key of {NEW}").verify_key))
    with refused("operator.same_key"):
        succeed(backup, whole, clerk_key=f"ed25519:{own}")


def test_officers_sign_it(whole: Village, backup: Village) -> None:
    with refused("role.required"):
        backup.succeed(whole.note(), NEW, "Jiro", "Hanako")
    with refused("role.second_required"):
        backup.succeed(whole.note(), NEW, "Hanako")
    with refused("role.second_required"):
        backup.succeed(whole.note(), NEW, "Hanako", "Taro")


def test_where_one_official_is_left_that_one_suffices() -> None:
    village = Village("Hanako")
    village.join("Taro")
    note = village.note()
    backup = village.back_to(village.size - 1)
    backup.succeed(note, NEW, "Hanako")
    assert coop.get(backup.state).origin == NEW


def test_the_loss_is_shown_by_what_was_published(whole: Village, backup: Village) -> None:
    with refused("succession.nothing_lost"):
        backup.succeed(backup.note(), NEW, "Hanako", "Jiro")
    forged = checkpoint.sign(checkpoint.Checkpoint(whole.origin, 99, bytes(32)), whole.key("Taro"))
    with refused("succession.checkpoint"):
        backup.succeed(forged, NEW, "Hanako", "Jiro")
    other = checkpoint.sign(checkpoint.Checkpoint("else.example/yui", 99, bytes(32)), whole.log_key)
    with refused("succession.origin"):
        backup.succeed(other, NEW, "Hanako", "Jiro")


def test_where_the_key_is_lost_no_entry_is(whole: Village, backup: Village) -> None:
    with refused("succession.entries_lost"):
        succeed(backup, whole, cause="key")
    whole.succeed(whole.note(), NEW, "Hanako", "Jiro", cause="key")
    (before,) = coop.get(whole.state).predecessors
    assert (before.cause, before.lost) == ("key", 0)


def test_a_change_of_keys_that_was_under_way_is_over(whole: Village) -> None:
    whole.rotate("log key", "next log key", whole.time + 30 * DAY)
    size = whole.size
    whole.wait(1000)
    backup = whole.back_to(size)
    succeed(backup, whole)
    assert [key.until for key in coop.log_keys(coop.get(backup.state))] == [None, size, size]
    assert not backup.memory.scan(Due.kind, "", None)
    backup.wait(60 * DAY)


def test_balances_stay(whole: Village) -> None:
    day = canonical.format_time(whole.time)[:10]
    report = whole.say("Taro", "contribution.report/1", {"kind": "cleaning", "on": day, "quantity": 60})
    whole.say("Jiro", "contribution.attest/1", {"contribution": ids.object_id("con", report.id)})
    size = whole.size
    whole.wait(1000)
    backup = whole.back_to(size)
    succeed(backup, whole)
    account = backup.memory.get(Account.kind, whole.id("Taro"))
    assert account == whole.memory.get(Account.kind, whole.id("Taro"))
    assert account is not None


# The auditor.


def test_the_auditor_follows_from_one_name_to_the_next(whole: Village, backup: Village, tmp_path: Path) -> None:
    succeed(backup, whole)
    backup.wait(DAY)
    report = audit(copy_of(backup, tmp_path))
    assert (report.findings, report.exit_code) == ([], 0)
    assert report.checkpoint is not None
    assert report.checkpoint.origin == NEW
    assert report.vkey == backup.vkey(f"log key of {NEW}")
    old = VerifierKey(whole.origin, bytes(whole.log_key.verify_key))
    alone = audit(copy_of_again(backup, tmp_path), vkey=old)
    assert (alone.exit_code, alone.step(1).status) == (2, "not_checked")
    assert audit(copy_of_again(backup, tmp_path), vkey=old, genesis=report.genesis).exit_code == 0
    # A new name alone, without the entry that says so, makes it another log.
    bent = copy_of(whole, tmp_path)
    head = checkpoint.Checkpoint(NEW, whole.size, whole.roots[-1])
    bent.files["checkpoint"] = checkpoint.sign(head, whole.key(f"log key of {NEW}"))
    found = {(one.step, one.code) for one in audit(bent).findings}
    assert {(1, "checkpoint.key"), (4, "form.origin")} <= found


def test_more_was_published_than_the_successor_admits(whole: Village, backup: Village, tmp_path: Path) -> None:
    """The operator still has the old key, so the last checkpoint that officers are shown may be any."""
    told = checkpoint.Checkpoint(whole.origin, backup.size + 1, bytes(32))
    backup.succeed(checkpoint.sign(told, whole.log_key), NEW, "Hanako", "Jiro")
    copy = copy_of(backup, tmp_path)
    kept = {"more": whole.note(), "another": note(whole, whole.leaves[: told.size])}
    for name, one in kept.items():
        report = audit(copy, others=(Other(name, one),))
        assert [(found.step, found.code) for found in report.findings] == [(12, "copies.not_as_told")]
        report = audit(copy, last_seen={whole.origin: one}.get)
        assert [(found.step, found.code) for found in report.findings] == [(2, "consistency.not_as_told")]


def test_what_was_seen_under_the_old_name_is_held_to_the_successor(
    whole: Village, backup: Village, tmp_path: Path
) -> None:
    restored = backup.size
    succeed(backup, whole)
    copy = copy_of(backup, tmp_path)
    for size, told, compared in (
        (restored, None, "copies.same"),
        (restored + 1, "consistency.lost", "copies.not_compared"),
        (whole.size, "consistency.lost", "copies.same"),
    ):
        one = note(whole, whole.leaves[:size])
        report = audit(copy, last_seen={whole.origin: one}.get, others=(Other("kept", one),))
        assert (report.findings, report.exit_code) == ([], 0)
        assert [said.code for said in report.step(2).notes] == ([told] if told else [])
        assert [said.code for said in report.step(12).notes] == [compared]
    altered = checkpoint.sign(checkpoint.Checkpoint(whole.origin, restored - 1, bytes(32)), whole.log_key)
    report = audit(copy, last_seen={whole.origin: altered}.get, others=(Other("altered", altered),))
    assert [found.code for found in report.findings] == ["consistency.fork", "copies.contradiction"]


def subtree(hashes: list[bytes], level: int, index: int) -> bytes:
    frontier = merkle.Frontier()
    for leaf in hashes[index << level : (index + 1) << level]:
        frontier.append(leaf)
    return frontier.root()


def test_a_receipt_of_what_was_lost_is_told_to_be_that(
    whole: Village, backup: Village, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, files = str(tmp_path / "state"), {}
    node = partial(subtree, [merkle.leaf_hash(leaf) for leaf in whole.leaves])
    for index in (backup.size - 1, backup.size):
        path = tuple(merkle.prove_inclusion(node, index, whole.size))
        found = Receipt(whole.leaves[index], index, path, whole.note())
        files[index] = tmp_path / f"{index}.tlog-proof"
        files[index].write_bytes(found.to_file())
    succeed(backup, whole)
    export_village(backup, tmp_path / "after")
    assert main(["verify", str(tmp_path / "after"), "--state", state, "--lang", "en"]) == 0
    vkey = VerifierKey(whole.origin, bytes(whole.log_key.verify_key)).text()
    capsys.readouterr()
    told = {}
    for index, file in files.items():
        assert main(["verify-receipt", str(file), "--vkey", vkey, "--state", state, "--lang", "en"]) == 0
        told[index] = "in the lost part" in capsys.readouterr().out
    assert list(told.values()) == [False, True]


def copy_of_again(village: Village, tmp_path: Path) -> FilesCopy:
    return FilesCopy.of(tmp_path / f"copy-{village.origin.rpartition('/')[2]}-{village.size}")


def copy_of(village: Village, tmp_path: Path) -> FilesCopy:
    return FilesCopy.of(export_village(village, tmp_path / f"copy-{village.origin.rpartition('/')[2]}-{village.size}"))
