"""A small village with something of everything an auditor looks at, and its export."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from app.audit import house
from app.audit.copies import read_lines
from app.audit.export import export
from ledger import canonical, ids
from ledger.compose import Private
from ledger.private import Opening
from ledger.signed_note import VerifierKey
from ledger.statement import statement_id
from ledger.verify import Report, Spread, Trust, verify
from ledger.verify.desk import MemoryDesk
from ledger.verify.private import Scope
from ledger.verify.report import Absent
from ledger.verify.tree import Copy
from tests.simulator import DAY, START, Village, majority_rule

NAMES: Final = ("Taro", "Jiro", "Saburo", "Yuki", "Aiko", "Kenji")
EVERYTHING = Scope(all=True, subjects=())
WEEK = 7 * DAY


class VillageLog:
    """A village as the exporter sees a log."""

    def __init__(self, village: Village) -> None:
        self._village = village
        self.proofs: dict[int, bytes] = {}

    def note(self) -> bytes:
        return self._village.note()

    def cosigned(self) -> bytes | None:
        return None

    def leaves(self) -> Iterable[bytes]:
        return self._village.leaves

    def records(self) -> Iterable[bytes]:
        records = self._village.memory.records
        return (records[key].line() for key in sorted(records))

    def discovery(self) -> dict[str, Any]:
        return house.discovery(self._village.state)

    def anchors(self) -> Iterable[tuple[int, bytes]]:
        return self.proofs.items()

    def openings(self) -> Iterable[tuple[int, tuple[Opening, ...]]]:
        for index, leaf in enumerate(self._village.leaves):
            statement = canonical.encode(canonical.decode(leaf)["statement"])
            opened = self._village.openings.get(statement_id(statement), ())
            if opened:
                yield index, opened


class FilesCopy:
    """A copy held in memory, so that it can be tampered with cheaply."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    @classmethod
    def of(cls, folder: Path) -> Self:
        return cls({p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()})

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise Absent("source.absent", path=path)
        return self.files[path]

    def lines(self, path: str) -> Iterator[bytes]:
        yield from read_lines(io.BytesIO(self.read(path)))

    def paths(self) -> Iterable[str]:
        return list(self.files)


def audit(copy: Copy, spread: Spread = map, **trust: Any) -> Report:
    """An audit with a desk of dictionaries."""
    return verify(copy, house.HOUSE, lambda _size: MemoryDesk(), Trust(**({"now": START} | trust)), spread)


def export_village(village: Village, folder: Path, scope: Scope | None = EVERYTHING) -> Path:
    """The village's log as a folder."""
    export(VillageLog(village), folder, scope)
    return folder


def sample_village(names: tuple[str, ...] = NAMES, works: int = 80) -> Village:
    """Members, work, gifts, an open vote and a confidential one, both announced. Some 300 entries, or fewer."""
    rules = {kind: majority_rule() for kind in ("ordinary", "rules", "policy", "role", "admit")}
    rules["role"] = majority_rule(secrecy={"module": "confidential/1"})
    village = Village("Hanako", rules=rules)
    for name in names:
        village.join(name)
    village.enter("Ume")
    _work(village, names, works)
    _vote(village, names, "ordinary", {"effect": "text"}, sealed=False)
    member = village.id(names[-1])
    effect = {"effect": "role", "from": None, "member": member, "role": "auditor", "scope": "coop", "until": None}
    _vote(village, names, "role", effect, sealed=True)
    return village


def _work(village: Village, names: tuple[str, ...], works: int) -> None:
    day = canonical.format_time(village.time)[:10]
    for number in range(works):
        name, other = _pair(names, number)
        body = {"kind": "cleaning", "note": Private(f"草刈り {number}"), "on": day, "quantity": 60}
        report = village.say(name, "contribution.report/1", body)
        village.say(other, "contribution.attest/1", {"contribution": ids.object_id("con", report.id)})
    for number in range(works):
        name, other = _pair(names, number)
        village.say(name, "token.gift/1", {"amount": 1 + number % 3, "to": village.id(other)})


def _pair(names: tuple[str, ...], number: int) -> tuple[str, str]:
    return names[number % len(names)], names[(number + 1) % len(names)]


def _vote(village: Village, names: tuple[str, ...], kind: str, effect: dict[str, Any], *, sealed: bool) -> None:
    draft = {"effects": [effect], "kind": kind, "text": Private("本文"), "title": Private("議案")}
    proposal = ids.object_id("prop", village.say("Taro", "proposal.draft/1", draft).id)
    village.say("Taro", "proposal.open/1", {"proposal": proposal})
    village.wait(1000)
    heads = len(names) + 2
    village.say("clerk", "proposal.roll/1", {"heads": heads, "proposal": proposal, "weight": heads})
    for number, name in enumerate(names):
        choice: Any = "no" if number == 0 else "yes"
        village.say(name, "ballot.cast/1", {"choice": Private(choice) if sealed else choice, "proposal": proposal})
    village.wait(WEEK)
    yes = len(names) - 1
    tally = {choice: {"heads": count, "weight": count} for choice, count in (("yes", yes), ("no", 1), ("abstain", 0))}
    if sealed:
        tally["invalid"] = {"heads": 0, "weight": 0}
    village.say("clerk", "proposal.count/1", {"proposal": proposal, "result": "passed", "tally": tally})


def vkey(village: Village) -> VerifierKey:
    """The operator's key."""
    return VerifierKey(village.origin, bytes(village.log_key.verify_key))
