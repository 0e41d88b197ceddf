"""A launcher in a process of its own, for tests that kill it or run it as somebody else."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import asyncpg

from app.storage.embedded import EmbeddedError, EmbeddedPostgres, process
from app.storage.embedded.process import read_pid_file, running_in

REPOSITORY = Path(__file__).resolve().parents[3]
PATIENCE = 60  # seconds after which a test that waits gives up; nothing here measures speed
ROOT = os.geteuid() == 0
# An account that is neither root nor the one PostgreSQL gets from us.
ORDINARY = pwd.getpwnam("nobody")


class Launcher:
    """``python launching.py DATA [leash] [ordinary]``: says its stages, then its addresses; ends with its input."""

    def __init__(self, data: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(data), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=REPOSITORY,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
        self.stages: list[str] = []

    def said(self) -> dict[str, Any]:
        """The next line it prints; {} at its end."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline() or "{}")  # type: ignore[no-any-return]

    def ready(self) -> dict[str, Any]:
        """Its pid and addresses, or its error."""
        while "stage" in (said := self.said()):
            self.stages.append(said["stage"])
        return said

    def kill(self) -> None:
        """kill −9."""
        self.process.kill()
        self.process.wait()

    def close(self) -> int:
        """Ends it as its own end would."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def copy_installation(source: Path, target: Path) -> Path:
    """A data directory like ``source``, owners and all, without making a database anew."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    return target


async def gone(data: Path) -> None:
    """Returns when no PostgreSQL works in the data directory any more."""
    async with asyncio.timeout(PATIENCE):
        while running_in(data / "postgres"):  # noqa: ASYNC110 another's processes tell us nothing
            await asyncio.sleep(0.02)


def postmaster_pid(data: Path) -> int:
    pid, _ = read_pid_file(data / "postgres")
    assert pid is not None
    return pid


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 the parent reads it


async def _end_of_input() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


async def _main(data: Path, options: list[str]) -> None:
    if "leash" in options:  # as on a system whose kernel can't tie a child to its parent
        process._end_with_parent = lambda: None
    if "ordinary" in options:  # after the imports: an interpreter in root's home is closed to others
        os.setgroups([])
        os.setgid(ORDINARY.pw_gid)
        os.setuid(ORDINARY.pw_uid)
    try:
        async with EmbeddedPostgres(data, lambda stage: _say(stage=stage)) as postgres:
            _say(pid=postgres.pid, owner=postgres.owner_dsn.keywords(), service=postgres.service_dsn.keywords())
            try:
                await _end_of_input()
            except asyncio.CancelledError:
                connection = await asyncpg.connect(**postgres.service_dsn.keywords())
                _say(alive=await connection.fetchval("SELECT 1"))
                await connection.close()
                raise
    except EmbeddedError as error:
        _say(code=error.code, params=error.params)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2:]))
