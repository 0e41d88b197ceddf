"""A full ``yui verify`` of the sample village and of a larger ledger, against bare libsodium on the same cores.

    python -m benchmarks.audit [--rounds 3] [--more 15000] [--profile]

All steps run, private values included; what is timed is the command as anybody would type it, its start included.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from app.audit.export import export
from app.cli.main import main as command
from benchmarks import measure
from benchmarks.ledgers import ToldLog
from benchmarks.service import ROOT
from ledger.verify.private import Scope

_COLD: Final = 9


class Run(NamedTuple):
    """One command: seconds by the clock, processor seconds of all its processes, and its memory in MB."""

    seconds: float
    cpu: float
    memory: float


def main(args: argparse.Namespace) -> None:
    """Measure and print."""
    measure.introduce("Full audit of an exported folder: yui verify, all steps that apply")
    with tempfile.TemporaryDirectory(prefix="yui-bench-") as name:
        folder = Path(name)
        helps = [_run("verify", "--help").seconds * 1000 for _ in range(_COLD)]
        print(f"yui verify --help: {measure.spread(helps)} ms (target 150)", flush=True)
        rows = []
        for title, more in (("sample village", 0), ("larger ledger", args.more)):
            log = ToldLog(more)
            copy = folder / title.replace(" ", "-")
            export(log, copy, Scope(all=True, subjects=()))
            rows.append(_measured(title, log, copy, args.rounds))
        heads = ("ledger", "entries", "signatures", "seconds", "entries/s", "raw libsodium/s, all cores")
        more_heads = ("of raw", "CPU µs per entry", "MB of one process")
        measure.table((*heads, *more_heads), rows)
        if args.profile:
            _profile(folder / "larger-ledger", folder / "profile")


def _measured(title: str, log: ToldLog, copy: Path, rounds: int) -> tuple[str, ...]:
    runs, raws = [], []
    for _ in range(rounds):
        runs.append(_run("verify", str(copy), "--json"))
        raws.append(_raw_on_all_cores())
    seconds, raw = statistics.median(run.seconds for run in runs), statistics.median(raws)
    return (
        title,
        f"{log.size:,}",
        f"{log.signatures:,}",
        measure.spread([run.seconds for run in runs], 1),
        f"{log.size / seconds:,.0f}",
        f"{raw:,.0f}",
        f"{log.signatures / seconds / raw:.0%}",
        f"{statistics.median(run.cpu for run in runs) / log.size * 1e6:.0f}",
        f"{max(run.memory for run in runs):.0f}",
    )


def _run(*arguments: str) -> Run:
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "app.cli", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _raw_on_all_cores() -> float:
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        return sum(pool.map(measure.raw_verifications, [5000] * cores))


def _profile(copy: Path, file: Path) -> None:
    """Of the process that folds; the others, which check signatures, work beside it."""
    profile = cProfile.Profile(time.thread_time)
    profile.enable()
    command(["verify", str(copy)])
    profile.disable()
    profile.dump_stats(file)
    measure.show_profile(file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--more", type=int, default=15_000, help="entries of the larger ledger beyond the village's")
    parser.add_argument("--profile", action="store_true", help="where the folding process spends its time")
    main(parser.parse_args())
