"""A disk whose fsync takes longer: a small library put before the C library's in a process, compiled when it is wanted.

It waits before each fsync and fdatasync and then does it, so nothing is less durable than before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from app.storage.embedded import process

_SOURCE: Final = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int slowly(const char *name, int file) {
    struct timespec pause = {0, MICROSECONDS * 1000L};
    int (*true_one)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    nanosleep(&pause, 0);
    return true_one(file);
}
int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
"""


def compiler() -> str | None:
    """What compiles C here."""
    return shutil.which("cc") or shutil.which("gcc")


@contextmanager
def slow_disk(milliseconds: float) -> Iterator[dict[str, str]]:
    """While it lasts, databases that start have such a disk; so has who is given these environment variables."""
    program = compiler()
    if program is None:
        raise RuntimeError("a slow disk needs a C compiler (cc)")
    with tempfile.TemporaryDirectory(prefix="yui-slow-") as name:
        folder, wait = Path(name), f"-DMICROSECONDS={milliseconds * 1000:.0f}"
        folder.chmod(0o755)  # PostgreSQL may run as another account
        source, library = folder / "slow.c", folder / "slow.so"
        source.write_text(_SOURCE)
        command = [program, "-O2", "-shared", "-fPIC", wait, str(source), "-o", str(library), "-ldl"]
        subprocess.run(command, check=True)
        library.chmod(0o755)
        preload = {"LD_PRELOAD": str(library)}
        with patch.object(process, "environment", lambda: _environment() | preload):
            yield preload


_environment = process.environment


def fsync_milliseconds(environment: dict[str, str], folder: Path) -> float:
    """What an fsync takes in a process with these variables: that it works is seen, not assumed."""
    program = (
        "import statistics; from pathlib import Path; from benchmarks import measure;"
        f"print(statistics.median(measure.fsync_times(Path({str(folder)!r}), 50)) * 1000)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    return float(done.stdout)
