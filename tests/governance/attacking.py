"""Shorthands for attacks on decisions."""

from __future__ import annotations

from typing import Any

from governance.books import rules
from ledger import canonical
from tests.governance.assembly import Assembly
from tests.governance.documents import CHOICE, document

LIQUID = document(delegation={"module": "standing/1", "depth": None})
NOT_CONCERNED = document(electorate={"module": "disinterested/1"})
LOT = CHOICE | {"tie": {"module": "lot/1"}}


def adopting(kind: str, rule: dict[str, Any]) -> dict[str, Any]:
    return {"effect": "rule", "kind": kind, "document": rule}


def giving(coop: Assembly, name: str, role: str = "auditor", until: str | None = None) -> dict[str, Any]:
    member = coop.id(name)
    return {"effect": "role", "member": member, "role": role, "scope": "coop", "from": None, "until": until}


def delegate(coop: Assembly, name: str, to: str) -> None:
    coop.say(name, "delegation.give/1", {"to": coop.id(to)})


def decided(coop: Assembly, vote: str, **choices: str) -> str:
    """The stage after those have voted and the week is over."""
    for name, choice in choices.items():
        coop.vote(name, vote, choice)
    coop.close()
    coop.wait(0)
    return coop.stage(vote)


def panel_of(coop: Assembly, vote: str) -> Any:
    """The panel that the rule asks for."""
    return coop.state.need(rules.RuleVersion, coop.proposal(vote).rule or "").rule().electorate.panel()


def root(coop: Assembly) -> bytes:
    """Of the whole ledger so far, for lots."""
    return canonical.unb64(str(coop.root_at(coop.size)), 32)
