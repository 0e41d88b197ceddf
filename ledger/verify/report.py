"""What an audit says: twelve steps, each with its findings or the reason why it was not checked.

Codes are stable; sentences in people's languages belong to the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.verify.names import Before

STEPS: Final = (
    "checkpoint",
    "consistency",
    "tree",
    "form",
    "signatures",
    "seen",
    "time",
    "fold",
    "private",
    "records",
    "anchors",
    "copies",
)
"""The steps' names; step n is the n-th."""
CHECKPOINT, CONSISTENCY, TREE, FORM, SIGNATURES, SEEN, TIME, FOLD, PRIVATE, RECORDS, ANCHORS, COPIES = range(1, 13)

KEPT: Final = 100
"""Findings kept for each step; beyond that they are only counted, so that a ruined ledger can't fill the memory."""

Status = Literal["ok", "finding", "not_checked"]


class Absent(LedgerError):
    """The copy does not hold that file, though it could be read."""


class Unreadable(LedgerError):
    """The copy can't be read here: no rights, no connection, or a broken disk. Nothing is known of its truth."""


class Finding(NamedTuple):
    """Something that does not hold. ``entry``: index of the entry that it lies in, if any."""

    step: int
    code: str
    entry: int | None
    params: Mapping[str, Any]


class KeySpan(NamedTuple):
    """A key of the log (as a vkey), which counts for trees from ``since`` entries to ``until`` (None: to this day)."""

    vkey: str
    since: int
    until: int | None

    def covers(self, size: int) -> bool:
        """Whether it counts for the tree of that size."""
        return self.since <= size and (self.until is None or size <= self.until)


class Note(NamedTuple):
    """Something a reader should know that is no fault."""

    code: str
    params: Mapping[str, Any]


class Step:
    """One step's result while it grows."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.findings: list[Finding] = []
        self.count = 0
        self.notes: list[Note] = []
        self.reason: Note | None = None
        self.blocked = False

    @property
    def name(self) -> str:
        """The step's stable name."""
        return STEPS[self.number - 1]

    @property
    def status(self) -> Status:
        """A finding stands even where the step could not be finished."""
        if self.count:
            return "finding"
        return "ok" if self.reason is None else "not_checked"

    def find(self, code: str, entry: int | None = None, /, **params: Any) -> None:
        """Record a finding."""
        self.count += 1
        if len(self.findings) < KEPT:
            self.findings.append(Finding(self.number, code, entry, params))

    def note(self, code: str, /, **params: Any) -> None:
        """Record something worth knowing."""
        self.notes.append(Note(code, params))

    def skip(self, code: str, /, *, blocked: bool = False, **params: Any) -> None:
        """Say why the step is not (or not wholly) checked; ``blocked``: it should have been, so the audit is open."""
        self.reason = Note(code, params)
        self.blocked = blocked


class Report:
    """The outcome of one audit: of ``note``, signed under ``vkey``, in a ledger whose entry 0 hashes to ``genesis``."""

    def __init__(self, checkpoint: Checkpoint | None = None, note: bytes | None = None) -> None:
        self.checkpoint, self.note = checkpoint, note
        self.vkey: str | None = None
        self.keys: tuple[KeySpan, ...] = ()
        self.predecessors: tuple[Before, ...] = ()
        """Every key that the log has had, newest first, as far as the entries were read."""
        self.genesis: str | None = None
        self.steps = tuple(Step(number) for number in range(1, len(STEPS) + 1))

    def step(self, number: int) -> Step:
        """The step of that number (1 to 12)."""
        return self.steps[number - 1]

    @property
    def findings(self) -> list[Finding]:
        """The findings of all steps, in order."""
        return [finding for step in self.steps for finding in step.findings]

    @property
    def exit_code(self) -> int:
        """0 verified, 1 something does not hold, 2 could not be checked."""
        if any(step.count for step in self.steps):
            return 1
        return 2 if any(step.blocked for step in self.steps) else 0

    def stop(self, code: str, /, *, first: int = CHECKPOINT, blocked: bool = True, **params: Any) -> None:
        """Leave all steps from ``first`` on that have nothing to say yet as not checked."""
        for step in self.steps[first - 1 :]:
            if step.reason is None:
                step.skip(code, blocked=blocked, **params)
