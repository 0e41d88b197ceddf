"""The log's key names its successor; both count for a while, each for its own trees."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit import house
from ledger import canonical, checkpoint
from ledger.books import coop
from ledger.books.coop import LogKey
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey, parse_vkey
from tests.audit.sample import FilesCopy, VillageLog, audit, export_village
from tests.simulator import DAY, Village, refused

OLD, NEW = "log key", "next log key"


@pytest.fixture
def village() -> Village:
    return Village("Hanako")


def test_a_key_names_the_next_and_both_count_until_the_day(village: Village) -> None:
    village.wait(DAY)
    entry = village.rotate(OLD, NEW, village.time + 30 * DAY)
    record = coop.get(village.state)
    assert entry.statement.author == village.key_id(OLD)
    assert coop.keys_in_force(record) == (village.vkey(NEW), village.vkey(OLD))
    assert record.earlier_keys == (LogKey(village.vkey(OLD), 1, None),)
    assert record.log_key_since == 3
    village.wait(30 * DAY)
    assert coop.keys_in_force(coop.get(village.state)) == (village.vkey(NEW),)
    # The tree of three entries was the last for which the old key counted: the fourth entry came after the day.
    assert coop.log_keys(coop.get(village.state)) == (
        LogKey(village.vkey(NEW), 3, None),
        LogKey(village.vkey(OLD), 1, 3),
    )
    village.rotate(NEW, "third log key", village.time + DAY)
    assert coop.keys_in_force(coop.get(village.state)) == (village.vkey("third log key"), village.vkey(NEW))


def test_only_the_key_in_force_says_so(village: Village) -> None:
    until = village.time + DAY
    with refused("operator.not_log_key"):
        village.rotate("somebody", NEW, until)
    with refused("statement.author"):
        body = {"log_key": village.vkey(NEW), "until": canonical.format_time(until)}
        village.say(
            "Hanako", "operator.key/1", body, cosigners=(village.key_id(NEW),), keys_of={village.key_id(NEW): NEW}
        )
    village.rotate(OLD, NEW, until)
    with refused("operator.not_log_key"):
        village.rotate(OLD, "third log key", until)
    with refused("operator.rotating"):
        village.rotate(NEW, "third log key", until)


def test_the_new_key_must_be_somebodys_and_nobodys_yet(village: Village) -> None:
    until = village.time + DAY
    with refused("operator.unproven"):
        village.rotate(OLD, NEW, until, log_key=village.vkey("third log key"))
    for used in ("clerk key", "Hanako"):
        with refused("operator.same_key"):
            village.rotate(OLD, used, until)
    with refused("format.signer_twice"):
        village.rotate(OLD, OLD, until)
    elsewhere = VerifierKey("elsewhere.example/yui", bytes(village.key(NEW).verify_key))
    with refused("genesis.log_key"):
        village.rotate(OLD, NEW, until, log_key=elsewhere.text())
    village.rotate(OLD, NEW, until)
    village.wait(2 * DAY)
    with refused("operator.same_key"):
        village.rotate(NEW, OLD, village.time + DAY)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_the_old_key_signs_on_for_a_while(village: Village, days: int) -> None:
    with refused("operator.overlap"):
        village.rotate(OLD, NEW, village.time + days * DAY)


def test_a_reader_of_either_key_reads_the_note_meanwhile(village: Village) -> None:
    village.rotate(OLD, NEW, village.time + DAY)
    note = village.note()
    assert [
        line.is_by(parse_vkey(village.vkey(name)))
        for line, name in zip(checkpoint.parse(note)[1], (NEW, OLD), strict=True)
    ] == [True, True]
    for name in (OLD, NEW):
        assert checkpoint.verify(note, parse_vkey(village.vkey(name))).size == village.size
    village.wait(2 * DAY)
    with pytest.raises(LedgerError, match=r"checkpoint\.key"):
        checkpoint.verify(village.note(), parse_vkey(village.vkey(OLD)))


def copy_of(village: Village, tmp_path: Any) -> FilesCopy:
    return FilesCopy.of(export_village(village, tmp_path / f"copy-{village.size}"))


def test_the_auditor_holds_the_checkpoint_to_the_key_of_its_size(village: Village, tmp_path: Any) -> None:
    old, new = (parse_vkey(village.vkey(name)) for name in (OLD, NEW))
    village.rotate(OLD, NEW, village.time + DAY)
    during = copy_of(village, tmp_path)
    village.wait(2 * DAY)
    after = copy_of(village, tmp_path)
    for copy in (during, after):
        for pinned in (None, old, new):
            report = audit(copy, vkey=pinned)
            assert (report.findings, report.step(1).status) == ([], "ok"), pinned
    assert audit(during).vkey == audit(after).vkey == village.vkey(NEW)
    # The operator, or a thief of the old key, signs with it after its day.
    head = checkpoint.parse(after.files["checkpoint"])[0]
    after.files["checkpoint"] = checkpoint.sign(head, village.log_key)
    assert [(one.step, one.code) for one in audit(after).findings] == [(1, "checkpoint.key")]
    assert [(one.step, one.code) for one in audit(after, vkey=old).findings] == [(1, "checkpoint.key")]


def test_every_key_stays_published_with_its_sizes(village: Village) -> None:
    village.rotate(OLD, NEW, village.time + DAY)
    village.wait(2 * DAY)
    (card,) = house.discovery(village.state)["ledgers"]
    assert card["vkeys"] == [village.vkey(NEW)]
    assert card["keys"] == [
        {"since": 2, "until": None, "vkey": village.vkey(NEW)},
        {"since": 1, "until": 2, "vkey": village.vkey(OLD)},
    ]
    assert VillageLog(village).discovery()["ledgers"] == [card]
