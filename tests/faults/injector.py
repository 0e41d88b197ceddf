"""Makes one named step fail, from outside: it wraps what the step calls, wherever in the program that happens.

A step is named by what can be seen of it: the words of an SQL command on its way to PostgreSQL, a call to the operating
system about a certain file, or a public function. So it survives rewriting of what lies between. Each can fail in four
ways: not done or done, and either the failure is reported to the caller, or the process is killed there and then.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import importlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import asyncpg

_SQL: Final = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table")


class Way(Enum):
    """How a step fails."""

    NOT_DONE = "fails, not done"
    DONE = "reported failed, but done"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"

    @property
    def done(self) -> bool:
        """Whether the step has happened all the same."""
        return self in (Way.DONE, Way.KILLED_AFTER)

    @property
    def deadly(self) -> bool:
        """Whether the process ends there."""
        return self in (Way.KILLED_BEFORE, Way.KILLED_AFTER)


class Hook(NamedTuple):
    """What is wrapped: an attribute of ``owner``, for the calls whose arguments are the step's; the error it raises."""

    owner: Any
    attribute: str
    is_meant: Callable[..., bool]
    error: Exception


class Step(NamedTuple):
    """A step: its words, its hooks (whichever is called), and which of the calls it is, counted from 1."""

    name: str
    hooks: tuple[Hook, ...]
    nth: int = 1


def sql(name: str, pattern: str, nth: int = 1) -> Step:
    """A command to PostgreSQL. Its failure looks like a connection that broke."""
    lost = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    def is_meant(_connection: object, text: str, *_: object, **__: object) -> bool:
        return re.search(pattern, text) is not None

    return Step(name, tuple(Hook(asyncpg.Connection, one, is_meant, lost) for one in _SQL), nth)


def system(name: str, call: str, pattern: str, nth: int = 1) -> Step:
    """A call to the operating system about a file: ``open`` (for writing), ``read``, ``flock``, ``fsync``, ``rename``
    or ``link``.

    It fails with the error of a broken disk. ``pattern`` is looked for at the end of the path.
    """
    broken = OSError(errno.EIO, os.strerror(errno.EIO))
    owner, attribute, path_of = _CALLS[call]

    def is_meant(*args: Any, **_: object) -> bool:
        path = path_of(*args)
        return path is not None and re.search(f"{pattern}$", path) is not None

    return Step(name, (Hook(owner, attribute, is_meant, broken),), nth)


def call(name: str, target: str, argument: str = "", nth: int = 1) -> Step:
    """A function, as ``package.module:Class.method``, called with an ``argument`` that is text and matches.

    Its failure looks like a mistake in the program.
    """
    module, _, path = target.partition(":")
    *owners, attribute = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)

    def is_meant(*args: object, **_: object) -> bool:
        return not argument or any(isinstance(one, str) and re.search(argument, one) for one in args)

    return Step(name, (Hook(owner, attribute, is_meant, RuntimeError("a mistake")),), nth)


@contextmanager
def failing(step: Step, way: Way) -> Iterator[list[str]]:
    """Have that step fail, once. The list names what was hit."""
    hit: list[str] = []
    counted = [0]
    with ExitStack() as stack:
        for hook in step.hooks:
            stack.enter_context(patch.object(hook.owner, hook.attribute, _wrapped(hook, step.nth, way, counted, hit)))
        yield hit


def _wrapped(hook: Hook, nth: int, way: Way, counted: list[int], hit: list[str]) -> Callable[..., Any]:
    true: Callable[..., Any] = getattr(hook.owner, hook.attribute)
    before, after = not way.done, way.done

    def is_now(*args: Any, **keywords: Any) -> bool:
        if not hook.is_meant(*args, **keywords):
            return False
        counted[0] += 1
        return counted[0] == nth

    def end(now: bool) -> None:  # noqa: FBT001 - of two lines, called below
        if not now:
            return
        hit.append(hook.attribute)
        if way.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        raise hook.error

    async def awaited(*args: Any, **keywords: Any) -> Any:
        now = is_now(*args, **keywords)
        end(now and before)
        done = await true(*args, **keywords)
        end(now and after)
        return done

    def called(*args: Any, **keywords: Any) -> Any:
        now = is_now(*args, **keywords)
        end(now and before)
        done = true(*args, **keywords)
        if now and hasattr(done, "close"):
            done.close()
        end(now and after)
        return done

    return awaited if asyncio.iscoroutinefunction(true) else called


def _of_descriptor(descriptor: int) -> str | None:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def _when_written(path: Path, mode: str = "r", *_: object) -> str | None:
    return str(path) if "w" in mode else None


_CALLS: Final[dict[str, tuple[Any, str, Callable[..., str | None]]]] = {
    "open": (Path, "open", _when_written),
    "read": (Path, "read_bytes", str),
    "flock": (fcntl, "flock", lambda file, *_: str(getattr(file, "name", ""))),
    "fsync": (os, "fsync", _of_descriptor),
    "rename": (os, "rename", lambda _old, new, **_keywords: str(new)),
    "link": (os, "link", lambda _old, new, **_keywords: str(new)),
}
