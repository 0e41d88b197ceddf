"""What the sample village's decisions do, by the name that a motion gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from app.demo import founding, rulebook
from app.demo.people import Villager
from ledger import canonical

_TERM: Final = 730 * 86_400_000
"""In ms: for how long somebody is elected."""


def effects(does: str, people: Sequence[Villager], candidates: Sequence[Villager], at: int) -> list[dict[str, Any]]:
    """As the documents have it; ``at`` in ms. ``candidates``: who stands, where somebody is elected."""
    if does.startswith("elect:"):
        return [_elect(does.removeprefix("elect:"), candidates, at)]
    if does.startswith("auditor:"):
        return [_auditor(people[int(does.removeprefix("auditor:"))])]
    named: dict[str, list[dict[str, Any]]] = {
        "": [],
        "allot": [{"effect": "allot"}],
        "articles": [{"effect": "articles"}],
        "gift": [{"amount": 60, "effect": "mint", "member": people[9].id}],
        "federation": [{"effect": "federation", "origin": "union.example/ryuiki"}],
        "project": [{"effect": "project", "lead": people[7].id}],
        "ride": [{"area": "commons", "document": founding.commons(ride=10), "effect": "policy"}],
        "rulebook": rulebook.adopted(),
        "ten_days": [_rule("ordinary", rulebook.ordinary(days=10))],
        "two_thirds": [_rule("rules", founding.rule(days=10, fraction="2/3"))],
    }
    return named[does]


def _rule(kind: str, document: dict[str, Any]) -> dict[str, Any]:
    return {"document": document, "effect": "rule", "kind": kind}


def _auditor(person: Villager) -> dict[str, Any]:
    return {"effect": "role", "from": None, "member": person.id, "role": "auditor", "scope": "coop", "until": None}


def _elect(role: str, candidates: Sequence[Villager], at: int) -> dict[str, Any]:
    term = {"from": None, "until": canonical.format_time(at + _TERM)}
    return {"candidates": [one.id for one in candidates], "effect": "elect", "role": role, "scope": "coop", **term}
