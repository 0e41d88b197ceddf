"""The values that a proposal's form begins with: from what is in force, or from a version that is to be amended."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from governance.books.proposals import Proposal
from ledger import canonical

Filled = dict[str, list[str]]


def from_document(document: dict[str, Any]) -> Filled:
    """A document to be read as it is, like one written as JSON."""
    return {"json": [json.dumps(document, ensure_ascii=False)], "use": ["json"]}


def from_proposal(proposal: Proposal, options: list[str], names: dict[str, str], utc_offset: int) -> Filled:
    """The form's values as the proposal has them; ``names``: of its policy's kinds, by path in the document."""
    if not proposal.effects:
        return {"options": ["\n".join(options)]}
    effect = proposal.effects[0]
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
        case _:
            return {}


def with_names(document: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A commons policy with its kinds' names as plain text, as people edit it."""
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
