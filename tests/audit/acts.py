"""What a dishonest operator could do to a log: each act upon the entries or the files of a real one, and what finds it.

Each is done in two flavours. Bytes only: files are changed and no key is used. Signed: the operator rebuilds the tree
and signs it, and shows neither records nor private values, which could only help the auditor. What nothing in the copy
reveals is named with the evidence that does: something a member, an auditor or a witness has kept.

``docs/tamper.md`` is the table of what was found: ``python -m tools.tamper_table`` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nacl.signing import SigningKey

from app.audit.export import export
from ledger import canonical, checkpoint, fold, ids, keys, merkle, refusal, tiles
from ledger.checkpoint import Checkpoint
from ledger.compose import nonce, sign_ed25519
from ledger.errors import LedgerError
from ledger.state import Memory, State
from ledger.statement import build_leaf, parse_leaf
from ledger.tiles import Tile
from ledger.verify import Report
from ledger.verify.private import Scope
from tests.audit.sample import EVERYTHING, FilesCopy, VillageLog, audit
from tests.simulator import Village

Found = tuple[int, str]
"""Step and code of a finding."""


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


def cut_an_hour(village: Village, leaves: list[bytes]) -> None:
    """All that came in the last hour is kept back."""
    last = parse_leaf(village.leaves[-1]).received
    leaves[:] = [leaf for leaf in leaves if parse_leaf(leaf).received < last - 3_600_000]


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


def change_a_rule(_village: Village, leaves: list[bytes]) -> None:
    """The founders' rule for ordinary matters now needs two thirds."""
    leaves[0] = changed(
        leaves[0], lambda leaf: leaf["statement"]["body"]["rules"]["ordinary"]["threshold"].update(fraction="2/3")
    )


def forget_a_transition(_village: Village, copy: FilesCopy) -> None:
    """The decided vote is published as one that was never concluded."""
    line = next(row for row in copy.files["records.jsonl"].splitlines() if b'"kind":"proposal"' in row)
    record = canonical.decode(line)
    record["record"] |= {"outcome": None, "tally": None}
    copy.files["records.jsonl"] = copy.files["records.jsonl"].replace(line, canonical.encode(record))


def swap_a_private_value(_village: Village, copy: FilesCopy) -> None:
    """To one reader a confidential ballot is shown as no, to the next as yes."""
    path, line, _ = private_line(copy, b'"path":"choice"')
    copy.files[path] = copy.files[path].replace(line, line.replace(b'"value":"no"', b'"value":"yes"'))


def withhold_a_private_value(_village: Village, copy: FilesCopy) -> None:
    path, line, _ = private_line(copy, b'"path":"note"')
    copy.files[path] = copy.files[path].replace(line + b"\n", b"")


def private_line(copy: FilesCopy, holding: bytes) -> tuple[str, bytes, int]:
    """The path and line of the first private value with that in it, and its entry."""
    for path, data in copy.files.items():
        if path.startswith("private/") and path.endswith(".jsonl"):
            for line in data.splitlines():
                if holding in line:
                    return path, line, canonical.decode(line)["index"]
    raise AssertionError(holding)


def serve_a_stale_head(village: Village, copy: FilesCopy) -> None:
    """An old checkpoint over the files of the longer log."""
    size = village.size - 30
    copy.files["checkpoint"] = checkpoint.sign(Checkpoint(village.origin, size, village.roots[size]), village.log_key)
    for level, width in ((None, size), (0, size)):
        whole, part = Tile(level, 0), Tile(level, 0, width)
        data = copy.files[whole.path]
        copy.files[part.path] = tiles.encode_bundle(village.leaves[:width]) if level is None else data[: width * 32]


def truncate_a_tile(_village: Village, copy: FilesCopy) -> None:
    copy.files["tile/0/000"] = copy.files["tile/0/000"][:-32]


def sign_with_another_key(village: Village, copy: FilesCopy) -> None:
    head = checkpoint.parse(village.note())[0]
    copy.files["checkpoint"] = checkpoint.sign(head, SigningKey(bytes(32)))


# What reveals an act that the copy itself hides.


def seen_last(village: Village) -> Mapping[str, Any]:
    """The auditor's own memory of the true log."""
    note = village.note()
    return {"last_seen": lambda _origin: note}


def age(village: Village) -> Mapping[str, Any]:
    """A limit on how old a checkpoint may be, and a clock."""
    return {"max_age": 60_000, "now": parse_leaf(village.leaves[-1]).received + 1000}


def invitation(village: Village) -> Mapping[str, Any]:
    """The genesis hash that invitations carry."""
    return {"genesis": merkle.leaf_hash(village.leaves[0]).hex()}


def is_refused_falsely(village: Village) -> bool:
    """Whether folding at the size that a signed refusal names shows that the statement had to be accepted."""
    index = of_type(village, "token.gift/1")
    entry = parse_leaf(village.leaves[index])
    tree = (index, village.roots[index])
    signed = refusal.build(entry.id, "token.insufficient", tree, entry.received, village.log_key)
    refusal.verify(signed, bytes(village.log_key.verify_key))
    memory = Memory()
    for number, leaf in enumerate(village.leaves[: index + 1]):
        one, state = parse_leaf(leaf), State(memory)
        facts = tuple(keys.verify_statement(signature, one.statement_bytes) for signature in one.signatures)
        try:
            fold.apply(village.books, state, village, number, one, facts)
        except LedgerError:
            return False
        memory.absorb(state)
    return ids.object_id("gift", entry.id) in {getattr(one, "cause", "") for one in memory.records.values()}


class Act(NamedTuple):
    """One dishonest act. ``bytes_`` and ``signed``: the finding that names it in each flavour; None: nothing does.

    ``at``: the entry that the finding names. ``kept``: what reveals it where the copy can't, ``brings`` hands that to
    the auditor, and ``reveals`` is what is found then.
    """

    title: str
    entries: Callable[[Village, list[bytes]], None] | None = None
    files: Callable[[Village, FilesCopy], None] | None = None
    bytes_: Found | None = None
    signed: Found | None = None
    at: Callable[[Village], int | None] = lambda _village: None
    kept: str = ""
    brings: Callable[[Village], Mapping[str, Any]] = lambda _village: {}
    openings: bool = False
    reveals: Found | None = None


ACTS = (
    Act(
        "edit an entry",
        edit,
        bytes_=(3, "tree.tile"),
        signed=(5, "signature.invalid"),
        at=lambda v: of_type(v, "token.gift/1"),
    ),
    Act("backdate an entry", backdate, bytes_=(3, "tree.tile"), signed=(6, "seen.not_this_tree")),
    Act("drop an entry", drop, bytes_=(3, "tree.bundle"), signed=(6, "seen.not_this_tree")),
    Act(
        "cut the tail",
        cut,
        bytes_=(3, "tree.bundle"),
        kept="the checkpoint that an auditor or a device saw last; a receipt",
        brings=seen_last,
        reveals=(2, "consistency.rolled_back"),
    ),
    Act("reorder two entries", reorder, bytes_=(3, "tree.tile"), signed=(7, "time.backwards")),
    Act("insert an entry of its own", insert_tick, bytes_=(3, "tree.bundle"), signed=(6, "seen.not_this_tree")),
    Act(
        "sign anew for a member",
        swap_and_sign_ballot,
        bytes_=(3, "tree.tile"),
        signed=(5, "key.unknown"),
        at=lambda v: of_type(v, "ballot.cast/1"),
    ),
    Act(
        "strip a cosignature",
        strip_cosignature,
        bytes_=(3, "tree.tile"),
        signed=(4, "format.signature_count"),
        at=lambda v: of_type(v, "member.apply/1"),
    ),
    Act(
        "swap a ballot",
        swap_ballot,
        bytes_=(3, "tree.tile"),
        signed=(5, "signature.invalid"),
        at=lambda v: of_type(v, "ballot.cast/1"),
    ),
    Act(
        "change a rule silently",
        change_a_rule,
        bytes_=(3, "tree.tile"),
        signed=(5, "signature.invalid"),
        at=lambda _: 0,
    ),
    Act(
        "miscount an open vote",
        miscount_open,
        bytes_=(3, "tree.tile"),
        signed=(8, "proposal.count_differs"),
        at=lambda v: of_type(v, "proposal.count/1"),
    ),
    Act(
        "miscount a confidential vote",
        miscount_sealed,
        bytes_=(3, "tree.tile"),
        kept="the openings of the ballots (an export with private values)",
        openings=True,
        reveals=(9, "private.count_differs"),
    ),
    Act(
        "skip a due transition: let a ballot in after the close",
        vote_late,
        bytes_=(3, "tree.bundle"),
        signed=(8, "proposal.stage"),
        at=lambda v: v.size,
    ),
    Act("skip a due transition: publish records without it", files=forget_a_transition, bytes_=(10, "records.differs")),
    Act(
        "show two histories",
        miscount_sealed,
        bytes_=(3, "tree.tile"),
        kept="both signed checkpoints: together they are a file of evidence",
        brings=seen_last,
        reveals=(2, "consistency.fork"),
    ),
    Act("show a private text differently to two people", files=swap_a_private_value, bytes_=(9, "private.commitment")),
    Act("withhold a private value", files=withhold_a_private_value, bytes_=(9, "private.missing")),
    Act("serve a stale tree", files=serve_a_stale_head, bytes_=(3, "tree.beyond")),
    Act(
        "withhold a fresh checkpoint",
        cut_an_hour,
        bytes_=(3, "tree.bundle"),
        kept="a limit on its age (--max-age); a witness's later cosignature",
        brings=age,
        reveals=(1, "checkpoint.stale"),
    ),
    Act("truncate a tile", files=truncate_a_tile, bytes_=(3, "tree.width")),
    Act("sign with another key", files=sign_with_another_key, bytes_=(1, "checkpoint.key")),
    Act(
        "replace the genesis",
        found_anew,
        bytes_=(3, "tree.bundle"),
        kept="the genesis hash in an invitation; a pinned key",
        brings=invitation,
        reveals=(1, "checkpoint.genesis"),
    ),
    Act(
        "restore an old backup, or roll back guard or witness",
        cut,
        bytes_=(3, "tree.bundle"),
        kept="the guard refuses to serve; without it, any later checkpoint, receipt or cosignature",
        brings=seen_last,
        reveals=(2, "consistency.rolled_back"),
    ),
)


def bytes_only(act: Act, village: Village, copy: FilesCopy) -> Report:
    """The audit of a copy whose files were changed and nothing else; the copy is changed by it."""
    if act.entries is not None:
        leaves = list(village.leaves)
        act.entries(village, leaves)
        for bundle in (tile for tile in tiles.tiles_of(village.size) if tile.level is None):
            start = bundle.index * tiles.WIDTH
            end = None if bundle.width < tiles.WIDTH else start + tiles.WIDTH
            copy.files[bundle.path] = tiles.encode_bundle(leaves[start:end])
    if act.files is not None:
        act.files(village, copy)
    return audit(copy)


def rebuilt(act: Act, village: Village, folder: Path, **more: Any) -> Report | None:
    """The audit of what the operator signs and shows instead; None where there is nothing to sign."""
    if act.entries is None:
        return None
    leaves = list(village.leaves)
    act.entries(village, leaves)
    return audit(shown(village, leaves, folder, EVERYTHING if more.pop("openings", False) else None), **more)


def with_evidence(act: Act, village: Village, folder: Path) -> Report | None:
    """The same audit by someone who has kept what reveals it."""
    return rebuilt(act, village, folder, openings=act.openings, **act.brings(village))


def shown(village: Village, leaves: list[bytes], folder: Path, scope: Scope | None = None) -> FilesCopy:
    """What the operator signs and shows: no records, and private values only where ``scope`` is given."""
    export(Shown(village, leaves), folder, scope)
    files = FilesCopy.of(folder).files
    return FilesCopy({path: data for path, data in files.items() if path not in ("records.jsonl", "yui.json")})


def found(report: Report) -> set[Found]:
    """Steps and codes of all findings."""
    return {(finding.step, finding.code) for finding in report.findings}
