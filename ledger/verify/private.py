"""Step 9: private values against their commitments, and erasures accounted for.

    private/index.json       {"all": true, "subjects": []}: every value, or only those of the listed subjects
    private/{N}.jsonl        for the entries of bundle N (numbered as in ``tile/entries``), one line per entry:
                             {"index": 7, "openings": [{"path": "text", "salt": "…", "value": "…"}]}

All of it canonical JSON. A value whose subject's key was destroyed is missing, and an erasure in the ledger says so;
a value of a subject in scope that is missing without one is a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from ledger import canonical, private
from ledger.errors import FormatError, LedgerError
from ledger.fold import Books
from ledger.private import Opening
from ledger.statement import Entry
from ledger.tiles import WIDTH, Tile
from ledger.verify.report import Absent, Step
from ledger.verify.tree import Copy

INDEX: Final = "private/index.json"
_COMMIT: Final = b'"commit":'
"""Stands in every statement that commits to anything."""


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose private values a copy holds."""

    all: bool
    subjects: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The openings of one entry."""

    index: int
    openings: tuple[Opening, ...]


def bundle_path(number: int) -> str:
    """Where the openings of entry bundle ``number`` lie."""
    return Tile(None, number).path.replace("tile/entries", "private", 1) + ".jsonl"


def encode_line(index: int, openings: tuple[Opening, ...]) -> bytes:
    """The line of one entry, without its end."""
    return canonical.encode({"index": index, "openings": [msgspec.to_builtins(opening) for opening in openings]})


class PrivateValues:
    """The private values of a copy, checked bundle by bundle."""

    def __init__(self, copy: Copy, books: Books, step: Step) -> None:
        self._copy, self._books, self._step = copy, books, step
        self._missing: dict[str, tuple[int, str, int]] = {}
        self._unmet: set[str] = set()
        self._bundle: tuple[int, dict[int, Line]] = (-1, {})
        self.scope = self._read_scope()

    def check(self, index: int, entry: Entry) -> None:
        """Hold the openings of an entry against its commitments."""
        if self.scope is None:
            return
        openings = self.openings(index)
        if not openings and _COMMIT not in entry.statement_bytes:
            return
        expected = dict(private.commitments(entry.statement.body))
        given = {opening.path: opening for opening in openings}
        for path in given.keys() - expected.keys():
            self._step.find("private.stray", index, path=path)
        for path, commit in expected.items():
            self._check_value(index, entry, path, commit, given.get(path))

    def finish(self, is_erased: Callable[[str], bool]) -> None:
        """Account for what is missing."""
        for subject in sorted(self._unmet):
            self._step.find("private.subject_unknown", subject=subject)
        for subject, (index, path, count) in self._missing.items():
            if is_erased(subject):
                self._step.note("private.erased", subject=subject, count=count)
            else:
                self._step.find("private.missing", index, subject=subject, path=path, count=count)

    def value(self, index: int, path: str) -> Any:
        """An opened value, for recounts; None where the copy has none."""
        return next((opening.value for opening in self.openings(index) if opening.path == path), None)

    def openings(self, index: int) -> tuple[Opening, ...]:
        """What the copy has of an entry, as it stands there."""
        number = index // WIDTH
        if self._bundle[0] != number:
            self._bundle = (number, self._read_bundle(number))
        line = self._bundle[1].get(index)
        return () if line is None else line.openings

    def _check_value(self, index: int, entry: Entry, path: str, commit: str, opening: Opening | None) -> None:
        subject = self._books.subject(entry.statement, entry.id, path)
        self._unmet.discard(subject)
        in_scope = self.scope is not None and (self.scope.all or subject in self.scope.subjects)
        if opening is None:
            if in_scope:
                first, at, count = self._missing.get(subject, (index, path, 0))
                self._missing[subject] = (first, at, count + 1)
            return
        if not in_scope:
            self._step.find("private.unclaimed", index, path=path, subject=subject)
        try:
            private.check_opening(entry.statement, opening, commit)
        except FormatError as error:
            self._step.find(error.code, index, **{**error.params, "path": path})

    def _read_scope(self) -> Scope | None:
        try:
            scope = msgspec.convert(canonical.decode(self._copy.read(INDEX)), Scope, strict=True)
        except Absent:
            self._step.skip("private.not_here")
            return None
        except (LedgerError, msgspec.ValidationError):
            self._step.find("private.form", path=INDEX)
            return None
        self._unmet = set(scope.subjects)
        return scope

    def _read_bundle(self, number: int) -> dict[int, Line]:
        path = bundle_path(number)
        lines: dict[int, Line] = {}
        try:
            for position, data in enumerate(self._copy.lines(path)):
                line = self._parse(data)
                if line is None or line.index // WIDTH != number or any(line.index <= other for other in lines):
                    self._step.find("private.form", None if line is None else line.index, path=path, line=position + 1)
                else:
                    lines[line.index] = line
        except Absent:
            pass  # none of these entries has any, or they are missing: both are seen entry by entry
        return lines

    def _parse(self, data: bytes) -> Line | None:
        try:
            return msgspec.convert(canonical.decode(data), Line, strict=True)
        except (FormatError, msgspec.ValidationError):
            return None
