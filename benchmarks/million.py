"""``yui verify`` of a large mixed ledger: its speed against bare libsodium, its memory, and where the time goes.

    python -m benchmarks.million FOLDER [--entries 1000000] [--fresh]

The ledger (``mixed.py``) is made in FOLDER once, from a seed, and verified as anybody would: by the command, all steps,
private values included. FOLDER needs 2 kB for each entry.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

from app.audit.export import export
from app.audit.run import desk_for
from app.cli.main import main as command
from benchmarks import measure
from benchmarks.mixed import Mixed
from benchmarks.service import ROOT
from ledger.verify.private import Scope

_EVERY: Final = 0.01
"""Processor seconds between two looks at what the folding process does."""
_TOLD: Final = 50_000
_STEPS: Final = (
    ("records.py", "check", "10 records"),
    ("private.py", "check", "9 private values"),
    ("entries.py", "_authenticate", "5 keys valid at that index"),
    ("fold.py", "apply", "8 fold"),
    ("desk.py", "absorb", "8 fold: kept on the desk"),
    ("entries.py", "_is_timely", "7 time"),
    ("entries.py", "_has_seen", "6 seen"),
    ("entries.py", "_is_unique", "4 (author, nonce) only once"),
    ("statement.py", "reread_leaf", "leaves read again"),
    ("tree.py", "append", "3 tree"),
    ("tree.py", "finish", "3 tree: edge and stray files"),
    ("tree.py", "read_leaves", "bundles read"),
    ("entries.py", "take", "point and verdict of each entry"),
    ("run.py", "__call__", "to and from the other processes"),
)
"""What the innermost of these functions on the stack is doing."""


class Used(NamedTuple):
    """One run: seconds by the clock, processor seconds of all processes, highest memory of all together in MB.

    ``raw``: processor seconds of a bare verification in the same minutes. ``steps``: those of each step.
    """

    seconds: float
    cpu: float
    memory: float
    raw: float
    steps: dict[str, float]


def main(args: argparse.Namespace) -> None:
    """Make, measure and print."""
    if args.inside:
        _inside(args.folder)
        return
    measure.introduce(f"Full audit of a mixed ledger of {args.entries:,} entries")
    folder = args.folder / f"mixed-{args.entries}"
    if args.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        _make(folder, args.entries)
    facts = json.loads((folder.parent / f"{folder.name}.json").read_text())
    before = _raw_on_all_cores()
    used = _verify(folder)
    raw = (before + _raw_on_all_cores()) / 2
    heads = ("entries", "signatures", "seconds", "entries/s", "raw libsodium/s, all cores", "of raw")
    more_heads = ("CPU µs per entry", "of raw, by CPU", "MB of all processes")
    size, signatures = facts["size"], facts["signatures"]
    row = (f"{size:,}", f"{signatures:,}", f"{used.seconds:,.0f}", f"{size / used.seconds:,.0f}", f"{raw:,.0f}")
    ideal = signatures * used.raw
    more = (f"{used.cpu / size * 1e6:.0f}", f"{ideal / used.cpu:.0%}", f"{used.memory:.0f}")
    measure.table((*heads, *more_heads), [(*row, f"{signatures / used.seconds / raw:.0%}", *more)])
    whole = sum(used.steps.values())
    rows = [(name, f"{took / size * 1e6:.1f}", f"{took / whole:.0%}") for name, took in used.steps.items()]
    measure.table(("step, in the folding process", "CPU µs per entry", "share"), rows)


def _make(folder: Path, size: int) -> None:
    started = time.perf_counter()

    def tell(done: int) -> None:
        if done % _TOLD < 2:  # noqa: PLR2004
            print(f"making: {done:,} of {size:,}, {time.perf_counter() - started:,.0f} s", file=sys.stderr, flush=True)

    folder.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        spool = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-")))
        ledger = Mixed(size, desk_for(size, stack), spool)
        ledger.make(tell)
        export(ledger, spool / "copy", Scope(all=True, subjects=()))
        (spool / "copy").rename(folder)
    facts = {"size": ledger.size, "signatures": ledger.signatures, "refused": ledger.refused}
    (folder.parent / f"{folder.name}.json").write_text(json.dumps(facts))
    print(f"made in {time.perf_counter() - started:,.0f} s: {facts}", flush=True)


def _verify(folder: Path) -> Used:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    arguments = [sys.executable, "-P", "-m", "benchmarks.million", str(folder), "--inside"]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(arguments, env=environment, stdout=said)
        highest, raw = 0.0, []
        while process.poll() is None:
            highest = max(highest, sum(map(_memory, _family(process.pid))))
            raw.append(measure.raw_cost(20))
            time.sleep(0.5)
        said.seek(0)
        last = said.read().splitlines()[-1:]
    if process.returncode != 0:
        raise SystemExit(f"yui verify ended with {process.returncode}")
    found = json.loads(last[0])
    return Used(time.perf_counter() - started, found["cpu"], highest, statistics.mean(raw), found["steps"])


def _inside(folder: Path) -> None:
    """The command itself, looked at from time to time."""
    seen: Counter[str] = Counter()
    names = {(file, function): name for file, function, name in _STEPS}

    def look(_signal: int, frame: FrameType | None) -> None:
        while frame is not None:
            code = frame.f_code
            name = names.get((os.path.basename(code.co_filename), code.co_name))  # noqa: PTH119 - a hundred times a second
            if name is not None:
                seen[name] += 1
                return
            frame = frame.f_back
        seen["all else"] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    code = command(["verify", str(folder)])
    signal.setitimer(signal.ITIMER_PROF, 0)
    own, others = (os.times()[at] + os.times()[at + 1] for at in (0, 2))
    steps = {name: own * count / seen.total() for name, count in seen.most_common()}
    print(json.dumps({"cpu": own + others, "steps": {**steps, "4, 5 in the other processes": others}}))
    sys.exit(code)


def _family(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _memory(pid: int) -> float:
    """MB of a process; what several share is divided among them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _raw_on_all_cores() -> float:
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        return sum(pool.map(measure.raw_verifications, [5000] * cores))


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="where the ledger is made, and found again")
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many")
    parser.add_argument("--fresh", action="store_true", help="make it anew, as after a change of what records hold")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
