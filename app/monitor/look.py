"""One look at one ledger: what is new is fetched and verified; what was verified before is never let go for it.

A look ends in time whatever the other side does, and goes on from there at the next one. A history that is not the one
that was verified is checked on a desk of its own: the true one stays, for it is half of the evidence.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.audit import kept, paper
from app.audit.copies import AddressCopy
from app.audit.desk import SqliteDesk
from app.audit.house import HOUSE
from app.audit.run import desk_for
from app.audit.seen import LastSeen
from app.monitor.targets import Watched
from ledger import checkpoint, tiles
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError
from ledger.evidence import Evidence, path_between
from ledger.merkle import EMPTY_ROOT
from ledger.signed_note import parse_vkey
from ledger.tiles import Tile, TileReader
from ledger.verify import Report, Trust, Witnesses, resume, verify
from ledger.verify.desk import Desk
from ledger.verify.report import CONSISTENCY, Absent, Finding, Unreadable

RECHECK: Final = 2.0
"""Seconds after which a checkpoint that went back is asked for again: a cache may be that far behind."""
_OF_ITS_OWN: Final = {
    "checkpoint.stale": "stale",
    "consistency.fork": "split_view",
    "consistency.rolled_back": "rolled_back",
    "witness.no_quorum": "no_quorum",
}
"""Findings that are an alarm of their own kind."""
_COULD_NOT: Final = 2


class Asked(NamedTuple):
    """What every ledger is held to. Times in ms, ``limit`` in seconds for one look."""

    state: Path
    max_age: int | None = None
    witnesses: Witnesses | None = None
    limit: float = 600.0


class Alarm(NamedTuple):
    """Something that somebody has to be told. ``digest`` changes when there is news; ``evidence`` is a document."""

    kind: str
    digest: str
    details: dict[str, Any]
    evidence: Any = None


class Outcome(NamedTuple):
    """What a look came to. ``fault``: why it came to nothing. ``checked``: entries that were verified by it."""

    origin: str | None = None
    size: int | None = None
    received: int | None = None
    """When the newest entry was received, ms."""
    checked: int = 0
    alarms: tuple[Alarm, ...] = ()
    fault: str | None = None
    note: bytes | None = None
    got_on: bool = False
    """Whether a look that came to nothing at least leaves less to do."""


class Stopped(Exception):
    """The monitor ends."""


class _Log(AddressCopy):
    """The log alone: what else may lie beside it is not what a monitor is for."""

    def read(self, path: str) -> bytes:
        if path.startswith("private/") or path == "yui.json":
            raise Absent("source.absent", path=path)
        return super().read(path)

    def lines(self, path: str) -> Iterator[bytes]:
        raise Absent("source.absent", path=path)


def look(watched: Watched, asked: Asked, stop: threading.Event, before: Outcome | None = None) -> Outcome:
    """Look once. Never raises but Stopped: what can't be read is an outcome too.

    ``before``: what the last look came to, which still holds while the checkpoint is the same.
    """
    until = time.monotonic() + asked.limit
    copy = _Log(watched.url, lambda: 0.0 if stop.is_set() else until)
    try:
        note = copy.read("checkpoint")
        if before is not None and _still_holds(before, note, asked):
            return before._replace(checked=0)
        with ExitStack() as stack:
            return _Look(watched, asked, stop, copy, stack).run(note)._replace(note=note)
    except Unreadable as error:
        if stop.is_set():
            raise Stopped from error
        return Outcome(fault=error.code)
    except LedgerError as error:
        return Outcome(fault=error.code)


def folder_of(state: Path, url: str) -> Path:
    """Where a ledger's own state lies."""
    return state / "ledgers" / hashlib.sha256(url.encode()).hexdigest()[:32]


class _Look:
    def __init__(
        self, watched: Watched, asked: Asked, stop: threading.Event, copy: AddressCopy, stack: ExitStack
    ) -> None:
        self._watched, self._asked, self._stop, self._copy, self._stack = watched, asked, stop, copy, stack
        self._folder = folder_of(asked.state, watched.url)
        self._seen = stack.enter_context(LastSeen(self._folder))
        self._desk = kept.open_desk(self._folder / "desk.sqlite3", stack)
        self._done = 0

    def run(self, note: bytes) -> Outcome:
        head = checkpoint.parse(note)[0]
        last = self._last(head)
        if last is not None and head.size < last.size:
            self._stop.wait(RECHECK)
            note = self._copy.read("checkpoint")
            head = checkpoint.parse(note)[0]
            if head.size < last.size:
                return self._went_back(note, head, last)
        return self._verified(head)

    def _last(self, head: Checkpoint) -> Checkpoint | None:
        note = self._seen.note(head.origin)
        return None if note is None else checkpoint.parse(note)[0]

    def _went_back(self, note: bytes, head: Checkpoint, last: Checkpoint) -> Outcome:
        """Smaller than what was verified: kept back, or of another history. Nothing of it has to be read."""
        vkey = self._signer(note, head)
        details = {"new": head.size, "old": last.size, "now": note.decode()}
        if vkey is None:
            return self._outcome(head, _finding("checkpoint.signature", details))
        point = None if self._desk is None else self._desk.point(head.size)
        root = EMPTY_ROOT if head.size == 0 else None if point is None else point.root
        if root is None or root == head.root:
            return self._outcome(head, Alarm("rolled_back", _digest(note), details))
        before = self._seen.note(head.origin) or b""
        evidence = Evidence(parse_vkey(vkey), before, note, self._path(head.size, last.size), self._changes(head))
        return self._outcome(head, Alarm("split_view", _digest(note), details, evidence.to_json()))

    def _verified(self, head: Checkpoint) -> Outcome:
        desk = self._desk if self._desk is not None and self._goes_on(self._desk, head) else None
        before = 0 if desk is None else _size(desk)
        trust = Trust(
            now=time.time_ns() // 1_000_000,
            vkey=self._watched.vkey,
            max_age=self._asked.max_age,
            last_seen=self._seen.note,
            witnesses=self._asked.witnesses,
            read_again=False,
        )
        used: list[Desk] = []

        def make_desk(size: int) -> Desk:
            used.append(desk_for(size, self._stack) if desk is None else desk)
            return used[0]

        report = verify(self._copy, HOUSE, make_desk, trust, progress=self._progress)
        if report.exit_code == 0 and self._is_strange(report):
            details = {"now": head.origin, "before": self._seen.origins(), "folder": str(self._folder)}
            return self._outcome(head, Alarm("other_ledger", _digest(head.origin), details))
        if _is_kept(report) and report.checkpoint is not None and report.note is not None:
            self._seen.advance(report.checkpoint.origin, report.note, report.vkey or "", report.keys)
        return self._judge(report, used, before)

    def _goes_on(self, desk: SqliteDesk, head: Checkpoint) -> bool:
        """Whether the kept desk is for this history: it fits, or there is nothing on it that could be lost."""
        data = desk.kept()
        known = None if data is None else resume.decode(data)
        if known is None or not self._seen.origins():
            return True
        if known.origin != head.origin:
            return self._seen.note(head.origin) is not None  # a successor that was verified takes its place
        if known.edge.size > head.size:
            return False
        point = desk.point(known.edge.size)
        return point is None or resume.root_shown(self._copy, known.edge.size, head.size) == point.root

    def _is_strange(self, report: Report) -> bool:
        """Whether another ledger was verified than was known here, and none that has succeeded it."""
        reason = report.step(CONSISTENCY).reason
        return bool(self._seen.origins()) and reason is not None and reason.code == "consistency.first_time"

    def _judge(self, report: Report, used: list[Desk], before: int) -> Outcome:
        head = report.checkpoint
        if head is None or (report.exit_code == _COULD_NOT and (fault := _unreadable(report)) is not None):
            code = "source.no_checkpoint" if head is None else fault
            got_on = self._desk is not None and _size(self._desk) > before
            return Outcome(fault=code, checked=max(self._done - before, 0), got_on=got_on)
        if self._has_moved_on(report):
            return Outcome(fault="source.moved_on", checked=max(self._done - before, 0))
        alarms: dict[str, Alarm] = {}
        document = None
        if report.exit_code == 1:
            document = paper.evidence(self._watched.name, report, self._copy)
            # Nobody is accused of two histories without proof: what is served may be broken, and no one's word.
            proven = any(one["conclusive"] for one in document["contradictions"])
            kinds = {one.code: _OF_ITS_OWN.get(one.code, "finding") for one in report.findings}
            if not proven:
                kinds |= {code: "finding" for code, kind in kinds.items() if kind == "split_view"}
            for kind in sorted(set(kinds.values())):
                alarms[kind] = _alarm(kind, [one for one in report.findings if kinds[one.code] == kind], document)
        elif report.exit_code == _COULD_NOT:
            codes = sorted({step.reason.code for step in report.steps if step.blocked and step.reason is not None})
            alarms["could_not_check"] = Alarm("could_not_check", _digest(codes), {"codes": codes})
        point = used[0].point(head.size) if used else None
        received = None if point is None else point.received
        return Outcome(head.origin, head.size, received, max(self._done - before, 0), tuple(alarms.values()))

    def _has_moved_on(self, report: Report) -> bool:
        """Whether files are missing only because the log grew in the meantime: not every one keeps its old edge."""
        codes = {finding.code for finding in report.findings}
        return codes == {"tree.missing"} and self._copy.read("checkpoint") != report.note

    def _outcome(self, head: Checkpoint, alarm: Alarm) -> Outcome:
        return Outcome(head.origin, head.size, None, 0, (alarm,))

    def _progress(self, done: int, _size: int) -> None:
        self._done = done
        if self._stop.is_set():
            raise Stopped

    def _signer(self, note: bytes, head: Checkpoint) -> str | None:
        """The key that counted for a tree of that size and has signed this."""
        for span in self._seen.keys(head.origin):
            if span.covers(max(head.size, 1)):
                try:
                    checkpoint.verify(note, parse_vkey(span.vkey))
                except LedgerError:
                    continue
                return span.vkey
        return None

    def _path(self, size: int, of: int) -> tuple[bytes, ...]:
        """What proves, of the tree that was verified, which root its first entries have."""
        assert self._desk is not None  # noqa: S101 - a point of it was compared
        if size == 0:
            return ()
        try:
            return path_between(TileReader(self._desk.tile, of).node, size, of)
        except LedgerError:
            return ()

    def _changes(self, head: Checkpoint) -> tuple[bytes, ...]:
        """Entries of the tree shown in which keys change, where it still has them: others follow a copy."""
        leaves = []
        for span in self._seen.keys(head.origin)[:-1]:
            number, position = divmod(span.since - 1, tiles.WIDTH)
            width = min(tiles.WIDTH, head.size - number * tiles.WIDTH)
            if position < width:
                with suppress(LedgerError):
                    bundle = self._copy.read(Tile(None, number, width).path)
                    leaves.append(tiles.decode_bundle(bundle, width)[position])
        return tuple(leaves)


def _still_holds(before: Outcome, note: bytes, asked: Asked) -> bool:
    if note != before.note or before.fault is not None or asked.witnesses is not None:
        return False
    if asked.max_age is None or before.received is None:
        return True
    return time.time_ns() // 1_000_000 - before.received <= asked.max_age or any(
        a.kind == "stale" for a in before.alarms
    )


def _alarm(kind: str, findings: list[Finding], document: Any) -> Alarm:
    said = [{"code": one.code, "entry": one.entry, "step": one.step} for one in findings]
    # Of what lasts only the beginning is news: a checkpoint that stays old is not told again with every entry.
    told = kind if kind in ("stale", "no_quorum") else said
    return Alarm(kind, _digest(told), {"findings": said}, None if kind in ("stale", "no_quorum") else document)


def _finding(code: str, details: dict[str, Any]) -> Alarm:
    said = [{"code": code, "entry": None, "step": 1}]
    return Alarm("finding", _digest(said), details | {"findings": said}, details)


def _is_kept(report: Report) -> bool:
    """Whether the next look has to find this one's tree in its own: verified, or all that is shown of it was."""
    hidden = {step.reason.code for step in report.steps if step.blocked and step.reason is not None}
    return report.exit_code == 0 or (
        report.vkey is not None and hidden == {"source.no_entries"} and not any(step.count for step in report.steps)
    )


def _unreadable(report: Report) -> str | None:
    """Why the copy could not be read to its end, if that is all."""
    for step in report.steps:
        if step.blocked and step.reason is not None and step.reason.code == "source.unreadable":
            return str(step.reason.params.get("code"))
    return None


def _size(desk: SqliteDesk) -> int:
    data = desk.kept()
    known = None if data is None else resume.decode(data)
    return 0 if known is None else known.edge.size


def _digest(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()[:16]
