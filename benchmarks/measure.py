"""What every benchmark says about itself: medians and ratios, the machine, its disk, and where the time went."""

from __future__ import annotations

import math
import os
import platform
import pstats
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair

PAGE: Final = 8192
"""Bytes of one PostgreSQL page, which is what its write-ahead log is flushed in."""
_SETTINGS: Final = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "data_checksums")
_TOP: Final = 25
_STEPS: Final = (
    ("app/api/short_way.py", "answer", "a posted request, on the short way"),
    ("app/front.py", "handle", "any other request, from the outermost layer inwards"),
    ("litestar/middleware/session/base.py", "__call__", "… session inwards"),
    ("litestar/routes/http.py", "handle", "… inside all middleware"),
    ("app/front.py", "admit", "… its caller counted"),
    ("app/front.py", "note", "… written down"),
    ("app/sequencer/reader.py", "_hand_over", "… envelopes handed to threads"),
    ("app/api/statements.py", "post_statement", "… handler: one statement"),
    ("app/api/statements.py", "post_statements", "… handler: a batch"),
    ("app/sequencer/lane.py", "_attempt", "a batch in the lane"),
    ("app/sequencer/publication.py", "catch_up", "… guard read, head shown to extend it"),
    ("app/sequencer/batch.py", "fold", "… fold"),
    ("ledger/fold.py", "apply", "… … one entry through the books"),
    ("app/sequencer/batch.py", "write", "… rows written"),
    ("app/sequencer/publication.py", "publish", "… checkpoint signed, guard advanced"),
    ("app/sequencer/lane.py", "_answer", "… receipts"),
)
_MESSAGE: Final = 500
"""Bytes of an ordinary statement."""


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that ``share`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median and range of several rounds: ``1,204 (1,100–1,290)``."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table in Markdown, as ``docs/performance.md`` has it."""
    print(f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def introduce(what: str, folder: Path | None = None) -> None:
    """Print what is measured, on which machine, and how long its disk takes to keep something."""
    load = os.getloadavg()[0]
    print(f"{what}\n\n{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} before the start")
    times = fsync_times(folder)
    middle, slow = statistics.median(times) * 1000, percentile(times, 0.99) * 1000
    print(f"fsync of 8 kB: median {middle:.2f} ms, p99 {slow:.2f} ms", flush=True)


def fsync_times(folder: Path | None = None, count: int = 200) -> list[float]:
    """Seconds that appending a page to a file and making it durable takes, each of ``count`` times."""
    times = []
    sync = getattr(os, "fdatasync", os.fsync)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(count):
            started = time.perf_counter()
            file.write(bytes(PAGE))
            sync(file.fileno())
            times.append(time.perf_counter() - started)
    return times


async def durability(connection: asyncpg.Connection) -> str:
    """The database's settings that decide whether what was acknowledged survives a power cut."""
    settings = [f"{name}={await connection.fetchval(f'SHOW {name}')}" for name in _SETTINGS]
    version = await connection.fetchval("SHOW server_version")
    return f"PostgreSQL {version}: {', '.join(settings)}; guard: fsync of file and folder for every checkpoint"


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and its children, all their threads, have used so far. Linux only.

    What a busy machine takes from the clock it does not take from this.
    """
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if pid in (int(stat.parent.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def raw_verifications(count: int = 5000) -> float:
    """Ed25519 verifications a second on one core, with nothing around them but the call into libsodium."""
    _, secret = crypto_sign_seed_keypair(bytes(32))
    public = secret[32:]
    signed = crypto_sign(bytes(_MESSAGE), secret)
    started = time.perf_counter()
    for _ in range(count):
        crypto_sign_open(signed, public)
    return count / (time.perf_counter() - started)


def yardstick() -> float:
    """Processor seconds of a fixed piece of plain Python: half a million entries of a dictionary, made and looked up.

    Others who use the machine's caches make this dearer as they make a count dearer, so that ratios stay comparable.
    """
    started = time.process_time()
    known = {f"member {number}": number for number in range(500_000)}
    assert sum(known[name] for name in list(known)) > 0
    return time.process_time() - started


def raw_cost(count: int = 5000) -> float:
    """Processor seconds of one such verification, whatever else the machine does."""
    started = time.process_time()
    raw_verifications(count)
    return (time.process_time() - started) / count


def show_profile(path: Path) -> None:
    """Print what a cProfile file says: the share of each part of the house, then the functions that took longest."""
    stats = pstats.Stats(str(path)).stats  # type: ignore[attr-defined]
    own = {function: numbers[2] for function, numbers in stats.items() if "method 'poll'" not in function[2]}
    total = sum(own.values())
    parts: dict[str, float] = {}
    for function, seconds in own.items():
        part = _part(function[0])
        parts[part] = parts.get(part, 0) + seconds
    print(f"\nprofile of the main thread: {total:.1f} s of processor time (cProfile makes calls dearer than they are)")
    ranked = sorted(parts.items(), key=lambda item: -item[1])
    table(("part", "own time"), ((part, f"{seconds / total:.1%}") for part, seconds in ranked if seconds > total / 200))
    table(("step, with what it calls", "calls", "share of the work"), _steps(stats, total))
    longest = sorted(own, key=lambda function: -own[function])[:_TOP]
    rows = ((_name(one), f"{stats[one][1]:,}", f"{own[one] / total:.1%}", f"{stats[one][3]:.2f}") for one in longest)
    table(("function", "calls", "own time", "seconds with what it calls"), rows)


def _steps(stats: Any, total: float) -> Iterator[tuple[str, str, str]]:
    """A statement's way through the service. Steps are within one another: the indented ones within the one above."""
    for file, name, step in _STEPS:
        found = [numbers for (path, _, called), numbers in stats.items() if called == name and path.endswith(file)]
        if found:
            calls, seconds = sum(one[1] for one in found), sum(one[3] for one in found)
            yield f"{step} (`{name}`)", f"{calls:,}", f"{seconds / total:.0%}"


def _part(file: str) -> str:
    path = Path(file)
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1].removesuffix(".py")
    for part in ("ledger", "governance", "app", "benchmarks"):
        if path.is_relative_to(Path(__file__).parents[1] / part):
            return part
    return "built in (libsodium, JSON, sockets …)" if file == "~" else "Python's library"


def _name(function: tuple[str, int, str]) -> str:
    file, line, name = function
    where = "" if file == "~" else f"{'/'.join(Path(file).parts[-2:])}:{line} "
    return f"`{where}{name}`".replace("|", "/")
