"""Processes that live until a step kills them, forked from one that has everything loaded and waits for orders.

A module that makes such processes is run as a program and calls :func:`serve`; who wants them has :class:`Forks` of it.
Orders and answers are JSON, one line each.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]


class Forks:
    """Makes processes of the module of that name."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    async def order(self, *order: Any) -> tuple[int, str]:
        """Have it done; the signal that ended the process (0: it has lived), and what it said in the end."""
        signal, said = json.loads(await asyncio.to_thread(self._ask, json.dumps(order).encode() + b"\n"))
        return signal, said

    def _ask(self, line: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()
        return self._process.stdout.readline()


def serve(live: Callable[..., Coroutine[Any, Any, str]]) -> None:
    """Fork for every order; the child does it, unless it is killed."""
    gc.freeze()
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(writing, asyncio.run(live(*json.loads(line))).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(json.dumps([-status, said]) + "\n")
        sys.stdout.flush()
