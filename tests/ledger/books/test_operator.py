"""The log's key names its successor; both count for a while, each for its own trees."""

from __future__ import annotations

from typing import Any

import pytest

from app.audit import house
from app.audit.export import export
from ledger import canonical, checkpoint
from ledger.books import coop
from ledger.books.coop import ClerkKey, DecidedKey, LogKey
from ledger.compose import public_of, sign_ed25519
from ledger.errors import LedgerError
from ledger.signed_note import VerifierKey, parse_vkey
from ledger.statement import build_leaf, parse_leaf
from tests.audit.acts import Shown
from tests.audit.sample import FilesCopy, VillageLog, audit, export_village
from tests.governance.assembly import Assembly
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


# The clerk's key.


def test_the_log_key_names_the_clerks_next(village: Village) -> None:
    first = public_of(village.clerk_key)
    entry = village.rotate_clerk("next clerk key")
    record = coop.get(village.state)
    second = public_of(village.key("next clerk key"))
    assert entry.statement.author == village.key_id("log key")
    assert coop.clerk_keys(record) == (ClerkKey(second, 2, None), ClerkKey(first, 1, 2))
    village.wait(DAY)
    village.clerk = "clerk key"
    with refused("signature.signer"):
        village.wait(DAY)
    village.rotate_clerk("third clerk key")
    village.wait(DAY)
    assert [key.until for key in coop.clerk_keys(coop.get(village.state))] == [None, 4, 2]


def test_nobody_else_names_it(village: Village) -> None:
    with refused("operator.not_log_key"):
        village.rotate_clerk("next clerk key", by="clerk key")
    with refused("operator.not_log_key"):
        village.rotate_clerk("next clerk key", by="somebody")
    with refused("operator.unproven"):
        village.rotate_clerk("next clerk key", clerk_key=public_of(village.key("third")))
    for used in ("clerk key", "Hanako"):
        with refused("operator.same_key"):
            village.rotate_clerk(used)
    with refused("format.signer_twice"):
        village.rotate_clerk("log key")
    village.rotate_clerk("next clerk key")
    with refused("operator.same_key"):
        village.rotate_clerk("clerk key")
    with refused("operator.same_key"):
        village.rotate("log key", "clerk key", village.time + DAY)


def test_the_auditor_holds_the_clerk_to_the_key_of_its_index(village: Village, tmp_path: Any) -> None:
    village.wait(DAY)
    village.rotate_clerk("next clerk key")
    village.wait(DAY)
    report = audit(copy_of(village, tmp_path))
    assert (report.findings, report.step(5).status) == ([], "ok")
    # A thief of the old key, or an operator who goes on with it, is found where it happens.
    last = parse_leaf(village.leaves[-1])
    signature = sign_ed25519(village.clerk_key, last.statement_bytes)
    leaves = [*village.leaves[:-1], build_leaf(last.statement_bytes, (signature,), last.received)]
    export(Shown(village, leaves), tmp_path / "bent")
    found = audit(FilesCopy.of(tmp_path / "bent")).findings
    assert (5, "signature.signer", 3) in [(one.step, one.code, one.entry) for one in found]


# A key that the members decide on.


def log_key(coop_: Village, name: str = NEW) -> dict[str, Any]:
    return {"effect": "log_key", "vkey": coop_.vkey(name)}


def decide(coop_: Assembly, *effects: dict[str, Any]) -> str:
    vote = coop_.voting("rules", effects=list(effects))
    coop_.vote("Hanako", vote, "yes")
    coop_.close()
    return vote


def test_the_members_decide_on_a_key_and_it_comes_forward_by_itself() -> None:
    assembly = Assembly()
    proposal = decide(assembly, log_key(assembly))
    assert coop.get(assembly.state).decided_key == DecidedKey(assembly.vkey(NEW), proposal)
    # Nothing has changed yet: only the new key itself shows that somebody holds it.
    assert coop.keys_in_force(coop.get(assembly.state)) == (assembly.vkey(OLD),)
    size = assembly.size
    entry = assembly.come_forward(NEW)
    record = coop.get(assembly.state)
    assert entry.statement.signers == (assembly.key_id(NEW),)
    assert coop.log_keys(record) == (
        LogKey(assembly.vkey(NEW), size + 1, None, proposal),
        LogKey(assembly.vkey(OLD), 1, size),
    )
    assert record.decided_key is None
    assert checkpoint.verify(assembly.note(), parse_vkey(assembly.vkey(NEW))).size == size + 1
    with refused("operator.not_log_key"):
        assembly.rotate(OLD, "third log key", assembly.time + DAY)
    assembly.rotate(NEW, "third log key", assembly.time + DAY)


def test_without_a_decision_no_key_comes_forward(village: Village) -> None:
    with refused("operator.not_decided"):
        village.come_forward(NEW)
    assembly = Assembly()
    decide(assembly, log_key(assembly))
    with refused("operator.not_decided"):
        assembly.come_forward("third log key")
    with refused("operator.unproven"):
        assembly.come_forward("third log key", log_key=assembly.vkey(NEW))
    assembly.come_forward(NEW)
    with refused("operator.not_decided"):
        assembly.come_forward(NEW)


def test_the_key_in_force_can_neither_forestall_nor_outlive_it() -> None:
    assembly = Assembly()
    decide(assembly, log_key(assembly))
    assembly.rotate(OLD, "third log key", assembly.time + 30 * DAY)
    assembly.come_forward(NEW)
    assert coop.keys_in_force(coop.get(assembly.state)) == (assembly.vkey(NEW),)
    size = assembly.size
    assembly.wait(31 * DAY)
    # What was due of the change that was under way is not, and changes no size.
    assert [key.until for key in coop.log_keys(coop.get(assembly.state))] == [None, size - 1, size - 1]


def test_a_later_decision_takes_the_place_of_an_earlier_one() -> None:
    assembly = Assembly()
    decide(assembly, log_key(assembly))
    decide(assembly, log_key(assembly, "third log key"))
    with refused("operator.not_decided"):
        assembly.come_forward(NEW)
    assembly.come_forward("third log key")


def test_a_key_that_was_taken_meanwhile_does_not_come_forward() -> None:
    assembly = Assembly()
    decide(assembly, log_key(assembly))
    assembly.rotate(OLD, NEW, assembly.time + DAY)
    with refused("operator.same_key"):
        assembly.come_forward(NEW)


def test_what_the_members_may_decide_on() -> None:
    assembly = Assembly()
    for vkey, code in (
        (VerifierKey("elsewhere.example/yui", bytes(assembly.key(NEW).verify_key)).text(), "genesis.log_key"),
        (VerifierKey(assembly.origin, bytes(32)).text(), "key.small_order"),
        (assembly.vkey(OLD), "operator.same_key"),
        (assembly.vkey("Ume"), "operator.same_key"),
        ("no key", "effect.invalid"),
    ):
        with refused(code):
            assembly.draft(kind="rules", effects=[{"effect": "log_key", "vkey": vkey}])
    with refused("effect.invalid"):
        assembly.draft(kind="ordinary", effects=[log_key(assembly)])
    vote = assembly.voting("rules", effects=[log_key(assembly)])
    assembly.vote("Hanako", vote, "yes")
    assembly.rotate(OLD, NEW, assembly.time + DAY)
    assembly.close()
    assert assembly.stage(vote) == "lapsed"


def test_an_auditor_of_the_old_key_asks_for_more_than_the_decision(tmp_path: Any) -> None:
    assembly = Assembly()
    old = parse_vkey(assembly.vkey(OLD))
    genesis = audit(copy_of(assembly, tmp_path)).genesis
    before = assembly.note()
    decide(assembly, log_key(assembly))
    assembly.come_forward(NEW)
    copy = copy_of(assembly, tmp_path)
    assert (audit(copy).exit_code, audit(copy).vkey) == (0, assembly.vkey(NEW))
    # Whoever makes up a ledger that begins with that key can make up members who decide.
    alone = audit(copy, vkey=old)
    assert (alone.exit_code, alone.step(1).status) == (2, "not_checked")
    reason = alone.step(1).reason
    assert reason is not None
    assert reason.code == "checkpoint.key_replaced"
    # The founding, or a checkpoint that was verified before, tells these members from others.
    assert audit(copy, vkey=old, genesis=genesis).exit_code == 0
    assert audit(copy, vkey=old, last_seen=lambda _origin: before).exit_code == 0
    assert audit(copy, vkey=old, genesis="00" * 32).exit_code == 1
