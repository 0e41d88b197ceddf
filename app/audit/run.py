"""One audit from beginning to end: find the copies, choose a desk, use all cores, remember what was verified."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.process
import os
import signal
import sqlite3
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from app.audit import chains, kept
from app.audit.copies import AddressCopy, is_address, ledgers_at, open_local
from app.audit.desk import SqliteDesk
from app.audit.house import HOUSE
from app.audit.others import load
from app.audit.seen import LastSeen
from ledger import checkpoint
from ledger.errors import LedgerError
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
WORTH_KEEPING: Final = 5_000
"""Entries up to which a run that was broken off is as soon begun anew."""
_BETWEEN_COLLECTIONS: Final = 50_000
"""Objects made, beyond those let go, between two looks for cycles (usually 700)."""

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
    fresh: bool = False
    """Whether what a run that was broken off has worked out is thrown away."""
    others: tuple[str, ...] = ()
    """Where other copies of the checkpoint are."""
    anchors: tuple[Path, ...] = ()
    """Proofs of anchors besides those that a copy holds."""
    rpcs: tuple[str, ...] = ()
    confirmations: int = chains.FINAL


class Audited(NamedTuple):
    """One ledger's report, and the copy it was made from (readable while the audit's stack is open)."""

    name: str
    copy: Copy
    report: Report


def audit(source: str, options: Options, stack: ExitStack, progress: Callable[[int, int], None]) -> Iterator[Audited]:
    """Audit every ledger at ``source``. Raises Unreadable where there is none."""
    policy = options.witnesses
    remembered = stack.enter_context(LastSeen(options.state))
    anchors = chains.anchors(options.anchors, options.rpcs, options.confirmations, stack)
    others = load(options.others, stack)
    for name, copy in _copies(source, options.ledger, stack):
        trust = Trust(
            now=time.time_ns() // 1_000_000,
            vkey=options.vkey,
            genesis=options.genesis,
            max_age=options.max_age,
            last_seen=remembered.note,
            witnesses=None if policy is None else Witnesses(policy, options.grace, live=is_address(source)),
            anchors=anchors,
            others=others,
            read_again=not is_address(source),
        )
        unfinished = _unfinished(source, copy, name, options)
        report = _verify(copy, trust, unfinished, progress)
        if unfinished is not None and not _was_broken_off(report):
            kept.remove(unfinished)
        if report.exit_code == 0 and report.checkpoint is not None and report.note is not None:
            remembered.advance(report.checkpoint.origin, report.note, report.vkey or "", report.keys)
            remembered.goes_on(report.checkpoint.origin, report.predecessors)
        yield Audited(name, copy, report)


def _copies(source: str, wanted: str | None, stack: ExitStack) -> list[tuple[str, Copy]]:
    if not is_address(source):
        return [(source, stack.enter_context(open_local(Path(source))))]
    found = [(name, url) for name, url in ledgers_at(source) if wanted in (None, name, url)]
    if not found:
        raise Unreadable("source.no_ledger", address=source)
    return [(name, AddressCopy(url)) for name, url in found]


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """A fold makes many objects and hardly a cycle: looking for cycles as often as usual takes a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _verify(copy: Copy, trust: Trust, unfinished: Path | None, progress: Callable[[int, int], None]) -> Report:
    try:
        with ExitStack() as own, _seldom_collecting():
            return verify(copy, HOUSE, partial(_desk, own, unfinished), trust, Spreading(own), progress)
    except sqlite3.DatabaseError:
        if unfinished is None:
            raise
        kept.remove(unfinished)  # a disk that was full, or a file that is broken: nothing of it is needed
        with ExitStack() as own:
            return verify(copy, HOUSE, partial(_desk, own, None), trust, Spreading(own), progress)


def _unfinished(source: str, copy: Copy, name: str, options: Options) -> Path | None:
    """Where a run over this copy keeps what it has worked out, until it is through.

    At hand, whatever goes by the ledger's name is read again and held against it, wherever it lies by now.
    """
    if options.state is None:
        return None
    try:
        names = (source, name) if is_address(source) else (checkpoint.parse(copy.read("checkpoint"))[0].origin,)
    except LedgerError:
        return None
    path = kept.path(options.state, *names)
    if options.fresh:
        kept.remove(path)
    return path


def _was_broken_off(report: Report) -> bool:
    """Whether the copy could not be read to its end, so that another run may go on."""
    return any(step.reason is not None and step.reason.code == "source.unreadable" for step in report.steps)


def _desk(stack: ExitStack, unfinished: Path | None, size: int) -> Desk:
    desk = kept.open_desk(unfinished, stack) if unfinished is not None and size > WORTH_KEEPING else None
    return desk_for(size, stack) if desk is None else desk


def desk_for(size: int, stack: ExitStack) -> Desk:
    """A desk that fits a ledger of that size, for as long as the stack is open."""
    if size <= IN_MEMORY:
        return MemoryDesk()
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yui-audit-"))
    desk = SqliteDesk(Path(folder) / "desk.sqlite3", HOUSE.books)
    stack.callback(desk.close)
    return desk


class Spreading:
    """Signature arithmetic over all cores, a few bundles ahead of the fold and no more, so that memory stays flat."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, examine: Examine, bundles: Iterable[list[bytes]]) -> Iterator[list[Examined]]:
        """See ``verify.Spread``."""
        workers = os.cpu_count() or 1
        ahead: deque[list[bytes] | Future[list[Examined]]] = deque()
        pool: ProcessPoolExecutor | None = None
        count = 0
        for leaves in bundles:
            count += len(leaves)
            if pool is None and count > ALONE and workers > 1:
                pool = self._stack.enter_context(ProcessPoolExecutor(workers, initializer=_serve))
            ahead.append(leaves if pool is None else pool.submit(examine, leaves))
            if pool is None or len(ahead) > 2 * workers:
                yield _result(examine, ahead.popleft())
        while ahead:
            yield _result(examine, ahead.popleft())


def _serve() -> None:
    """What a process that examines for another begins with: Ctrl-C is for that one, and nobody outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess | None) -> None:
    if parent is not None:
        parent.join()  # killed, it has told nobody
        os._exit(1)


def _result(examine: Examine, work: list[bytes] | Future[list[Examined]]) -> list[Examined]:
    return work.result() if isinstance(work, Future) else examine(work)
