"""The tamper matrix: what a dishonest operator could do to a real ledger, and what finds it.

Each act is done in two flavours. ``bytes``: files are changed and no key is used. ``signed``: the operator rebuilds
the tree and signs it, and shows neither records nor private values, which could only help the auditor. ``Evidence``
is what the auditor brings along; an act that nothing in the ledger reveals stands here with ``UNDETECTABLE`` and with
the evidence that does reveal it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from nacl.signing import SigningKey

from app.audit.export import export
from ledger import canonical, checkpoint, fold, merkle, tiles
from ledger.checkpoint import Checkpoint
from ledger.compose import Private, nonce, sign_ed25519
from ledger.signed_note import VerifierKey
from ledger.statement import build_leaf, parse_leaf
from ledger.tiles import Tile
from ledger.verify import Report
from ledger.verify.private import Scope
from tests.audit.sample import EVERYTHING, FilesCopy, VillageLog, audit, sample_village
from tests.simulator import Village

UNDETECTABLE: frozenset[tuple[int, str]] = frozenset()


class Shown(VillageLog):
    """The village's log with other leaves, signed by its operator."""

    def __init__(self, village: Village, leaves: list[bytes]) -> None:
        super().__init__(village)
        self._leaves, self._operator, self._origin = leaves, village.log_key, village.origin

    def leaves(self) -> list[bytes]:
        return self._leaves

    def note(self) -> bytes:
        frontier = merkle.Frontier()
        for leaf in self._leaves:
            frontier.append(merkle.leaf_hash(leaf))
        return checkpoint.sign(Checkpoint(self._origin, frontier.size, frontier.root()), self._operator)


class Case(NamedTuple):
    """An act upon the leaves, the findings that name it as (step, code), and the entry they name.

    ``otherwise``: what reveals it where the ledger alone can't.
    """

    act: Callable[[Village, list[bytes]], None]
    bytes_: frozenset[tuple[int, str]]
    signed: frozenset[tuple[int, str]]
    entry: Callable[[Village], int | None] = lambda _village: None
    otherwise: str = ""


def changed(leaf: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    value = canonical.decode(leaf)
    change(value)
    return canonical.encode(value)


def of_type(village: Village, type_: str, number: int = 0) -> int:
    """Index of the ``number``-th entry of that type (negative: from the end)."""
    found = [index for index, leaf in enumerate(village.leaves) if parse_leaf(leaf).statement.type == type_]
    return found[number]


def by_clerk(village: Village, leaf: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A clerk's entry changed, and signed anew with the clerk's key, which the operator has."""
    entry = parse_leaf(leaf)
    said = canonical.decode(entry.statement_bytes)
    change(said)
    data = canonical.encode(said)
    return build_leaf(data, (sign_ed25519(village.clerk_key, data),), entry.received)


def edit(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "token.gift/1")
    leaves[index] = changed(leaves[index], lambda leaf: leaf["statement"]["body"].update(amount=9))


def backdate(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "token.gift/1")
    received = canonical.format_time(parse_leaf(leaves[index]).received - 500)
    leaves[index] = changed(leaves[index], lambda leaf: leaf.update(received=received))


def drop(village: Village, leaves: list[bytes]) -> None:
    del leaves[of_type(village, "token.gift/1")]


def cut(_village: Village, leaves: list[bytes]) -> None:
    del leaves[-5:]


def reorder(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "token.gift/1")
    leaves[index], leaves[index + 1] = leaves[index + 1], leaves[index]


def insert_tick(village: Village, leaves: list[bytes]) -> None:
    """The operator has the clerk's key: a tick of its own is well signed."""
    index = of_type(village, "token.gift/1")
    said = canonical.decode(parse_leaf(leaves[of_type(village, fold.TICK)]).statement_bytes)
    before = parse_leaf(leaves[index - 1])
    said |= {"at": canonical.format_time(before.received), "nonce": nonce(before.received, bytes(10))}
    said["seen"] = canonical.decode(before.statement_bytes)["seen"]
    data = canonical.encode(said)
    leaves.insert(index, build_leaf(data, (sign_ed25519(village.clerk_key, data),), before.received))


def swap_ballot(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "ballot.cast/1")
    leaves[index] = changed(leaves[index], lambda leaf: leaf["statement"]["body"].update(choice="yes"))


def swap_and_sign_ballot(village: Village, leaves: list[bytes]) -> None:
    """The changed ballot signed with a key of the operator's own making."""
    index = of_type(village, "ballot.cast/1")
    entry = parse_leaf(leaves[index])
    said = canonical.decode(entry.statement_bytes)
    said["body"]["choice"] = "yes"
    data = canonical.encode(said)
    leaves[index] = build_leaf(data, (sign_ed25519(SigningKey(bytes(32)), data),), entry.received)


def strip_cosignature(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "member.apply/1")
    leaves[index] = changed(leaves[index], lambda leaf: leaf.update(signatures=leaf["signatures"][:1]))


def miscount_open(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "proposal.count/1")
    leaves[index] = by_clerk(village, leaves[index], _one_more_yes)


def miscount_sealed(village: Village, leaves: list[bytes]) -> None:
    index = of_type(village, "proposal.count/1", 1)
    leaves[index] = by_clerk(village, leaves[index], _one_more_yes)


def _one_more_yes(said: dict[str, Any]) -> None:
    tally = said["body"]["tally"]
    for choice, by in (("yes", 1), ("no", -1)):
        tally[choice] = {name: number + by for name, number in tally[choice].items()}


def vote_late(village: Village, leaves: list[bytes]) -> None:
    """A transition skipped: the vote has closed, but a ballot is let in after it."""
    last = parse_leaf(leaves[-1])
    ballot = canonical.decode(parse_leaf(leaves[of_type(village, "ballot.cast/1")]).statement_bytes)
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
    ballot |= {
        "at": canonical.format_time(last.received),
        "author": village.id("Hanako"),
        "nonce": nonce(last.received, b"late ballo"),
        "seen": {"root": canonical.b64(frontier.root()), "size": frontier.size},
    }
    data = canonical.encode(ballot)
    leaves.append(build_leaf(data, (sign_ed25519(village.key("Hanako"), data),), last.received))


def found_anew(_village: Village, leaves: list[bytes]) -> None:
    """Another co-op of the same name, with other founders."""
    other = Village("Mallory")
    other.join("Taro")
    leaves[:] = other.leaves


TREE = frozenset({(3, "tree.tile"), (3, "tree.root")})
SEEN = frozenset({(6, "seen.not_this_tree")})

CASES = {
    "edit": Case(
        edit,
        TREE | {(5, "signature.invalid")},
        frozenset({(5, "signature.invalid")}),
        lambda v: of_type(v, "token.gift/1"),
    ),
    "backdate": Case(backdate, TREE | SEEN, SEEN),
    "drop": Case(drop, frozenset({(3, "tree.bundle")}), SEEN),
    "cut": Case(cut, frozenset({(3, "tree.bundle")}), UNDETECTABLE, otherwise="an earlier checkpoint, a receipt"),
    "reorder": Case(reorder, TREE | SEEN | {(7, "time.backwards")}, SEEN | {(7, "time.backwards")}),
    "insert": Case(insert_tick, frozenset({(3, "tree.bundle")}), SEEN),
    "swap a ballot": Case(
        swap_ballot,
        TREE | {(5, "signature.invalid")},
        frozenset({(5, "signature.invalid")}),
        lambda v: of_type(v, "ballot.cast/1"),
    ),
    "swap and sign a ballot": Case(
        swap_and_sign_ballot,
        TREE | {(5, "key.unknown")},
        frozenset({(5, "key.unknown")}),
        lambda v: of_type(v, "ballot.cast/1"),
    ),
    "strip a cosignature": Case(
        strip_cosignature,
        TREE | {(4, "format.signature_count")},
        frozenset({(4, "format.signature_count")}),
        lambda v: of_type(v, "member.apply/1"),
    ),
    "miscount an open vote": Case(
        miscount_open,
        TREE | {(8, "proposal.count_differs")},
        frozenset({(8, "proposal.count_differs")}),
        lambda v: of_type(v, "proposal.count/1"),
    ),
    "miscount a confidential vote": Case(
        miscount_sealed,
        TREE | {(9, "private.count_differs")},
        UNDETECTABLE,
        lambda v: of_type(v, "proposal.count/1", 1),
        otherwise="the openings of the ballots",
    ),
    "let a ballot in after the close": Case(
        vote_late, frozenset({(3, "tree.bundle")}), frozenset({(8, "proposal.stage")}), lambda v: v.size
    ),
    "found anew": Case(
        found_anew,
        frozenset({(3, "tree.bundle")}),
        UNDETECTABLE,
        otherwise="the genesis hash of an invitation, an earlier checkpoint",
    ),
}


def shown(village: Village, leaves: list[bytes], folder: Path, scope: Scope | None = None) -> FilesCopy:
    """What the operator signs and shows: no records, and private values only where ``scope`` is given."""
    export(Shown(village, leaves), folder, scope)
    files = FilesCopy.of(folder).files
    return FilesCopy({path: data for path, data in files.items() if path not in ("records.jsonl", "yui.json")})


def found(report: Report) -> set[tuple[int, str]]:
    return {(finding.step, finding.code) for finding in report.findings}


@pytest.mark.parametrize("name", CASES)
def test_bytes_only(name: str, village: Village, copy: FilesCopy) -> None:
    case, leaves = CASES[name], list(village.leaves)
    case.act(village, leaves)
    for bundle in (tile for tile in tiles.tiles_of(village.size) if tile.level is None):
        last = bundle.width < tiles.WIDTH
        start = bundle.index * tiles.WIDTH
        copy.files[bundle.path] = tiles.encode_bundle(leaves[start:] if last else leaves[start : start + tiles.WIDTH])
    report = audit(copy)
    assert report.exit_code == 1
    assert case.bytes_ <= found(report)


@pytest.mark.parametrize("name", CASES)
def test_rebuilt_and_signed(name: str, village: Village, tmp_path: Path) -> None:
    case, leaves = CASES[name], list(village.leaves)
    case.act(village, leaves)
    assert bool(case.signed) != bool(case.otherwise)
    report = audit(shown(village, leaves, tmp_path / "shown"))
    assert report.exit_code == (1 if case.signed else 0)
    assert case.signed <= found(report)
    entry = case.entry(village)
    if case.signed and entry is not None:
        assert (*next(iter(case.signed)), entry) in {(f.step, f.code, f.entry) for f in report.findings}


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


@pytest.mark.parametrize("name", ["cut", "found anew"])
def test_the_checkpoint_seen_last_reveals_it(name: str, village: Village, tmp_path: Path) -> None:
    leaves = list(village.leaves)
    CASES[name].act(village, leaves)
    before = village.note()
    report = audit(shown(village, leaves, tmp_path / "shown"), last_seen=lambda _origin: before)
    (finding,) = report.findings
    assert (finding.step, finding.code) == (2, "consistency.rolled_back")
    # Both are signed by the operator and can't both be true.
    for note in (finding.params["earlier"], finding.params["now"]):
        checkpoint.verify(note.encode(), VerifierKey(village.origin, bytes(village.log_key.verify_key)))


def test_two_histories_are_revealed_by_the_checkpoint_seen_last(village: Village, tmp_path: Path) -> None:
    other = list(village.leaves)
    miscount_sealed(village, other)
    before = Shown(village, other).note()
    report = audit(shown(village, village.leaves, tmp_path / "shown"), last_seen=lambda _origin: before)
    assert found(report) == {(2, "consistency.fork")}


def test_another_genesis_is_revealed_by_the_invitation(village: Village, tmp_path: Path) -> None:
    leaves = list(village.leaves)
    found_anew(village, leaves)
    genesis = merkle.leaf_hash(village.leaves[0]).hex()
    assert found(audit(shown(village, leaves, tmp_path / "shown"), genesis=genesis)) == {(1, "checkpoint.genesis")}


def test_a_confidential_miscount_is_revealed_by_the_openings(village: Village, tmp_path: Path) -> None:
    leaves = list(village.leaves)
    miscount_sealed(village, leaves)
    report = audit(shown(village, leaves, tmp_path / "shown", EVERYTHING))
    assert [(f.step, f.code, f.entry) for f in report.findings] == [
        (9, "private.count_differs", of_type(village, "proposal.count/1", 1))
    ]


def test_a_swapped_confidential_ballot_does_not_open(village: Village, copy: FilesCopy) -> None:
    path, line, index = _private_line(copy, b'"path":"choice"')
    copy.files[path] = copy.files[path].replace(line, line.replace(b'"value":"no"', b'"value":"yes"'))
    assert (9, "private.commitment", index) in {(f.step, f.code, f.entry) for f in audit(copy).findings}


def test_a_withheld_private_value_is_missed(copy: FilesCopy) -> None:
    path, line, index = _private_line(copy, b'"path":"note"')
    copy.files[path] = copy.files[path].replace(line + b"\n", b"")
    assert [(f.step, f.code, f.entry) for f in audit(copy).findings] == [(9, "private.missing", index)]


def _private_line(copy: FilesCopy, holding: bytes) -> tuple[str, bytes, int]:
    for path, data in copy.files.items():
        if path.startswith("private/") and path.endswith(".jsonl"):
            for line in data.splitlines():
                if holding in line:
                    return path, line, canonical.decode(line)["index"]
    raise AssertionError(holding)


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


def test_a_stale_checkpoint_over_a_longer_log_is_seen_by_its_files(village: Village, copy: FilesCopy) -> None:
    size = village.size - 30
    old = Checkpoint(village.origin, size, village.roots[size])
    copy.files["checkpoint"] = checkpoint.sign(old, village.log_key)
    for level, width in ((None, size), (0, size)):
        whole, part = Tile(level, 0), Tile(level, 0, width)
        data = copy.files[whole.path]
        leaves = tiles.encode_bundle(village.leaves[:width]) if level is None else data[: width * 32]
        copy.files[part.path] = leaves
    assert (3, "tree.beyond") in found(audit(copy))


def test_a_stale_checkpoint_is_refused_by_age(copy: FilesCopy, village: Village) -> None:
    last = parse_leaf(village.leaves[-1]).received
    report = audit(copy, max_age=1000)
    assert report.exit_code == 0  # the audit's clock stands at the founding
    report = audit(copy, max_age=1000, now=last + 2000)
    assert found(report) == {(1, "checkpoint.stale")}


def test_a_truncated_tile_is_named(copy: FilesCopy) -> None:
    copy.files["tile/0/000"] = copy.files["tile/0/000"][:-32]
    assert [(f.step, f.code, f.params) for f in audit(copy).findings] == [(3, "tree.width", {"path": "tile/0/000"})]


def test_a_checkpoint_of_another_key_is_refused(copy: FilesCopy, village: Village) -> None:
    head = checkpoint.parse(village.note())[0]
    copy.files["checkpoint"] = checkpoint.sign(head, SigningKey(bytes(32)))
    assert found(audit(copy)) == {(1, "checkpoint.key")}


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
