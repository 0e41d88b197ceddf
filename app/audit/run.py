"""One audit from beginning to end: find the copies, choose a desk, use all cores, remember what was verified."""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from app.audit.copies import AddressCopy, is_address, ledgers_at, open_local
from app.audit.desk import SqliteDesk
from app.audit.house import HOUSE
from app.audit.seen import LastSeen
from ledger.signed_note import VerifierKey
from ledger.verify import Report, Trust, Witnesses, verify
from ledger.verify.desk import Desk, MemoryDesk
from ledger.verify.entries import Examined
from ledger.verify.report import Unreadable
from ledger.verify.tree import Copy
from ledger.witness_policy import WitnessPolicy

IN_MEMORY: Final = 50_000
"""Entries up to which the desk is kept in memory."""
ALONE: Final = 2_000
"""Entries up to which starting other processes is not worth the while."""

Examine = Callable[[list[bytes]], list[Examined]]


class Options(NamedTuple):
    """What the auditor asks for. ``max_age`` and ``grace`` (for a quorum of ``witnesses``) in milliseconds."""

    ledger: str | None = None
    vkey: VerifierKey | None = None
    genesis: str | None = None
    max_age: int | None = None
    state: Path | None = None
    witnesses: WitnessPolicy | None = None
    grace: int = 3_600_000


class Audited(NamedTuple):
    """One ledger's report, and the copy it was made from (readable while the audit's stack is open)."""

    name: str
    copy: Copy
    report: Report


def audit(source: str, options: Options, stack: ExitStack, progress: Callable[[int, int], None]) -> Iterator[Audited]:
    """Audit every ledger at ``source``. Raises Unreadable where there is none."""
    policy = options.witnesses
    remembered = stack.enter_context(LastSeen(options.state))
    for name, copy in _copies(source, options.ledger, stack):
        trust = Trust(
            now=time.time_ns() // 1_000_000,
            vkey=options.vkey,
            genesis=options.genesis,
            max_age=options.max_age,
            last_seen=remembered.note,
            witnesses=None if policy is None else Witnesses(policy, options.grace, live=is_address(source)),
        )
        with ExitStack() as own:
            spread = _Spread(own)
            report = verify(copy, HOUSE, lambda size, own=own: desk_for(size, own), trust, spread, progress)  # type: ignore[misc]
        if report.exit_code == 0 and report.checkpoint is not None and report.note is not None:
            remembered.advance(report.checkpoint.origin, report.note, report.vkey or "")
        yield Audited(name, copy, report)


def _copies(source: str, wanted: str | None, stack: ExitStack) -> list[tuple[str, Copy]]:
    if not is_address(source):
        return [(source, stack.enter_context(open_local(Path(source))))]
    found = [(name, url) for name, url in ledgers_at(source) if wanted in (None, name, url)]
    if not found:
        raise Unreadable("source.no_ledger", address=source)
    return [(name, AddressCopy(url)) for name, url in found]


def desk_for(size: int, stack: ExitStack) -> Desk:
    """A desk that fits a ledger of that size, for as long as the stack is open."""
    if size <= IN_MEMORY:
        return MemoryDesk()
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yui-audit-"))
    desk = SqliteDesk(Path(folder) / "desk.sqlite3", HOUSE.books)
    stack.callback(desk.close)
    return desk


class _Spread:
    """Signature arithmetic over all cores, a few bundles ahead of the fold and no more, so that memory stays flat."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, examine: Examine, bundles: Iterable[list[bytes]]) -> Iterator[list[Examined]]:
        workers = os.cpu_count() or 1
        ahead: deque[list[bytes] | Future[list[Examined]]] = deque()
        pool: ProcessPoolExecutor | None = None
        count = 0
        for leaves in bundles:
            count += len(leaves)
            if pool is None and count > ALONE and workers > 1:
                pool = self._stack.enter_context(ProcessPoolExecutor(workers))
            ahead.append(leaves if pool is None else pool.submit(examine, leaves))
            if pool is None or len(ahead) > 2 * workers:
                yield _result(examine, ahead.popleft())
        while ahead:
            yield _result(examine, ahead.popleft())


def _result(examine: Examine, work: list[bytes] | Future[list[Examined]]) -> list[Examined]:
    return work.result() if isinstance(work, Future) else examine(work)
