"""The values that a proposal's form begins with: from what is in force, or from a version that is to be amended."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from governance.books.proposals import Proposal
from ledger import canonical
from ledger.books.members_policy import NAMED

Filled = dict[str, list[str]]


def from_document(document: dict[str, Any]) -> Filled:
    """A document to be read as it is, like one written as JSON."""
    return {"json": [json.dumps(document, ensure_ascii=False)], "use": ["json"]}


def from_proposal(proposal: Proposal, options: list[str], names: dict[str, str], utc_offset: int) -> Filled:
    """The form's values as the proposal has them; ``names``: of its policy's kinds, by path in the document."""
    # Whom its effects concern is said by them; whoever else was declared is kept.
    declared = [one for one in proposal.interested if one not in _concerned(proposal)]
    around: Filled = {"interested": declared} if declared else {}
    if proposal.topic:
        around["topic"] = [proposal.topic]
    if proposal.seats > 1:
        around["seats"] = [str(proposal.seats)]
    if proposal.budget:
        return around | {"budget": [str(proposal.budget)], "effect": ["allot" if proposal.effects else "text"]}
    if not proposal.effects:
        return around | {"options": ["\n".join(options)]}
    filled = _from_effect(proposal.effects[0], names, utc_offset)
    slate = [effect for effect in proposal.effects if effect["effect"] == "role"]
    if len(slate) > 1:
        filled["member"] = [effect["member"] for effect in slate]
        filled |= {f"role/{effect['member']}": [effect["role"]] for effect in slate}
    return around | filled


def _concerned(proposal: Proposal) -> set[str]:
    return {member for effect in proposal.parsed_effects() for member in effect.concerns()}


def _from_effect(  # noqa: PLR0911  (one for each effect)
    effect: dict[str, Any], names: dict[str, str], utc_offset: int
) -> Filled:
    match effect["effect"]:
        case "rule":
            return {"decides": [effect["kind"]]} | from_document(effect["document"])
        case "policy":
            return {"area": [effect["area"]]} | from_document(with_names(effect["document"], names))
        case "role":
            return {
                "member": [effect["member"]],
                "role": [effect["role"]],
                "from": [_day(effect["from"], utc_offset, 0)],
                "until": [_day(effect["until"], utc_offset, 1)],
            }
        case "admit":
            return {"applicant": [effect["applicant"]], "class": [effect["class"]]}
        case "log_key":
            return {"decides": ["log_key"], "vkey": [effect["vkey"]]}
        case "elect":
            return {
                "candidates": effect["candidates"],
                "role": [effect["role"]],
                "from": [_day(effect["from"], utc_offset, 0)],
                "until": [_day(effect["until"], utc_offset, 1)],
            }
        case "suspend":
            until = _day(effect["until"], utc_offset, 1)
            return {"effect": ["suspend"], "member": [effect["member"]], "until": [until]}
        case "project":
            return {"effect": ["project"], "member": [effect["lead"]]}
        case named:
            plain = {field: [str(value)] for field, value in effect.items() if field in ("member", "amount", "origin")}
            return {"effect": [named]} | plain


def with_names(document: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A policy with the names of its kinds, or of its subjects and areas, as plain text, as people edit it."""
    for lists in (f"{stem}_names" for stem in NAMED.values()):
        own = {path.removeprefix(f"{lists}/"): name for path, name in names.items() if path.startswith(f"{lists}/")}
        document = {key: value for key, value in document.items() if key != lists}
        document |= {lists: own} if own else {}
    if not isinstance(document.get("kinds"), list):
        return document
    kinds = []
    for row, kind in enumerate(document["kinds"]):
        if not isinstance(kind, dict):
            return document
        plain = {key: value for key, value in kind.items() if key != "name"}
        name = names.get(f"kinds/{row}/name")
        kinds.append(plain | {"name": name} if name else plain)
    return document | {"kinds": kinds}


def _day(time: str | None, utc_offset: int, earlier: int) -> str:
    if time is None:
        return ""
    moment = datetime.fromtimestamp(canonical.parse_time(time) // 1000, UTC) + timedelta(minutes=utc_offset)
    return (moment - timedelta(days=earlier)).date().isoformat()
