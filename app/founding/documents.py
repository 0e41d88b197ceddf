"""Rules and policies that founders write as JSON: read strictly, and what is wrong told with the path to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from app.founding import genesis
from ledger import canonical
from ledger.books import policies
from ledger.books.commons_policy import names_money
from ledger.errors import FormatError, LedgerError

Documents = dict[str, dict[str, Any]]
Check = Callable[[str, dict[str, Any]], object]

_REASONS: Final = {
    "commons.money": "money",
    "format.depth": "too_deep",
    "format.integer": "too_large",
    "format.key": "code",
    "policy.area_unknown": "unknown_area",
    "rule.kind_unknown": "unknown_kind",
}
"""What is wrong by the code of a refusal, where that says it already."""


class DocumentFault(Exception):
    """What is wrong with what was typed: where (``ordinary/quorum/fraction``), and a sentence's key and parameters."""

    def __init__(self, path: str, key: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(path, key)
        self.path, self.key, self.params = path, key, params or {}


def read(typed: str, check: Check, needed: tuple[str, ...]) -> Documents:
    """Documents by kind or area, all that are needed, each as ``check`` takes it; DocumentFault."""
    documents = _load(typed)
    if not isinstance(documents, dict):
        raise DocumentFault("", "rules.fault.not_object")
    _refuse("", lambda: canonical.check(documents))
    for name in needed:
        if name not in documents:
            raise DocumentFault(name, "rules.fault.missing")
    for name, document in documents.items():
        if not isinstance(document, dict):
            raise DocumentFault(name, "rules.fault.not_object")
        _refuse(name, lambda name=name, document=document: check(name, document))  # type: ignore[misc]
    return documents


def check_policy(area: str, document: dict[str, Any]) -> None:
    """Names of kinds are typed in plain words; in the log a commitment stands in their place."""
    if area == "commons":
        _check_names(document.get("kinds"))
    policies.check(area, genesis.named({area: document}, lambda _name: {"commit": ""})[area])


def _check_names(kinds: Any) -> None:
    for place, kind in enumerate(kinds if isinstance(kinds, list) else ()):
        name = kind.get("name", "") if isinstance(kind, dict) else ""
        if not isinstance(name, str):
            raise FormatError("policy.invalid", path=f"kinds/{place}/name", reason="wrong_type")
        if names_money(name):
            raise FormatError("commons.money", path=f"kinds/{place}/name")


def _load(typed: str) -> Any:
    try:
        canonical.require_shallow(typed.encode("utf-8", "replace"))
        return json.loads(typed, object_pairs_hook=_once)
    except (RecursionError, FormatError) as error:
        raise DocumentFault("", "rules.fault.too_deep") from error
    except json.JSONDecodeError as error:
        raise DocumentFault("", "found.error.json", {"line": error.lineno, "column": error.colno}) from error
    except ValueError as error:  # a number of thousands of digits
        raise DocumentFault("", "rules.fault.too_large") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise DocumentFault(next(name for name in names if names.count(name) > 1), "rules.fault.twice")
    return found


def _refuse(place: str, check: Callable[[], object]) -> None:
    try:
        check()
    except LedgerError as error:
        path = "/".join(part for part in (place, str(error.params.get("path", ""))) if part)
        reason = _REASONS.get(error.code, error.params.get("reason", "other"))
        raise DocumentFault(path, f"rules.fault.{reason}") from error
