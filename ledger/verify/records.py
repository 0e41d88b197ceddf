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
        _merge(desk.lines(), _Published(copy, step), step)
    except Absent:
        step.skip("records.not_here")


def _merge(mine: Iterator[_Row], published: _Published, step: Step) -> None:
    left = next(mine, None)
    right = published.next(left)
    while left is not None or right is not None:
        if right is None or (left is not None and left[:2] < right[:2]):
            assert left is not None  # noqa: S101 - the loop's condition, for the type checker
            step.find("records.missing", _index(left[2]), kind=left[0], id=left[1])
            left = next(mine, None)
        elif left is None or right[:2] < left[:2]:
            step.find("records.without_ground", kind=right[0], id=right[1])
            right = published.next(left)
        else:
            if left[2] != right[2]:
                step.find("records.differs", _index(left[2]), kind=left[0], id=left[1])
            left = next(mine, None)
            right = published.next(left)


def check_discovery(copy: Copy, expected: dict[str, Any], step: Step) -> None:
    """An exported discovery document says nothing but what the fold says."""
    try:
        if copy.read(DISCOVERY) != canonical.encode(expected):
            step.find("records.discovery", path=DISCOVERY)
    except Absent:
        return


class _Published:
    """The published rows in their order. Only the key of a line is read: the rest is compared as bytes with lines that
    are canonical; and not even that of a line that is just the one expected.
    """

    def __init__(self, copy: Copy, step: Step) -> None:
        self._lines, self._step = enumerate(copy.lines(RECORDS), start=1), step
        self._last = ("", "")

    def next(self, expected: _Row | None) -> _Row | None:
        """The next row that has its place in the order; None after the last."""
        for number, line in self._lines:
            if expected is not None and line == expected[2] and expected[:2] > self._last:
                self._last = expected[:2]
                return expected
            key = self._key(number, line)
            if key is not None:
                self._last = key
                return (*key, line)
        return None

    def _key(self, number: int, line: bytes) -> tuple[str, str] | None:
        try:
            canonical.require_shallow(line)
            head = _heads.decode(line)
            key = (head.kind, head.id)
            ordered = key > self._last
        except (msgspec.DecodeError, UnicodeDecodeError, FormatError):
            self._step.find("records.form", line=number)
            return None
        if not ordered:
            self._step.find("records.order", line=number)
            return None
        return key


def _index(line: bytes) -> int | None:
    index = canonical.decode(line)["record"].get("index")
    return index if isinstance(index, int) else None
