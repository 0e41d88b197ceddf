"""Children that end with us, and finding what still runs in a directory.

On Linux a child works *inside* its directory and is told ``-D /proc/self/cwd``: the path itself (its length, quotes,
``%``, ancestors that only root may enter) then matters to nobody, because the directory is entered before
privileges are dropped. Elsewhere the absolute path is passed.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.storage.embedded.account import Account

_POLL = 0.02  # seconds
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

# How long a server may take over each way of ending before the next one is tried, in seconds. All three are safe for
# the data: after the second and third the next start replays the write-ahead log.
_PATIENCE = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 15.0))


def data_argument(directory: Path) -> str:
    """What a program of PostgreSQL that was spawned in ``directory`` is told as its data directory."""
    return "/proc/self/cwd" if sys.platform == "linux" else str(directory)


def environment() -> dict[str, str]:
    """Nothing of ours reaches PostgreSQL: PGDATA, PGPORT, PGOPTIONS or a locale would change what it does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _end_with_parent() -> Callable[[], None] | None:
    """To run between fork and exec, after setuid (which would clear it): the kernel sends SIGINT when we die."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:  # we died in between: nobody would send the signal any more
            os._exit(1)

    return ask_the_kernel


class Child:
    """A program of PostgreSQL running as our direct child, in a session of its own (Ctrl-C passes it by).

    It ends when we end, however we end: by the kernel's parent-death signal on Linux, elsewhere by a shell that waits
    for our end of a pipe to close. The signal is bound to the *thread* that spawns: spawn where the launcher lives.
    """

    def __init__(
        self, argv: list[str], directory: Path, account: Account | None, *, stdin: IO[bytes] | None, stderr: IO[bytes]
    ) -> None:
        tie = _end_with_parent()
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=directory,
            env=environment(),
            umask=0o077,
            start_new_session=True,
            preexec_fn=tie,  # noqa: PLW1509 one C call, bound before the fork
            **({} if account is None else account.identity()),
        )
        self.pid = self._process.pid
        self._leash: subprocess.Popen[bytes] | None = None
        if tie is None:
            self._leash = subprocess.Popen(
                ["/bin/sh", "-c", 'read -r _; kill -INT "$1"', "yui-leash", str(self.pid)],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )

    def ended(self) -> int | None:
        """The exit status, or None while it runs."""
        status = self._process.poll()
        if status is not None and self._leash is not None:
            self._leash.kill()  # before the pid can belong to anyone else
            self._leash.communicate()
            self._leash = None
        return status

    async def wait(self) -> int:
        """The exit status, once it has ended by itself; when cancelled, the child is killed."""
        try:
            while (status := self.ended()) is None:  # noqa: ASYNC110 a child of any loop, or of none
                await asyncio.sleep(_POLL)
        except asyncio.CancelledError:
            self._process.kill()
            self._process.wait()
            self.ended()
            raise
        return status

    async def end(self) -> None:
        """Ask to end, fast; then immediately; then kill. Returns when the child is gone."""
        try:
            for sign, patience in _PATIENCE:
                self._process.send_signal(sign)
                if await _within(patience, lambda: self.ended() is not None):
                    return
        except asyncio.CancelledError:
            self._process.send_signal(signal.SIGQUIT)  # takes PostgreSQL five seconds at most
            self._process.wait()
            self.ended()
            raise


async def _within(seconds: float, done: Callable[[], bool]) -> bool:
    for _ in range(int(seconds / _POLL)):
        if done():
            return True
        await asyncio.sleep(_POLL)
    return done()


def running_in(directory: Path) -> list[int]:
    """Pids of the PostgreSQL programs that work in this very directory (not one of the same name).

    A pid file can name anyone's process; what the system says about a process can't be stale.
    """
    if sys.platform != "linux":
        return _running_by_command(directory)
    try:
        wanted = directory.stat()
    except FileNotFoundError:
        return []
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            program = (process / "exe").readlink().name.removesuffix(" (deleted)")
            if program in {"postgres", "initdb"} and os.path.samestat((process / "cwd").stat(), wanted):
                found.append(int(process.name))
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def _running_by_command(directory: Path) -> list[int]:
    listing = subprocess.run(["/bin/ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True).stdout
    lines = (line.strip().partition(" ") for line in listing.splitlines())
    return [int(pid) for pid, _, command in lines if f"-D {directory} " in f"{command} " and "postgres" in command]


async def until_none_runs_in(directory: Path, waiting: Callable[[], None] = lambda: None) -> None:
    """Waits for, and in the end stops, what an earlier launcher left running in ``directory``.

    Only a caller who holds the launcher's lock may call this. ``waiting`` is called once if there is something to
    wait for. Only the postmaster is asked to end; a backend without its postmaster ends by itself.
    """
    if not running_in(directory):
        return
    waiting()
    for sign, patience in _PATIENCE:
        found = running_in(directory)
        if sign is signal.SIGINT:
            postmaster, _ = read_pid_file(directory)
            found = [pid for pid in found if pid == postmaster]
        for pid in found:
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                continue
        if await _within(patience, lambda: not running_in(directory)):
            return


def read_pid_file(directory: Path) -> tuple[int | None, list[str]]:
    """The pid in ``postmaster.pid``, which may be anybody's by now, and all of the file's lines."""
    try:
        lines = [line.strip() for line in (directory / "postmaster.pid").read_text("utf-8", "replace").splitlines()]
        return int(lines[0]), lines
    except (FileNotFoundError, IndexError, ValueError):
        return None, []
