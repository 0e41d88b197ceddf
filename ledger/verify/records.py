"""Step 10: the published records against those of the fold, byte for byte.

``records.jsonl`` holds ``Record.line()`` of every record, ordered by kind and id: two sorted lists, merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ledger import canonical
from ledger.errors import FormatError
from ledger.verify.desk import Desk
from ledger.verify.report import Absent, Step
from ledger.verify.tree import Copy

RECORDS: Final = "records.jsonl"
DISCOVERY: Final = "yui.json"

_Row = tuple[str, str, bytes]


class _Head(msgspec.Struct):
    kind: str
    id: str


_heads = msgspec.json.Decoder(_Head)


def check(copy: Copy, desk: Desk, step: Step) -> None:
    """Name every record that is published otherwise than the fold has it, is missing, or has no ground."""
    try:
        _merge(desk.lines(), _published(copy, step), step)
    except Absent:
        step.skip("records.not_here")


def _merge(mine: Iterator[_Row], published: Iterator[_Row], step: Step) -> None:
    left, right = next(mine, None), next(published, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[:2] < right[:2]):
            assert left is not None  # noqa: S101 - the loop's condition, for the type checker
            step.find("records.missing", _index(left[2]), kind=left[0], id=left[1])
            left = next(mine, None)
        elif left is None or right[:2] < left[:2]:
            step.find("records.without_ground", kind=right[0], id=right[1])
            right = next(published, None)
        else:
            if left[2] != right[2]:
                step.find("records.differs", _index(left[2]), kind=left[0], id=left[1])
            left, right = next(mine, None), next(published, None)


def check_discovery(copy: Copy, expected: dict[str, Any], step: Step) -> None:
    """An exported discovery document says nothing but what the fold says."""
    try:
        if copy.read(DISCOVERY) != canonical.encode(expected):
            step.find("records.discovery", path=DISCOVERY)
    except Absent:
        return


def _published(copy: Copy, step: Step) -> Iterator[_Row]:
    """Only the key of a line is read: the rest is compared as bytes with lines that are canonical."""
    last = ("", "")
    for number, line in enumerate(copy.lines(RECORDS), start=1):
        try:
            canonical.require_shallow(line)
            head = _heads.decode(line)
            key = (head.kind, head.id)
            ordered = key > last
        except (msgspec.DecodeError, UnicodeDecodeError, FormatError):
            step.find("records.form", line=number)
            continue
        if not ordered:
            step.find("records.order", line=number)
            continue
        last = key
        yield (*key, line)


def _index(line: bytes) -> int | None:
    index = canonical.decode(line)["record"].get("index")
    return index if isinstance(index, int) else None
