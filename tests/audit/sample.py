"""A small village with something of everything an auditor looks at, and its export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.audit import house
from app.audit.export import export
from ledger import canonical, checkpoint, ids
from ledger.compose import Private
from ledger.private import Opening
from ledger.statement import statement_id
from ledger.verify.private import Scope
from tests.simulator import DAY, Village, majority_rule

NAMES = ("Taro", "Jiro", "Saburo", "Yuki", "Aiko", "Kenji")
EVERYTHING = Scope(all=True, subjects=())
WEEK = 7 * DAY


class VillageLog:
    """A village as the exporter sees a log."""

    def __init__(self, village: Village) -> None:
        self._village = village

    def note(self) -> bytes:
        return self._village.note()

    def leaves(self) -> Iterable[bytes]:
        return self._village.leaves

    def records(self) -> Iterable[bytes]:
        records = self._village.memory.records
        return (records[key].line() for key in sorted(records))

    def discovery(self) -> dict[str, Any]:
        return house.discovery(self._village.state)

    def openings(self) -> Iterable[tuple[int, tuple[Opening, ...]]]:
        for index, leaf in enumerate(self._village.leaves):
            statement = canonical.encode(canonical.decode(leaf)["statement"])
            opened = self._village.openings.get(statement_id(statement), ())
            if opened:
                yield index, opened


def export_village(village: Village, folder: Path, scope: Scope | None = EVERYTHING) -> Path:
    """The village's log as a folder."""
    export(VillageLog(village), folder, scope)
    return folder


def sample_village() -> Village:
    """Members, work, gifts, an open vote and a confidential one, both announced; 300 entries in all."""
    rules = {kind: majority_rule() for kind in ("ordinary", "rules", "policy", "role", "admit")}
    rules["role"] = majority_rule(secrecy={"module": "confidential/1"})
    village = Village("Hanako", rules=rules)
    for name in NAMES:
        village.join(name)
    village.enter("Ume")
    _work(village)
    _vote(village, "ordinary", {"effect": "text"}, sealed=False)
    effect = {"effect": "role", "from": None, "member": village.id("Yuki"), "role": "auditor", "scope": "coop", "until": None}
    _vote(village, "role", effect, sealed=True)
    return village


def _work(village: Village) -> None:
    day = canonical.format_time(village.time)[:10]
    for number in range(80):
        name, other = _pair(number)
        body = {"kind": "cleaning", "note": Private(f"草刈り {number}"), "on": day, "quantity": 60}
        report = village.say(name, "contribution.report/1", body)
        village.say(other, "contribution.attest/1", {"contribution": ids.object_id("con", report.id)})
    for number in range(80):
        name, other = _pair(number)
        village.say(name, "token.gift/1", {"amount": 1 + number % 3, "to": village.id(other)})


def _pair(number: int) -> tuple[str, str]:
    return NAMES[number % len(NAMES)], NAMES[(number + 1) % len(NAMES)]


def _vote(village: Village, kind: str, effect: dict[str, Any], *, sealed: bool) -> None:
    draft = {"effects": [effect], "kind": kind, "text": Private("本文"), "title": Private("議案")}
    proposal = ids.object_id("prop", village.say("Taro", "proposal.draft/1", draft).id)
    village.say("Taro", "proposal.open/1", {"proposal": proposal})
    village.wait(1000)
    heads = len(NAMES) + 2
    village.say("clerk", "proposal.roll/1", {"heads": heads, "proposal": proposal, "weight": heads})
    for number, name in enumerate(NAMES):
        choice: Any = "no" if number == 0 else "yes"
        village.say(name, "ballot.cast/1", {"choice": Private(choice) if sealed else choice, "proposal": proposal})
    village.wait(WEEK)
    yes = len(NAMES) - 1
    tally = {choice: {"heads": count, "weight": count} for choice, count in (("yes", yes), ("no", 1), ("abstain", 0))}
    if sealed:
        tally["invalid"] = {"heads": 0, "weight": 0}
    village.say("clerk", "proposal.count/1", {"proposal": proposal, "result": "passed", "tally": tally})


def vkey(village: Village) -> checkpoint.VerifierKey:
    """The operator's key."""
    return checkpoint.VerifierKey(village.origin, bytes(village.log_key.verify_key))
