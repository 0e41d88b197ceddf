"""Files of evidence as they are handed about: one contradiction, a browser's report, or the auditor's reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger import evidence
from ledger.errors import FormatError
from ledger.evidence import Evidence

_MAX_FILE = 64 * 2**20


def read(path: Path) -> list[Evidence]:
    """Every contradiction that the file holds. OSError or FormatError ``evidence.form`` where it can't be read."""
    with path.open("rb") as file:
        data = file.read(_MAX_FILE + 1)
    try:
        document = json.loads(data) if len(data) <= _MAX_FILE else None
    except (ValueError, RecursionError) as error:
        raise FormatError("evidence.form") from error
    if not isinstance(document, dict | list):
        raise FormatError("evidence.form")
    return [evidence.parse(found) for found in _contradictions(document)]


def _contradictions(document: Any) -> Iterator[Any]:
    if isinstance(document, list):  # `yui verify --evidence`: a report for each ledger
        for one in document:
            yield from _contradictions(one)
    elif isinstance(document, dict):
        if "kept" in document:
            yield document
        if "contradiction" in document:  # the browser's check of a whole ledger
            yield document["contradiction"]
        if isinstance(document.get("contradictions"), list):
            yield from document["contradictions"]
